"""The endpoint answers by level where it can, and nobody notices where it cannot."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.http import Limits
from gateway.http.cost import PageSizes
from gateway.http.execution import Execution
from gateway.http.request import GraphQLRequest
from resolvers.callers import Caller, Scope
from resolvers.context import RequestContext
from resolvers.errors import AtsError
from resolvers.root import build_schema
from schema.job import Job
from schema.job_hiring_team_member import JobHiringTeamMember
from schema.record import Tracked
from schema.strawberry_bridge import executable
from schema.user import User
from tests.resolvers.conftest import MemoryIntegration
from tests.resolvers.memory_source import MemorySource

QUERY = "{ jobs { nodes { name hiringTeam { id user { firstName } } } } }"

Records = dict[str, list[Tracked]]


class Context(RequestContext):
    """A request that has nothing to tell about itself."""

    def extensions(self) -> dict[str, Any]:
        """As the endpoint's `RequestContext`."""
        return {}

    def response_headers(self) -> dict[str, str]:
        """As the endpoint's `RequestContext`."""
        return {}

    def close(self) -> None:
        """As the endpoint's `RequestContext`."""


class Unsteady(MemorySource):
    """Fails as no source may, the first time it is asked for records by key."""

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """As `MemorySource`."""
        found = await super().by_ids(model, keys)
        if self.questions[f"{model} by id"] == 1:
            raise RuntimeError
        return found


def records() -> Records:
    """Two jobs and their team."""
    return {
        "Job": [Job(key=f"j{n}", remote_id=f"j{n}", name=f"Job {n}") for n in range(2)],
        "JobHiringTeamMember": [
            JobHiringTeamMember(key=f"j{n}:u", job_key=f"j{n}", user_key="u", role_keys=[]) for n in range(2)
        ],
        "User": [User(key="u", remote_id="u", first_name="Uma")],
    }


async def answer(source: MemorySource, *scopes: Scope) -> dict[str, Any]:
    """The shaped answer to the query."""
    execution = Execution(executable(build_schema()), Limits(), PageSizes(), None, introspection=True)
    operation = await execution.prepare(GraphQLRequest(query=QUERY))
    context = Context(MemoryIntegration(), source, caller=Caller("ci", frozenset(scopes)))
    return await execution.run(operation, {}, context)


async def test_what_a_plan_cannot_finish_is_answered_all_the_same() -> None:
    """Only the question that failed is put again."""
    usual, unsteady = MemorySource(records()), Unsteady(records())
    expected = await answer(usual, Scope.READ, Scope.PII)
    assert "errors" not in expected
    assert await answer(unsteady, Scope.READ, Scope.PII) == expected
    assert unsteady.questions - usual.questions == {"User by id": 1}


async def test_refusals_are_as_they_were() -> None:
    """Personal data and roots are withheld from those who may not have them."""
    partly = await answer(MemorySource(records()), Scope.READ)
    assert [error["extensions"]["code"] for error in partly["errors"]] == ["PERSONAL_DATA_WITHHELD"]
    assert partly["data"]["jobs"]["nodes"][1]["hiringTeam"][0]["user"] == {"firstName": None}
    refused = await answer(MemorySource(records()), Scope.WRITE)
    assert refused["data"] == {"jobs": None}
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["FORBIDDEN"]
