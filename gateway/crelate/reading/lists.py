"""Crelate's lists as a sync reads them (crelate-api 4, 6.3): tables, jobs, pipelines, contacts, activities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from msgspec import structs

from gateway.crelate.account import Account
from gateway.crelate.canary import Proof
from gateway.crelate.client import Client
from gateway.crelate.filters import MODIFIED_AFTER, Asked, FilterViolation, moment
from gateway.crelate.mapping.application import contact_of
from gateway.crelate.mapping.candidate import is_candidate
from gateway.crelate.mapping.team import named_users, owned
from gateway.crelate.mapping.user import role_rows, system_role
from gateway.crelate.protocol import Answer, Request
from gateway.crelate.reading import interview, job
from gateway.crelate.reading.listing import RowPage, pages
from gateway.crelate.reading.rows import read_one
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.tables import Tables
from gateway.crelate.reading.team import ASSIGNMENTS, HIRING, INTERVIEWING
from resolvers.errors import AtsError, NotFound, TryAgain, UpstreamUnauthorized, UpstreamUnreadable
from resolvers.ports.listing import Listing, SyncPage
from schema.record import Tracked

Records = Mapping[str, Sequence[Tracked]]

USERS = Listing("users", ("User", "UserRole", "Role"), never_empty=True)
STAGES = Listing("stages", ("ApplicationStage",), never_empty=True)
JOBS = Listing("jobs", ("Job", "JobHiringTeamMember", "JobUserRoleAssignment"))
PIPELINES = Listing("pipelines", ("Application",), parent="Job", parent_key="job_key")
CONTACTS = Listing("contacts", ("Candidate",))
ACTIVITIES = Listing("activities", ("Interview", "InterviewingTeamMember"))

LISTS = {USERS: "/users", JOBS: "/jobs", CONTACTS: "/contacts", ACTIVITIES: "/activities"}
"""Listing -> path of the list that is read page by page."""

ENTITIES = {
    "User": "/users",
    "ApplicationStage": "/workflowstatuses",
    "Job": "/jobs",
    "Candidate": "/contacts",
    "Interview": "/activities",
}
"""Model -> path under which its records are asked for one by one."""


class CrelateLists:
    """One account's lists.

    Args:
        account: The account, with a client of the sync's own.
    """

    listings: Sequence[Listing] = (USERS, STAGES, JOBS, PIPELINES, CONTACTS, ACTIVITIES)

    def __init__(self, account: Account) -> None:
        self._account = account

    async def can_narrow(self, listing: Listing) -> bool:
        """Whether `modified_after` has shown that it works on this list (ASM-06)."""
        by = MODIFIED_AFTER.get(LISTS.get(listing, ""))
        return by is not None and await self._account.canary.proof(by) in {Proof.ONE, Proof.MANY}

    async def read(self, listing: Listing, parent: str | None, since: datetime | None, place: str | None) -> SyncPage:
        """One page of a list; see `SyncSource.read`."""
        clock = Clocked(self._account.client)
        session = Session(replace(self._account, client=clock))  # type: ignore[arg-type]  # it sends, as a client does
        if listing is STAGES:
            return await self._stages(session)
        if listing is ACTIVITIES and not await session.account.tables.activity_types():
            raise UpstreamUnreadable("Crelate lists no types of activities.")  # then no activity would be an interview
        offset = int(place or 0)
        try:
            page = await self._page(session, listing, parent, since, offset)
        except NotFound:
            return SyncPage(rows=(), records={}, total=0, at=clock.at)
        except FilterViolation as violation:
            await self._account.canary.answer(violation)
            raise UpstreamUnreadable("A list held what its filter should have held back.") from violation
        read = await _read_rows(session, listing, page.rows, parent or "")
        following = str(offset + page.length) if page.more else None
        return replace(read, rows=list(page.rows), total=page.total, next=following, at=clock.at)

    async def gone(self, model: str, keys: Sequence[str]) -> Collection[str]:
        """The keys that Crelate answers with 404, or with a record that is not of this model any more (ASM-20).

        A record that may not be read is not gone (crelate-api 1).
        """
        path = ENTITIES.get(model)
        return [name for name in keys if path is None or not await self._exists(model, path, name)]

    async def _exists(self, model: str, path: str, name: str) -> bool:
        try:
            row = await read_one(self._account.client, path, name)
        except UpstreamUnauthorized as error:
            if error.concerns_all:
                raise
            return True
        if row is None or row.EntityStatus in tuple(self._account.assumptions.deleted_statuses):
            return False
        session = Session(self._account)
        if model == "Interview":
            return bool(await session.interviews.interviews({name: row}))
        return model != "Job" or await job.is_job(session, row)

    async def _page(
        self, session: Session, listing: Listing, parent: str | None, since: datetime | None, offset: int
    ) -> RowPage:
        client = session.account.client
        if listing is PIPELINES:
            return await pages(client, "/jobs/{id}/contacts", identify=contact_of, id=parent or "")(offset)
        asked: Asked = await session.interviews.by_type() if listing is ACTIVITIES else {}
        if since is not None:
            asked = {**asked, MODIFIED_AFTER[LISTS[listing]]: [moment(since)]}
        return await pages(client, LISTS[listing], asked=asked)(offset)

    async def _stages(self, session: Session) -> SyncPage:
        """The recruiting stages, in the order of the pipeline, which is theirs."""
        account = self._account
        stages = await Tables(session.account.client, account.assumptions, float).stages()
        records = await session.read("ApplicationStage", stages)
        ranks = {key: rank for rank, key in enumerate(records)}
        return SyncPage(
            rows=list(stages), records={"ApplicationStage": [*records.values()]}, ranks=ranks, total=len(stages)
        )


class Clocked:
    """A client that remembers the first time Crelate's clock showed, and holds no rows: they will not come again soon.

    Attributes:
        at: That instant, or null.
        profile: The client's.
    """

    def __init__(self, client: Client) -> None:
        self.at: datetime | None = None
        self.profile = client.profile
        self._client = client

    async def send(self, request: Request) -> Answer:
        """Carry out one call, and keep the time of the first answer."""
        answer = await self._client.send(structs.replace(request, held=False))
        self.at = self.at or answer.server_time
        return answer


async def _read_rows(session: Session, listing: Listing, rows: Mapping[str, Any], parent: str) -> SyncPage:
    """What the rows of a page are read into; one by one where some of them cannot be read."""
    try:
        return await READERS[listing](session, rows, parent)
    except (TryAgain, UpstreamUnauthorized):
        raise
    except Exception:  # noqa: BLE001  whatever it is, it is told apart row by row
        return await _read_singly(session, listing, rows, parent)


async def _read_singly(session: Session, listing: Listing, rows: Mapping[str, Any], parent: str) -> SyncPage:
    """The rows of a page that can be read, and what comes of the others.

    Raises:
        AtsError: Crelate refuses or spoils all of them, so that it is no matter of one row.
    """
    read: list[SyncPage] = []
    unread: dict[str, Exception] = {}
    for name, row in rows.items():
        try:
            read.append(await READERS[listing](session, {name: row}, parent))
        except (TryAgain, UpstreamUnauthorized):
            raise
        except Exception as failed:  # noqa: BLE001  the row's neighbours are to be read
            unread[f"{parent}:{name}" if listing.parent else name] = failed
            last = failed
    if not read and len(rows) > 1 and all(isinstance(failed, AtsError) for failed in unread.values()):
        raise last
    return _together(read, unread)


def _together(pages: Sequence[SyncPage], unread: Mapping[str, Exception]) -> SyncPage:
    """One page of what was read row by row."""
    return SyncPage(
        (),
        _joined(page.records for page in pages),
        _joined(page.if_referenced for page in pages),
        _joined(page.complete_for for page in pages),
        unread,
    )


def _joined(parts: Iterable[Mapping[Any, Sequence[Any]]]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for part in parts:
        for name, values in part.items():
            found[name] += values
    return found


async def _users(session: Session, rows: Mapping[str, Any], _: str) -> SyncPage:
    held = {f"{name}:{role}": row for name, row in rows.items() if (role := system_role(row))}
    roles = {row.Id: row for row in role_rows(rows.values())}
    records = {
        "User": await _read(session, "User", rows),
        "UserRole": await _read(session, "UserRole", held),
        "Role": await _read(session, "Role", roles),
    }
    return SyncPage((), records, complete_for={("UserRole", "user_key"): list(rows)})


async def _jobs(session: Session, rows: Mapping[str, Any], _: str) -> SyncPage:
    jobs = await job.roots(session, rows)
    records = {
        "Job": await _read(session, "Job", jobs),
        HIRING.model: list((await HIRING.members(session, jobs)).values()),
        ASSIGNMENTS.model: list((await ASSIGNMENTS.members(session, jobs)).values()),
        "User": await _owners(session, jobs),
    }
    complete_for = {(HIRING.model, HIRING.parent): list(jobs)}
    return SyncPage((), records, complete_for=complete_for)


async def _pipeline(session: Session, rows: Mapping[str, Any], parent: str) -> SyncPage:
    full = {f"{parent}:{name}": await session.pipelines.with_history(parent, name, row) for name, row in rows.items()}
    records = await session.read("Application", full, job_key=parent)
    return SyncPage((), {"Application": list(records.values())})


async def _contacts(session: Session, rows: Mapping[str, Any], _: str) -> SyncPage:
    """Contacts by record type; others than candidates are kept only where an application points at them."""
    there = session.contacts.saw(rows)
    candidates = {name: row for name, row in there.items() if is_candidate(row)}
    others = {name: row for name, row in there.items() if name not in candidates}
    records = {"Candidate": await _read(session, "Candidate", candidates)}
    return SyncPage((), records, if_referenced={"Candidate": await _read(session, "Candidate", others)})


async def _activities(session: Session, rows: Mapping[str, Any], _: str) -> SyncPage:
    found = await interview.roots(session, rows)
    records = {
        "Interview": await _read(session, "Interview", found),
        INTERVIEWING.model: list((await INTERVIEWING.members(session, found)).values()),
        "User": await _owners(session, found, INTERVIEWING.otherwise(session)),
    }
    complete_for = {(INTERVIEWING.model, INTERVIEWING.parent): list(found)}
    return SyncPage((), records, complete_for=complete_for)


async def _owners(session: Session, rows: Mapping[str, Any], otherwise: str = "") -> Sequence[Tracked]:
    """The owners of these rows as the rows know them: kept of those who are no users any more."""
    named = named_users(owned(rows.values(), otherwise), otherwise)
    return list((await session.unlisted("User", named)).values())


async def _read(session: Session, model: str, rows: Mapping[str, Any]) -> Sequence[Tracked]:
    return list((await session.read(model, rows)).values())


READERS: Mapping[Listing, Callable[[Session, Mapping[str, Any], str], Awaitable[SyncPage]]] = {
    USERS: _users,
    JOBS: _jobs,
    PIPELINES: _pipeline,
    CONTACTS: _contacts,
    ACTIVITIES: _activities,
}
"""Listing -> how the rows of a page are read; the last argument is the parent's key."""
