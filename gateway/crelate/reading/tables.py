"""The small tables: fetched whole, shared by all requests of an account, and kept for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partialmethod
from typing import Any

from gateway.crelate.assumptions import RECRUITING_WORKFLOW_NAME, RECRUITING_WORKFLOW_TYPE, Assumptions
from gateway.crelate.client import Client
from gateway.crelate.entities import Status
from gateway.crelate.learning import STAGE_ORDER, STAGES_FOUND_BY
from gateway.crelate.mapping.table import Facts
from gateway.crelate.memory import Memory
from gateway.crelate.protocol import Request, Version, get
from gateway.crelate.readers import key, number, objects, title
from gateway.crelate.reading.description import NO_DESCRIPTION, Description, described
from gateway.crelate.reading.listing import complete, pages
from resolvers.errors import Rejected, UpstreamUnauthorized, UpstreamUnreadable
from resolvers.ports.profile import STAGES_IN_USE

KEEP_SECONDS = 600.0
"""How long a table is kept unless a setting says otherwise."""

LABELS_KEEP_SECONDS = 86_400.0
"""Labels hardly ever change, and a change would show as a change of every record."""

FACTS_HELD = 10_000
"""So many jobs and contacts are remembered by which their pipelines were asked for."""

Rows = Mapping[str, Any]


class Tables:
    """One account's small tables; each maps keys to rows.

    Args:
        client: Carries the calls.
        assumptions: Of the account.
        clock: Seconds, from any zero.
        keep_seconds: How long a table is kept.
    """

    def __init__(
        self,
        client: Client,
        assumptions: Assumptions,
        clock: Callable[[], float],
        keep_seconds: float = KEEP_SECONDS,
    ) -> None:
        self._client = client
        self._assumptions = assumptions
        self._rows: Memory[Rows] = Memory(clock, lambda _: keep_seconds)
        self._described: Memory[Description] = Memory(clock, lambda _: LABELS_KEEP_SECONDS)
        self._used_stages: set[str] = set()
        self._types_seen: Rows = {}
        self._interview_types: frozenset[str] = frozenset()
        self.facts = lru_cache(FACTS_HELD)(self._facts)

    async def whole(self, template: str) -> Rows:
        """A list, all of it."""
        return await self._rows.get(template, lambda: complete(pages(self._client, template)))

    users = partialmethod(whole, "/users")
    contact_sources = partialmethod(whole, "/contactsources")
    activity_types = partialmethod(whole, "/activitytypes")

    def _facts(self, web_url: str, described: Description, job_key: str, candidate_key: str) -> Facts:
        """What rows do not say themselves; `facts` gives the same object for the same facts."""
        return Facts(self._assumptions, web_url, described.labels, job_key, candidate_key)

    async def stages(self) -> Rows:
        """The statuses of the recruiting workflow, in the order of the pipeline."""
        return await self._rows.get("stages", self._read_stages)

    async def interview_types(self) -> frozenset[str]:
        """Keys of the activity types that are interviews (ASM-27)."""
        if self._assumptions.interview_types:
            return frozenset(name.lower() for name in self._assumptions.interview_types)
        word = self._assumptions.interview_word.lower()
        types = await self.activity_types()
        if types is not self._types_seen:
            self._types_seen = types
            self._interview_types = frozenset(name for name, row in types.items() if word in _lower_title(row))
        return self._interview_types

    async def labels(self, entity: str) -> Mapping[str, str]:
        """Custom field -> what people see it called, of an entity such as `/jobs`; empty when Crelate does not say."""
        return (await self.description(entity)).labels

    async def description(self, entity: str) -> Description:
        """The custom fields of such an entity, with all that Crelate says of them."""
        if not self._assumptions.labels:
            return NO_DESCRIPTION
        return await self._described.get(entity, lambda: self._read_description(entity))

    def known_description(self, entity: str) -> Description | None:
        """The same as far as it has been read; null when it has not."""
        return self._described.held(entity) if self._assumptions.labels else NO_DESCRIPTION

    def stages_used(self, stages: Iterable[str]) -> None:
        """Remember that a pipeline uses these stages (ASM-16)."""
        if new := set(stages) - self._used_stages:
            self._used_stages |= new
            self._client.profile.learnt(STAGES_IN_USE, sorted(new))

    async def _read_stages(self) -> Rows:
        """ASM-16: by the known recruiting type, else by the type of that name, else what pipelines were seen to use.

        The first API knows types by name, and where it does not answer, statuses may name their own.
        """
        by, found = await self._found_again() or await self._found()
        rows = dict(sorted(found.items(), key=lambda item: _place(item[1])))
        if by["by"] in {"type", "name"}:  # anything else becomes more exact with each pipeline that is read
            self._client.profile.learnt(STAGES_FOUND_BY, by)
            self._client.profile.learnt(STAGE_ORDER, list(rows))
        return rows

    async def _found(self) -> tuple[Mapping[str, str], Rows]:
        """The stages, and by what they were found."""
        known = self._assumptions.recruiting_workflow_type
        type_ = (known or RECRUITING_WORKFLOW_TYPE).lower()
        if rows := await self._statuses(type_):
            return {"by": "type", "type": type_}, rows
        if known is None and (named := await self._recruiting_type()) and (rows := await self._statuses(named)):
            return {"by": "type", "type": named}, rows
        everything = await complete(pages(self._client, "/workflowstatuses"))
        if rows := {name: row for name, row in everything.items() if _is_recruiting(row)}:
            return {"by": "name"}, rows
        in_use = self._used_stages | await self._used_before()
        if rows := {name: row for name, row in everything.items() if name in in_use}:
            return {"by": "use"}, rows
        return {"by": "nothing"}, everything

    async def _found_again(self) -> tuple[Mapping[str, str], Rows] | None:
        """The same by the type that they were found by before, where settings name none; null where there is none.

        That spares questions for other ways to tell them. Where the type has no stages any more they are found anew.
        """
        if self._assumptions.recruiting_workflow_type is not None:
            return None
        fact = await self._client.profile.recall(STAGES_FOUND_BY)
        type_ = None if fact is None or self._client.profile.is_old(fact) else fact.value.get("type")
        if type_ is None or type_ == RECRUITING_WORKFLOW_TYPE:
            return None
        rows = await self._statuses(type_)
        return ({"by": "type", "type": type_}, rows) if rows else None

    async def _used_before(self) -> set[str]:
        fact = await self._client.profile.recall(STAGES_IN_USE)
        return set() if fact is None else set(fact.value)

    async def _statuses(self, workflow_type: str) -> Rows:
        """The statuses of a workflow type; rows of another type mean that Crelate ignored the filter."""
        try:
            rows = await complete(pages(self._client, "/workflowstatuses", {"workflow_type_ids": workflow_type}))
        except Rejected:
            rows = await complete(pages(self._client, "/workflowstatuses"))
            return {name: row for name, row in rows.items() if key(row.WorkflowTypeId) == workflow_type}
        return {name: row for name, row in rows.items() if key(row.WorkflowTypeId) in {None, workflow_type}}

    async def _recruiting_type(self) -> str | None:
        """The id of the workflow type called Recruiting, which only the first API lists."""
        if not self._assumptions.first_version:
            return None
        request = Request(method="GET", template="/domain/workflowTypes", version=Version.V1, idempotent=True)
        try:
            rows = (await self._client.send(request)).data
        except (Rejected, UpstreamUnauthorized, UpstreamUnreadable):
            return None
        found = (row for row in objects(rows) if _lower_title(row) == RECRUITING_WORKFLOW_NAME)
        return next(map(key, found), None)

    async def _read_description(self, entity: str) -> Description:
        """ASM-14."""
        try:
            data = (await self._client.send(get(f"{entity}/info"))).data
        except (Rejected, UpstreamUnauthorized, UpstreamUnreadable):
            return NO_DESCRIPTION
        return described(data)


def _lower_title(row: Any) -> str:
    return (title(row) or "").lower()


def _is_recruiting(status: Status) -> bool:
    return _lower_title(status.WorkflowTypeId) == RECRUITING_WORKFLOW_NAME


def _place(row: Status) -> float:
    place = number(row.SortOrder)
    return float("inf") if place is None else place
