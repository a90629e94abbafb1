"""The pipelines of jobs (crelate-api 4.6), as far as a request has read them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.client import Client
from gateway.crelate.entities import PipelineRow, fitted, whole
from gateway.crelate.learning import PIPELINE_ROWS
from gateway.crelate.mapping.application import contact_of, is_dated, stage_of
from gateway.crelate.protocol import GUID
from gateway.crelate.readers import instant, key, text
from gateway.crelate.reading.listing import SWEEPS, complete, pages
from gateway.crelate.reading.tables import Tables
from resolvers.errors import NotFound

SHAPE_ROWS = 5
"""So many rows of a page have to lack something before it is taken for their shape."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_LIST = "/jobs/{id}/contacts"
_HISTORY = "/jobs/{id}/contacts/history"


@dataclass(slots=True)
class Pipeline:
    """What is known of one job's pipeline.

    Attributes:
        rows: Contact -> row, in order, as far as they have been read.
        total: How many rows there are in all, or null.
        whole: Whether all rows have been read.
        silent: Contacts whose rows lack what the history knows.
        length: How many rows have been read, counting those read twice: where to read on.
        begun: How often its reading was begun.
        reading: Held while the next page is read.
    """

    rows: dict[str, PipelineRow] = field(default_factory=dict)
    total: int | None = None
    whole: bool = False
    silent: set[str] = field(default_factory=set)
    length: int = 0
    begun: int = 1
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Pipelines:
    """The pipelines that one request reads, each page once.

    Attributes:
        client: Carries the calls.
        tables: Learns which stages are in use.
        assumptions: Of the account.
    """

    client: Client
    tables: Tables
    assumptions: Assumptions
    _read: dict[str, Pipeline] = field(default_factory=dict)

    @property
    def seen(self) -> Iterable[PipelineRow]:
        """The rows there are so far."""
        return (row for pipeline in self._read.values() for row in pipeline.rows.values())

    async def first(self, job: str, limit: int | None) -> tuple[dict[str, PipelineRow], int | None]:
        """The first `limit` rows of a job's pipeline by contact, all for null, and how many there are in all."""
        pipeline = self._read.setdefault(job, Pipeline(whole=not GUID.fullmatch(job)))
        async with pipeline.reading:
            if limit is None:
                await self._read_all(job, pipeline)
            while not pipeline.whole and len(pipeline.rows) < (limit or 0):
                await self._read_on(job, pipeline)
        names = list(pipeline.rows)[:limit]
        if not pipeline.silent.isdisjoint(names):
            await self._look_up(job, pipeline, names)
        rows = {name: pipeline.rows[name] for name in names}
        return rows, len(pipeline.rows) if pipeline.whole else pipeline.total

    async def of_contacts(self, job: str, contacts: Sequence[str]) -> dict[str, PipelineRow]:
        """The rows of these contacts on a job; absent when they are not on it."""
        pipeline = await self._read_until(job, contacts)
        names = [name for name in contacts if name in pipeline.rows]
        await self._look_up(job, pipeline, names)
        return {name: pipeline.rows[name] for name in names}

    async def stage_of(self, job: str, contact: str) -> str | None:
        """The stage a contact is in on a job, blank when its row does not say; null when it is not on the job."""
        row = (await self._read_until(job, [contact])).rows.get(contact)
        return None if row is None else stage_of(row) or ""

    async def _read_until(self, job: str, contacts: Sequence[str]) -> Pipeline:
        """The pipeline of a job, read until these contacts are found or there are no more rows."""
        pipeline = self._read.setdefault(job, Pipeline(whole=not GUID.fullmatch(job)))
        async with pipeline.reading:
            while not pipeline.whole and not pipeline.rows.keys() >= set(contacts):
                await self._read_on(job, pipeline)
        return pipeline

    async def _read_on(self, job: str, pipeline: Pipeline) -> None:
        """Read one more page; a list that has shifted meanwhile is read again at its end (ASM-02).

        One that has become shorter is begun anew: rows have moved up past the place where it would be read on.
        """
        try:
            page = await pages(self.client, _LIST, identify=contact_of, id=job)(pipeline.length)
        except NotFound:  # the job is gone, and its pipeline with it
            pipeline.whole = True
            return
        if page.total is not None and (pipeline.total or 0) > page.total and pipeline.begun < SWEEPS:
            pipeline.rows.clear()
            pipeline.length, pipeline.total, pipeline.begun = 0, None, pipeline.begun + 1
            return
        steady = pipeline.total in {None, page.total}
        repeats = page.rows.keys() <= pipeline.rows.keys()  # then it would never end
        self._add(pipeline, page.rows)
        pipeline.length += page.length
        pipeline.total = page.total
        if page.more and not repeats:
            return
        if not steady or page.total not in {None, len(pipeline.rows)}:
            await self._read_all(job, pipeline)
        pipeline.whole = True

    async def _read_all(self, job: str, pipeline: Pipeline) -> None:
        if not pipeline.whole:
            with suppress(NotFound):
                rows = await complete(pages(self.client, _LIST, identify=contact_of, id=job))
                pipeline.rows.clear()  # some of them may be gone
                self._add(pipeline, rows)
            pipeline.whole = True

    def _add(self, pipeline: Pipeline, rows: Mapping[str, PipelineRow]) -> None:
        """Take rows in, and keep whether they name their stage and date; that a few lack something may be chance."""
        pipeline.rows.update(rows)
        stages = {name: stage_of(row) for name, row in rows.items()}
        self.tables.stages_used(filter(None, stages.values()))
        seen = {"stage": any(stages.values()), "date": any(map(is_dated, rows.values()))}
        if all(seen.values()) or len(rows) >= SHAPE_ROWS:
            self.client.profile.learnt(PIPELINE_ROWS, seen)
        undated = (
            [name for name, row in rows.items() if not is_dated(row)] if self.assumptions.dates_from_history else ()
        )
        pipeline.silent.update(undated, (name for name, stage in stages.items() if stage is None))

    async def _look_up(self, job: str, pipeline: Pipeline, contacts: Sequence[str]) -> None:
        """Fill in from the history what the rows of these contacts lack (ASM-08)."""
        silent = [name for name in contacts if name in pipeline.silent]
        rows = await asyncio.gather(*(self.with_history(job, name, pipeline.rows[name]) for name in silent))
        pipeline.rows.update(zip(silent, rows, strict=True))
        pipeline.silent.difference_update(silent)

    async def with_history(self, job: str, contact: str, row: PipelineRow) -> PipelineRow:
        """A row of this contact on this job, with what it lacks filled in from the history."""
        return await self._from_history(job, contact, row) if self._is_silent(row) else row

    async def moves(self, job: str, contact: str) -> list[PipelineRow]:
        """The stages this contact went through on this job; none where there is no history."""
        read = pages(self.client, _HISTORY, {"contact_id": contact}, identify=_date, id=job)
        with suppress(NotFound):
            return [move for move in (await complete(read)).values() if key(move.ContactId) in {None, contact}]
        return []

    def _is_silent(self, row: PipelineRow) -> bool:
        if stage_of(row) is None:
            return True
        return self.assumptions.dates_from_history and not is_dated(row)

    async def _from_history(self, job: str, contact: str, row: PipelineRow) -> PipelineRow:
        own = await self.moves(job, contact)
        if not own:
            return row
        latest = max(own, key=lambda move: instant(move.Date) or _NEVER)
        moved = {name: whole(latest).get(name) for name in ("Stage", "Date")}
        return fitted(PipelineRow, {**whole(row), **moved})


def _date(move: PipelineRow) -> str | None:
    return text(move.Date)
