"""What one would write by hand: graphql-core with plain loaders over httpx, a resolver a field, for the same questions.

Run as `python -m tests.benchmarks.reference <descriptor of a listening socket> <address of Crelate>`.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import uvicorn
from aiodataloader import DataLoader
from graphql import ExecutionResult, GraphQLResolveInfo, build_schema, graphql
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.benchmarks.upstream import KEY

PAGE = 100

SCHEMA = build_schema("""
  type Query { jobs(first: Int!, filter: JobFilter): Jobs, candidate(id: ID!): Candidate }
  input JobFilter { remoteIds: [String!] }
  type Jobs { nodes: [Job!]! }
  type Job {
    remoteId: String  name: String  jobCode: String  description: String   salaryAmount: Float
    remoteUrl: String  openedAt: String  remoteUpdatedAt: String
    applications(first: Int!): Applications  hiringTeam: [Member!]
  }
  type Applications { nodes: [Application!]! }
  type Application { candidate: Candidate  currentStage: Stage  interviews: [Interview!] }
  type Candidate {
    remoteId: String  firstName: String  lastName: String  company: String  title: String
    emailAddresses: [Email!]  remoteCreatedAt: String  remoteUpdatedAt: String
  }
  type Email { emailAddress: String! }
  type Stage { name: String }
  type Interview { startingAt: String  interviewingTeam: [Member!] }
  type Member { user: User }
  type User { email: String }
""")

Row = dict[str, Any]


class Crelate:
    """One request's loaders."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self.jobs = DataLoader(self._jobs, max_batch_size=PAGE)
        self.contacts = DataLoader(self._contacts, max_batch_size=PAGE)
        self.pipelines = DataLoader(self._pipelines)
        self.interviews = DataLoader(self._interviews, max_batch_size=PAGE)
        self.users = DataLoader(self._users)

    async def _rows(self, path: str, **params: Any) -> list[Row]:
        rows: list[Row] = []
        while True:
            answer = await self._http.get(path, params={**params, "limit": PAGE, "offset": len(rows)})
            page = answer.json()
            rows += page["Data"]
            if not page["Metadata"]["MoreRecords"]:
                return rows

    async def _by_ids(self, path: str, keys: Sequence[str]) -> list[Row | None]:
        found = {row["Id"]: row for row in await self._rows(path, ids=",".join(keys))}
        return [found.get(key) for key in keys]

    async def _jobs(self, keys: Sequence[str]) -> list[Row | None]:
        return await self._by_ids("/jobs", keys)

    async def _contacts(self, keys: Sequence[str]) -> list[Row | None]:
        return await self._by_ids("/contacts", keys)

    async def _pipelines(self, keys: Sequence[str]) -> list[list[Row]]:
        return list(await asyncio.gather(*(self._rows(f"/jobs/{key}/contacts") for key in keys)))

    async def _interviews(self, keys: Sequence[str]) -> list[list[Row]]:
        by_job = defaultdict(list)
        for row in await self._rows("/activities", regarding_ids=",".join(keys)):
            if "Interview" in row["VerbId"]["Title"] and row.get("When"):
                by_job[row["RegardingId"]["Id"]].append(row)
        return [by_job[key] for key in keys]

    async def _users(self, keys: Sequence[str]) -> list[Row | None]:
        found = {row["Id"]: row for row in await self._rows("/users")}
        return [found.get(key) for key in keys]


async def jobs(_: Any, info: GraphQLResolveInfo[Crelate], first: int, filter: Row) -> list[Row]:
    """The jobs of these remote ids."""
    return [row for row in await info.context.jobs.load_many(filter["remoteIds"][:first]) if row]


async def applications(job: Row, info: GraphQLResolveInfo[Crelate], first: int) -> list[Row]:
    """A job's pipeline."""
    return [{**row, "Job": job["Id"]} for row in (await info.context.pipelines.load(job["Id"]))[:first]]


async def interviews(application: Row, info: GraphQLResolveInfo[Crelate]) -> list[Row]:
    """Those of the candidate for the job."""
    found = await info.context.interviews.load(application["Job"])
    return [row for row in found if row["ParentId"]["Id"] == application["ContactId"]["Id"]]


async def user(member: Row, info: GraphQLResolveInfo[Crelate]) -> Row | None:
    """Who it is; of somebody who is no user any more the name alone is known."""
    row: Row | None = await info.context.users.load(member["Id"])
    return row or (member if member.get("Title") else None)


def emails(contact: Row, _: GraphQLResolveInfo[Crelate]) -> list[Row]:
    """Every address."""
    found = [value for name, value in contact.items() if name.startswith("EmailAddresses_") and value]
    return sorted(found, key=lambda entry: not entry["IsPrimary"])


def column(name: str) -> Any:
    """A field that stands in a column."""
    return lambda row, _: row.get(name)


COLUMNS = {
    "Job": {
        "remoteId": "Id",
        "name": "Name",
        "jobCode": "JobCode",
        "description": "Description",
        "salaryAmount": "Salary",
        "openedAt": "UserOpenDate",
        "remoteUpdatedAt": "ModifiedOn",
        "hiringTeam": "Owners",
    },
    "Candidate": {
        "remoteId": "Id",
        "firstName": "FirstName",
        "lastName": "LastName",
        "remoteCreatedAt": "CreatedOn",
        "remoteUpdatedAt": "ModifiedOn",
    },
    "Email": {"emailAddress": "Value"},
    "Stage": {"name": "Title"},
    "Interview": {"startingAt": "When", "interviewingTeam": "Owners"},
    "Application": {"currentStage": "Stage"},
    "User": {"email": "Email"},
}
RESOLVERS: dict[str, dict[str, Any]] = {
    "Query": {"jobs": jobs, "candidate": lambda _, info, id: info.context.contacts.load(id.removeprefix("remote:"))},  # noqa: A006  likewise
    "Jobs": {"nodes": lambda rows, _: rows},
    "Job": {
        "applications": applications,
        "remoteUrl": lambda row, _: f"https://app.crelate.com/go#stage/_Jobs/DefaultView/{row['Id']}/summary",
    },
    "Applications": {"nodes": lambda rows, _: rows},
    "Application": {
        "candidate": lambda row, info: info.context.contacts.load(row["ContactId"]["Id"]),
        "interviews": interviews,
    },
    "Candidate": {
        "emailAddresses": emails,
        "company": lambda row, _: ((row.get("CurrentPosition") or {}).get("CompanyId") or {}).get("Title"),
        "title": lambda row, _: (row.get("CurrentPosition") or {}).get("JobTitle"),
    },
    "Member": {"user": user},
}


def resolve() -> None:
    """Put the resolvers into the schema."""
    for type_name, columns in COLUMNS.items():
        for field, name in columns.items():
            SCHEMA.type_map[type_name].fields[field].resolve = column(name)  # type: ignore[attr-defined]  # object types
    for type_name, resolvers in RESOLVERS.items():
        for field, resolver in resolvers.items():
            SCHEMA.type_map[type_name].fields[field].resolve = resolver  # type: ignore[attr-defined]  # likewise


def app(address: str) -> Starlette:
    """The endpoint."""
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    http = httpx.AsyncClient(base_url=f"{address}/api3", headers={"X-Api-Key": KEY}, limits=limits, timeout=60)

    async def answer(request: Request) -> Response:
        asked = orjson.loads(await request.body())
        found: ExecutionResult = await graphql(
            SCHEMA, asked["query"], context_value=Crelate(http), variable_values=asked.get("variables")
        )
        errors = {"errors": [error.formatted for error in found.errors]} if found.errors else {}
        return Response(orjson.dumps({"data": found.data} | errors), media_type="application/json")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        yield
        await http.aclose()

    resolve()
    return Starlette(routes=[Route("/graphql", answer, methods=["POST"])], lifespan=lifespan)


if __name__ == "__main__":
    listener = socket.socket(fileno=int(sys.argv[1]))
    uvicorn.Server(uvicorn.Config(app(sys.argv[2]), log_level="warning", access_log=False)).run([listener])
