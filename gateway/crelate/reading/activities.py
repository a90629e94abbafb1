"""Interviews among the activities (crelate-api 4.8), found by the narrowest filter that works."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from gateway.crelate.canary import Canary, Proof
from gateway.crelate.client import Client
from gateway.crelate.entities import Activity
from gateway.crelate.filters import ACTIVITY_PARENTS, ACTIVITY_REGARDING, ACTIVITY_VERBS, Asked, FilterViolation
from gateway.crelate.protocol import PAGE_SIZE
from gateway.crelate.readers import instant, key
from gateway.crelate.reading.listing import complete, pages
from gateway.crelate.reading.rows import Rows
from gateway.crelate.reading.tables import Tables
from resolvers.errors import AtsError

_LIST = "/activities"


@dataclass(frozen=True, slots=True)
class Activities:
    """The activities that are interviews, for one request.

    Attributes:
        client: Carries the calls.
        canary: Knows which filters work.
        tables: Knows which types are interviews.
        rows: Remembers what was read.
    """

    client: Client
    canary: Canary
    tables: Tables
    rows: Rows
    _ahead: dict[str, asyncio.Task[dict[str, Activity]]] = field(default_factory=dict)

    async def interviews(self, rows: Mapping[str, Activity]) -> dict[str, Activity]:
        """Those of these activities that are interviews: of an interview type, with a start (ASM-27)."""
        types = await self.tables.interview_types()
        return {name: row for name, row in rows.items() if key(row.VerbId) in types and instant(row.When)}

    async def read_ahead(self, regarding: Sequence[str]) -> None:
        """Read the interviews about these jobs, where one request can ask for all of them, for whoever asks next.

        Whoever asks gets the error as well. Where the filter turns out not to hold, it is asked again then.
        """
        new = [name for name in regarding if name not in self._ahead]
        if 0 < len(new) <= PAGE_SIZE and self.canary.known(ACTIVITY_REGARDING) is Proof.MANY:
            reading = asyncio.create_task(self._early(new))
            self._ahead.update(dict.fromkeys(new, reading))
            with suppress(AtsError, FilterViolation):
                await reading

    async def listed(self, regarding: Sequence[str] = (), parents: Sequence[str] = ()) -> dict[str, Activity]:
        """All interviews about these jobs or with these contacts, among others; of everybody when neither is given."""
        if regarding and self._ahead.keys() >= set(regarding):
            with suppress(FilterViolation):
                parts = await asyncio.gather(*dict.fromkeys(self._ahead[name] for name in regarding))
                return {name: row for part in parts for name, row in part.items()}
        return await self._listed(regarding, parents)

    async def _early(self, regarding: Sequence[str]) -> dict[str, Activity]:
        if not await self.tables.interview_types():
            return {}
        try:
            rows = await self._read({ACTIVITY_REGARDING: regarding, **await self.by_type()})
        except FilterViolation as violation:
            await self.canary.answer(violation)
            raise
        return await self.interviews(self.rows.saw(rows))

    async def _listed(self, regarding: Sequence[str], parents: Sequence[str]) -> dict[str, Activity]:
        if not await self.tables.interview_types():
            return {}
        while True:
            asked = await self._narrowest({ACTIVITY_REGARDING: regarding, ACTIVITY_PARENTS: parents})
            try:
                rows = await self._read({**asked, **await self.by_type()})
            except FilterViolation as violation:
                await self.canary.answer(violation)
                continue
            return await self.interviews(self.rows.saw(rows))

    async def by_type(self) -> Asked:
        """The filter that leaves only activities of an interview type, if it works."""
        types = sorted(await self.tables.interview_types())
        proof = await self.canary.proof(ACTIVITY_VERBS)
        return {ACTIVITY_VERBS: types} if proof is Proof.MANY or (proof is Proof.ONE and len(types) == 1) else {}

    async def _narrowest(self, choices: Asked) -> Asked:
        """The filter with the fewest requests that works; none when the whole list is no longer than that."""
        for by, values in sorted(choices.items(), key=lambda choice: len(choice[1])):
            if not values:
                continue
            proof = await self.canary.proof(by)
            if proof is Proof.MANY or (proof is Proof.ONE and len(values) < await self._whole_list()):
                return {by: values}
        return {}

    async def _whole_list(self) -> float:
        """Requests that reading all activities takes."""
        total = (await self.canary.sample(_LIST)).total
        return float("inf") if total is None else total / PAGE_SIZE

    async def _read(self, asked: Asked) -> dict[str, Activity]:
        """All activities under these filters, as many values to a request as the filter can take."""
        by = next((by for by in asked if by is not ACTIVITY_VERBS), None)
        chunks = [asked]
        if by is not None:
            size = PAGE_SIZE if await self.canary.proof(by) is Proof.MANY else 1
            chunks = [{**asked, by: asked[by][start : start + size]} for start in range(0, len(asked[by]), size)]
        found: dict[str, Activity] = {}
        for rows in await asyncio.gather(*(complete(pages(self.client, _LIST, asked=chunk)) for chunk in chunks)):
            found.update(rows)
        return found
