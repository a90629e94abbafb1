"""Hiring and interviewing teams (crelate-api 2.7, 5): one member per owner of a job or an interview (ASM-26)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import to_builtins

from gateway.crelate.entities import Activity, Job, Link, Lookup, User, fitted, whole
from gateway.crelate.mapping.table import Computed, Facts, Table
from gateway.crelate.readers import key, title
from gateway.crelate.vocabulary import OWNER
from schema.interviewing_team_member import InterviewingTeamMember
from schema.job_hiring_team_member import JobHiringTeamMember
from schema.job_user_role_assignment import JobUserRoleAssignment


def owners(row: Job | Activity, otherwise: str = "") -> dict[str, Lookup]:
    """The row's owners by key, each once, in order; without any, the user in the column `otherwise`."""
    entries = row.Owners
    if not isinstance(entries, list) or not entries:
        entries = [getattr(row, otherwise)] if otherwise else []
    found: dict[str, Lookup] = {}
    for entry in entries:
        if isinstance(entry, Lookup) and (owner := key(entry)):
            found.setdefault(owner, entry)
    return found


def owned(rows: Iterable[Job | Activity], otherwise: str = "") -> Iterator[Link]:
    """A pair of record and owner for every owner of these rows: what the link models are read from."""
    for row in rows:
        for owner in owners(row, otherwise).values():
            yield Link(row, owner)


def named_users(links: Iterable[Link], otherwise: str = "") -> dict[str, User]:
    """The owners of these pairs by key, as far as rows know them: the name a user had, where a row has one."""
    found: dict[str, Link] = {}
    for link in links:
        if (name := str(key(link.Owner))) not in found or (title(link.Owner) and not title(found[name].Owner)):
            found[name] = link
    return {name: _named_user(link, otherwise) for name, link in found.items()}


def _named_user(link: Link, otherwise: str) -> User:
    """What one row says of an owner."""
    row, wanted = whole(link.Record), key(link.Owner)
    entries = row.get("Owners")
    said = [*(entries if isinstance(entries, list) else ()), row.get(otherwise)]
    return fitted(User, next(entry for entry in said if isinstance(entry, dict) and key(entry) == wanted))


def pair_key(row: Link, _: Facts) -> str:
    """`{record}:{owner}`: the link models have no id of their own."""
    return f"{key(row.Record)}:{key(row.Owner)}"


def assignment_key(row: Link, facts: Facts) -> str:
    """`{job}:{user}:{role}`."""
    return f"{pair_key(row, facts)}:{OWNER}"


def link_data(path: str) -> Callable[[Link, Facts], dict[str, Any]]:
    """The reader of what a pair is made of: the record's id, and the owner under the column that names them."""

    def read(row: Link, _: Facts) -> dict[str, Any]:
        column = "Owners" if isinstance(row.Record.Owners, list) and row.Record.Owners else "CreatedById"
        owner = {name: value for name, value in to_builtins(row.Owner).items() if value is not None}
        return {path: {"Id": row.Record.Id, column: owner}}

    return read


def record_key(row: Link, _: Facts) -> str | None:
    """The job or interview."""
    return key(row.Record)


def user_key(row: Link, _: Facts) -> str | None:
    """The owner."""
    return key(row.Owner)


EACH_OWNER = "One for each entry of Owners."
ONE_ROLE = "Every entry of Owners holds the one role on jobs."

JOB_HIRING_TEAM_MEMBER = Table(
    JobHiringTeamMember,
    Link,
    "/jobs",
    Computed("key", pair_key, "Id + Owners.Id"),
    Computed("job_key", record_key, "Id"),
    Computed("user_key", user_key, "Owners.Id", EACH_OWNER),
    Computed("role_keys", lambda *_: [OWNER], "", ONE_ROLE),
    given=("job_key", "user_key"),
    raw=link_data("/jobs"),
)

JOB_USER_ROLE_ASSIGNMENT = Table(
    JobUserRoleAssignment,
    Link,
    "/jobs",
    Computed("key", assignment_key, "Id + Owners.Id"),
    Computed("job_user_key", pair_key, "Id + Owners.Id", EACH_OWNER),
    Computed("role_key", lambda *_: OWNER, "", ONE_ROLE),
    raw=link_data("/jobs"),
)

INTERVIEWING_TEAM_MEMBER = Table(
    InterviewingTeamMember,
    Link,
    "/activities",
    Computed("key", pair_key, "Id + Owners.Id"),
    Computed("interview_key", record_key, "Id"),
    Computed("user_key", user_key, "Owners.Id ?? CreatedById.Id", EACH_OWNER, "ASM-26"),
    given=("interview_key", "user_key"),
    raw=link_data("/activities"),
)
