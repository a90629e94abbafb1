"""The source that reads through the replica: fresh copies from here, the rest from the source behind it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from copy import copy as copy_record
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from math import inf
from typing import TypeVar

import structlog

from gateway.clock import Clock
from gateway.database.outage import DatabaseUnavailable
from gateway.replica import paging
from gateway.replica.freshness import NEVER, UNANSWERED, Freshness, Policy, Report, Standard
from gateway.replica.hot import Budget
from gateway.replica.intake import Aged, ChildrenQuery, Intake, Upstream
from gateway.replica.store import Store
from gateway.replica.warm import Warm
from gateway.sharing.single_flight import Question, SingleFlight
from resolvers.errors import (
    AtsError,
    BadUserInput,
    FilterNeedsSync,
    UpstreamUnavailable,
)
from resolvers.ports.custom_fields import Definitions
from resolvers.ports.source import Children, Following, LiveSource, Page, PageQuestion
from schema.record import Tracked

T = TypeVar("T")

_log = structlog.get_logger()

LOOK_SECONDS = 1.0
"""How old a look at the database may be for a request that no copies may answer: it says whether there was a sync."""

ALWAYS = inf
"""The same for a request that has looked already."""

LOOSE: Mapping[str, tuple[str, str]] = {"Interview": ("application_key", "Application")}
"""Model -> its attribute that may name a record of the other model which the ATS does not have."""


class Replica:
    """One integration's copies, and the source they come from.

    Attributes:
        store: Where the copies are.
        policy: What counts as fresh where a request says nothing.
        clock: What time it is.
        warm: The copies, from memory as far as they are held there.
        intake: What is read from the ATS.
    """

    def __init__(
        self,
        integration: str,
        store: Store,
        policy: Policy,
        clock: Clock,
        dropped: Callable[[int], None] = lambda _: None,
        budget: Budget | None = None,
    ) -> None:
        self.store = store
        self.policy = policy
        self.clock = clock
        self.warm = Warm(integration, store, budget or Budget())
        self.intake = Intake(integration, store, clock, self.warm, dropped)

    def reading(
        self, upstream: LiveSource, wanted: Freshness, report: Report | None = None, within: float = LOOK_SECONDS
    ) -> "ReplicaSource":
        """The source for one request; `upstream` is asked for what is missing or too old, `report` is written on.

        Where no copies may answer, those that are written take what has been synced from a look that old at most.
        """
        return ReplicaSource(self, upstream, wanted, report or Report(), within)


class ReplicaSource:
    """Answers one request's questions from copies that are fresh enough, and the rest from upstream.

    Attributes:
        report: How old the copies used so far were.
    """

    def __init__(
        self, replica: Replica, upstream: LiveSource, wanted: Freshness, report: Report, within: float
    ) -> None:
        self.report = report
        self._replica = replica
        self._upstream = upstream
        self._wanted = wanted
        self._standard = Standard(wanted, replica.policy, replica.clock)
        self._bypasses = wanted.no_cache and not wanted.only_if_cached
        self._within = within if self._bypasses else 0.0
        self._is_cut_off = False

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """The records of a model; one that is known to be gone from the ATS has its `remote_deleted_at`."""
        try:
            return await self._by_ids(model, keys)
        except DatabaseUnavailable as failed:
            return await self._live(failed, model, partial(self._upstream.by_ids, model, keys))

    async def by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        """The children of each parent."""
        try:
            return await self._by_parents(model, attribute, keys, limit)
        except DatabaseUnavailable as failed:
            live = partial(self._upstream.by_parents, model, attribute, keys, limit)
            return await self._live(failed, model, live)

    async def read_ahead(self, model: str, attribute: str, keys: Sequence[str], following: Following) -> None:
        """Only where no copies will answer, neither now nor then.

        Nor while others ask, if it is with them: what is asked together is asked by a source of its own, which would
        not know of it.
        """
        with suppress(DatabaseUnavailable):
            if self._bypasses or (
                self._replica.intake.children.is_idle
                and await self._looks_past_copies(model)
                and await self._looks_past_copies(following[0])
            ):
                await self._upstream.read_ahead(model, attribute, keys, following)

    async def _looks_past_copies(self, model: str) -> bool:
        """Whether the ATS is asked whatever copies there are."""
        return not self._wanted.only_if_cached and await self._synced_at(model) is None and self._writes_behind(model)

    async def page(self, model: str, question: PageQuestion) -> Page:
        """One page; of a synced model it comes from the copies, which can be filtered and sorted by everything."""
        try:
            return await self._page(model, question)
        except DatabaseUnavailable as failed:
            return await self._live(failed, model, partial(self._live_page, model, question))

    async def _live(self, failed: DatabaseUnavailable, model: str, live: Callable[[], Awaitable[T]]) -> T:
        """An answer from the ATS alone, now and for the rest of the request: the copies are out of reach.

        Raises:
            DatabaseUnavailable: only they may be asked.
        """
        if not self._is_cut_off:
            _log.warning("copies_out_of_reach", error=type(failed.__cause__).__name__)
            self._is_cut_off = True
        if self._wanted.only_if_cached:
            raise DatabaseUnavailable
        asked = self._replica.clock()
        found = await live()
        self.report.note(model, asked)
        return found

    async def _live_page(self, model: str, question: PageQuestion) -> Page:
        if question.position is not None and paging.is_ours(question.position):
            raise DatabaseUnavailable
        try:
            return await self._upstream.page(model, question)
        except FilterNeedsSync as failed:
            raise DatabaseUnavailable from failed

    async def _by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        synced = await self._synced_at(model)
        if self._bypasses:
            return await self._records_now(model, keys)
        keys = self._less_absent(model, keys, synced)
        copies = self._replica.warm.hot.copies(model, keys) if keys and model not in LOOSE else None
        if copies:
            as_of = _later(min([copy.fetched_at for copy in copies]), synced)
            if self._standard.admits_copies(model, as_of):
                self.report.note(model, as_of)
                return dict(zip(keys, [copy.record for copy in copies], strict=True))
        hold = partial(self._held_records, model)
        return await self._through(model, keys, hold, self._replica.intake.records, model)

    async def _by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        synced = await self._synced_at(model)
        query = ChildrenQuery(model, attribute, limit)
        if self._bypasses:
            return await self._children_now(query, keys)
        found = self._replica.warm.children(model, attribute, keys, limit)
        if found and len(found) == len(keys):
            listed = {family.listed_at for family in found.values()}  # most at the same instant
            as_of = min([_known_at(at, synced) for at in listed])
            if self._standard.admits_copies(model, as_of):
                self.report.note(model, as_of)
                return {key: family.children for key, family in found.items()}
        hold = partial(self._held_children, query)
        return await self._through(model, keys, hold, self._replica.intake.children, query)

    async def _page(self, model: str, question: PageQuestion) -> Page:
        synced = await self._synced_at(model)
        ours = question.position is not None and paging.is_ours(question.position)
        if ours and synced is None:
            raise BadUserInput("This cursor belongs to records that are no longer synced.")
        if synced is None or (question.position is not None and not ours):
            return await self._upstream_page(model, question)
        if ours or self._standard.admits(synced, self._wanted.max_age):
            return await self._own_page(model, question, synced)
        try:
            return await self._upstream_page(model, question)
        except (FilterNeedsSync, *UNANSWERED) as error:
            if not self._standard.bridges(error, synced):
                raise
            self.report.note(model, synced, stale=True)
            return await self._own_page(model, question, synced)

    async def custom_fields(self, model: str, *, known: bool = False) -> Definitions:
        """As the ATS describes them; what is known of them, where it may not be asked or does not answer."""
        if known or self._wanted.only_if_cached:
            return await self._upstream.custom_fields(model, known=True)
        try:
            return await self._upstream.custom_fields(model)
        except UNANSWERED as error:
            if self._wanted.no_cache:
                raise
            return replace(await self._upstream.custom_fields(model, known=True), failure=error)

    def _less_absent(self, model: str, keys: Sequence[str], synced: datetime | None) -> Sequence[str]:
        """The keys without those of which it is known that there is no record."""
        absent = self._replica.warm.hot.absent[model].held
        known = {key: _later(absent[key], synced) for key in keys if key in absent} if absent else {}
        known = {key: as_of for key, as_of in known.items() if self._standard.admits_copies(model, as_of)}
        for as_of in known.values():
            self.report.note(model, as_of)
        return [key for key in keys if key not in known] if known else keys

    async def _records_now(self, model: str, keys: Sequence[str]) -> dict[str, Tracked | AtsError]:
        """What the ATS says, whatever copies there are: asked together with others of the same turn of the loop."""
        found = await self._replica.intake.records.request(self._upstream_of(model), model, keys, join=False)
        return self._answers(model, found, {})

    async def _children_now(self, query: ChildrenQuery, keys: Sequence[str]) -> dict[str, Children | AtsError]:
        """The same of children, asked for this request alone: what they take depends on all the parents."""
        found, asked = await self._replica.intake.fetch_children(self._upstream_of(query.model), query, keys)
        if not all(isinstance(value, AtsError) for value in found.values()):
            self.report.note(query.model, asked)
        return found

    async def _through(
        self,
        model: str,
        keys: Sequence[str],
        hold: Callable[[Sequence[str]], Awaitable[Mapping[str, Aged[T]]]],
        flight: SingleFlight[Upstream, Question, Aged[T]],
        question: Question,
    ) -> dict[str, T | AtsError]:
        """What is held and fresh, what was fetched, and where that failed what is held and may bridge it."""
        looks_first = not self._writes_behind(model)
        held = await hold(keys) if looks_first else {}
        most = self._standard.most_age(model)
        fresh = {key: known for key, known in held.items() if self._standard.admits(known.as_of, most)}
        missing = [key for key in keys if key not in fresh] if fresh else keys
        fetched = await self._fetch(model, missing, held, flight, question)
        found = {**fresh, **fetched} if fresh else fetched
        if not looks_first:
            failed = [key for key, known in found.items() if isinstance(known, AtsError)]
            held = await hold(failed) if failed else held
        return self._answers(model, found, held)

    def _answers(
        self, model: str, found: Mapping[str, Aged[T] | AtsError | None], held: Mapping[str, Aged[T]]
    ) -> dict[str, T | AtsError]:
        answers: dict[str, T | AtsError] = {}
        last = None
        for key, known in found.items():
            stale = isinstance(known, AtsError) and key in held and self._standard.bridges(known, held[key].as_of)
            used = held[key] if stale else known
            if isinstance(used, Aged):
                answers[key] = used.value
                if stale or used.as_of is not last:  # most are of one batch
                    last = used.as_of
                    self.report.note(model, last, stale=stale)
            elif used is not None:
                answers[key] = used
        return answers

    async def _fetch(
        self,
        model: str,
        keys: Sequence[str],
        held: Mapping[str, Aged[T]],
        flight: SingleFlight[Upstream, Question, Aged[T]],
        question: Question,
    ) -> dict[str, Aged[T] | AtsError | None]:
        """Ask upstream, unless the request forbids it; of a synced model, what is not held does not exist."""
        if not keys or not self._wanted.only_if_cached:
            return await flight.request(self._upstream_of(model), question, keys)
        synced = await self._synced_at(model) is not None
        return {key: None if synced and key not in held else _not_cached() for key in keys}

    def _upstream_of(self, model: str) -> Upstream:
        return Upstream(self._upstream, self._writes_behind(model))

    def _writes_behind(self, model: str) -> bool:
        """Whether copies are nothing but a net here: never synced, and no age of them is young enough."""
        return model not in self._replica.warm.synced and self._standard.most_age(model) == 0

    async def _held_records(self, model: str, keys: Sequence[str]) -> dict[str, Aged[Tracked]]:
        """What is known here of these records."""
        synced = await self._synced_at(model)
        most = self._standard.most_age(model)
        since = None if most is None else self._replica.clock() - timedelta(seconds=most)
        if since is not None and synced is not None and synced >= since:
            since = None
        copies = await self._replica.warm.by_keys(model, keys, since)
        records = await self._tied(model, [copy.record for copy in copies.values()])
        held = zip(copies.items(), records, strict=True)
        return {key: Aged(record, _later(copy.fetched_at, synced)) for (key, copy), record in held}

    async def _held_children(self, query: ChildrenQuery, keys: Sequence[str]) -> dict[str, Aged[Children]]:
        """What is known here of each parent's children: of synced models, and where a listing was read completely.

        A copy older than that listing is of a child that has left.
        """
        synced = await self._synced_at(query.model)
        warm, of = self._replica.warm, (query.model, query.attribute)
        found = warm.children(*of, keys, query.limit)
        missing = [key for key in keys if key not in found]
        found |= await warm.read_children(*of, missing, query.limit) if missing else {}
        return {key: Aged(family.children, _known_at(family.listed_at, synced)) for key, family in found.items()}

    async def _own_page(self, model: str, question: PageQuestion, synced: datetime) -> Page:
        found = await self._replica.warm.page(model, question)
        self.report.note(model, synced)
        records = await self._tied(model, [copy.record for copy in found.copies])
        return Page(records, found.positions, found.has_next, found.has_previous, found.total)

    async def _tied(self, model: str, records: list[Tracked]) -> list[Tracked]:
        """The records, less what they say of records that are known not to exist: of a model that has been synced."""
        attribute, other = LOOSE.get(model, ("", ""))
        if not other or await self._synced_at(other) is None:
            return records
        named = {key for record in records if (key := getattr(record, attribute)) is not None}
        copies = await self._replica.warm.by_keys(other, sorted(named))
        there = {key for key, copy in copies.items() if copy.record.remote_deleted_at is None}
        return [record if getattr(record, attribute) in there else _without(record, attribute) for record in records]

    async def _upstream_page(self, model: str, question: PageQuestion) -> Page:
        if self._wanted.only_if_cached:
            raise _not_cached()
        known = await self._replica.intake.fetch_page(self._upstream_of(model), model, question)
        self.report.note(model, known.as_of)
        return known.value

    async def _synced_at(self, model: str) -> datetime | None:
        """When all copies of the model were last known to be complete; null before its first sync."""
        if self._is_cut_off:
            raise DatabaseUnavailable
        warm = self._replica.warm
        await warm.renew(self._within)
        self._within = ALWAYS
        return warm.synced.get(model)


def _known_at(listed_at: datetime | None, synced: datetime | None) -> datetime:
    """When a list was last known to be right."""
    as_of = listed_at or synced
    assert as_of is not None  # noqa: S101  a list is held where it was read completely, or its model was
    return _later(as_of, synced)


def _without(record: Tracked, attribute: str) -> Tracked:
    loose = copy_record(record)
    setattr(loose, attribute, None)
    return loose


def _later(fetched: datetime, synced: datetime | None) -> datetime:
    """When a copy was last known to be right; a sync that was under way when it was outdated does not make it so."""
    return fetched if synced is None or fetched == NEVER else max(fetched, synced)


def _not_cached() -> UpstreamUnavailable:
    return UpstreamUnavailable("There is no copy of that age, and only-if-cached forbids asking the ATS.")
