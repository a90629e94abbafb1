"""The source that reads through the replica: fresh copies from here, the rest from the source behind it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

from gateway.replica import paging
from gateway.replica.single_flight import Flights, Question
from gateway.replica.freshness import Freshness, Policy, Report
from gateway.replica.store import Clock, Copy, Store
from gateway.replica.sync_state import synced_at
from gateway.replica.write_behind import WriteBehind
from resolvers.errors import (
    AtsError,
    BadUserInput,
    FilterNeedsSync,
    TryAgain,
    UpstreamUnauthorized,
    UpstreamUnavailable,
    UpstreamUnreadable,
)
from resolvers.ports.source import Children, Page, PageQuestion, Source
from schema.record import Tracked

T = TypeVar("T")

UNANSWERED = (TryAgain, UpstreamUnauthorized, UpstreamUnreadable)
"""What may be bridged with an older copy: the ATS is down, throttles, refuses the key, or talks gibberish."""


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """Something read from the ATS, and when it was last known to be so."""

    value: T
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Brood:
    """Which children a question is about: records of `model` by the parent in `attribute`, at least `limit` of each."""

    model: str
    attribute: str
    limit: int | None


@dataclass(frozen=True, slots=True)
class Pilot:
    """Who asks upstream, and whether the copies are written only after the answer."""

    source: Source
    writes_behind: bool


class Replica:
    """One integration's copies, and the source they come from.

    Attributes:
        integration: Name of the integration.
        store: Where the copies are.
        policy: What counts as fresh where a request says nothing.
        clock: What time it is.
        records: Records being fetched, by model and key.
        children: Children being fetched, by question and parent.
        behind: Copies that are written when there is time.
    """

    def __init__(self, integration: str, store: Store, policy: Policy, clock: Clock) -> None:
        self.integration = integration
        self.store = store
        self.policy = policy
        self.clock = clock
        self.behind = WriteBehind(clock)
        self.records: Flights[Pilot, str, Known[Tracked]] = Flights(self._fetch_records)
        self.children: Flights[Pilot, Brood, Known[Children]] = Flights(self._fetch_children)

    def reading(self, upstream: Source, wanted: Freshness) -> "ReplicaSource":
        """The source for one request; `upstream` is asked for what is missing or too old."""
        return ReplicaSource(self, upstream, wanted)

    async def fetch_page(self, pilot: Pilot, model: str, question: PageQuestion) -> Known[Page]:
        """A page from upstream, written back."""
        asked = self.clock()
        page = await pilot.source.page(model, question)
        if pilot.writes_behind:
            self._write_behind(model, page.records, asked)
            return Known(page, asked)
        copies = await self.store.write(self.integration, model, page.records, asked)
        records = [copies[record.key].record for record in page.records]
        return Known(Page(records, page.positions, page.has_next, page.has_previous, page.total), asked)

    async def close(self) -> None:
        """Stop what is under way, and write what waits."""
        await asyncio.gather(self.records.close(), self.children.close())
        await self.behind.close()

    def _write_behind(self, model: str, records: Iterable[Tracked], asked: datetime) -> None:
        if due := self.behind.due(model, records):
            self.behind.put(lambda: self.store.write(self.integration, model, due, asked))

    async def _fetch_records(self, pilot: Pilot, model: str, keys: list[str]) -> dict[str, Known[Tracked] | AtsError]:
        """Records from upstream, written back; one that is gone is answered from its last copy."""
        asked = self.clock()
        found = await pilot.source.by_ids(model, keys)
        records = {key: value for key, value in found.items() if isinstance(value, Tracked)}
        if pilot.writes_behind:
            self._write_behind(model, records.values(), asked)
            return {key: Known(value, asked) if isinstance(value, Tracked) else value for key, value in found.items()}
        copies = await self.store.write(self.integration, model, records.values(), asked)
        answers = {key: copies[record.key] for key, record in records.items()}
        answers |= await self._gone(model, [key for key in keys if key not in found])
        errors = {key: value for key, value in found.items() if isinstance(value, AtsError)}
        return {key: Known(copy.record, asked) for key, copy in answers.items()} | errors

    async def _gone(self, model: str, keys: list[str]) -> dict[str, Copy]:
        copies = await self.store.by_keys(self.integration, model, keys)
        return {key: copy for key, copy in copies.items() if copy.record.remote_deleted_at is not None}

    async def _fetch_children(
        self, pilot: Pilot, brood: Brood, keys: list[str]
    ) -> dict[str, Known[Children] | AtsError]:
        """Children from upstream, written back; where they are all of a parent's, that is remembered."""
        asked = self.clock()
        found = await pilot.source.by_parents(brood.model, brood.attribute, keys, brood.limit)
        answers = {key: found.get(key, Children((), 0)) for key in keys}
        lists = {key: value for key, value in answers.items() if isinstance(value, Children)}
        errors = {key: value for key, value in answers.items() if isinstance(value, AtsError)}
        if pilot.writes_behind:
            self._list_behind(brood, lists, asked)
            return {key: Known(value, asked) for key, value in lists.items()} | errors
        copies = await self._write_lists(brood, lists, asked)
        return {key: Known(_copied(value, copies), asked) for key, value in lists.items()} | errors

    def _list_behind(self, brood: Brood, lists: dict[str, Children], asked: datetime) -> None:
        """Write lists when there is time, where any of their records is due."""
        if self.behind.due(brood.model, [record for value in lists.values() for record in value.records]):
            self.behind.put(lambda: self._write_lists(brood, lists, asked))

    async def _write_lists(self, brood: Brood, lists: Mapping[str, Children], asked: datetime) -> dict[str, Copy]:
        records = [record for value in lists.values() for record in value.records]
        copies = await self.store.write(self.integration, brood.model, records, asked)
        complete = {
            key: [record.key for record in value.records]
            for key, value in lists.items()
            if _is_complete(value, brood.limit)
        }
        await self.store.note_listed(self.integration, brood.model, brood.attribute, complete, asked)
        return copies


class ReplicaSource:
    """Answers one request's questions from copies that are fresh enough, and the rest from upstream.

    Attributes:
        report: How old the copies used so far were.
    """

    def __init__(self, replica: Replica, upstream: Source, wanted: Freshness) -> None:
        self.report = Report()
        self._replica = replica
        self._upstream = upstream
        self._wanted = wanted
        self._synced: Mapping[str, datetime] | None = None

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """As `Source`. A record that is known to be gone from the ATS is answered with its `remote_deleted_at`."""
        hold = partial(self._held_records, model)
        return await self._through(model, keys, hold, self._replica.records, model)

    async def by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        """As `Source`."""
        brood = Brood(model, attribute, limit)
        hold = partial(self._held_children, brood)
        return await self._through(model, keys, hold, self._replica.children, brood)

    async def page(self, model: str, question: PageQuestion) -> Page:
        """As `Source`; a synced model is answered from the replica, with everything that can filter and sort by."""
        synced = await self._synced_at(model)
        ours = question.position is not None and paging.is_ours(question.position)
        if ours and synced is None:
            raise BadUserInput("This cursor belongs to records that are no longer synced.")
        if synced is None or (question.position is not None and not ours):
            return await self._upstream_page(model, question)
        if ours or self._is_young(synced, self._wanted.max_age):
            return await self._own_page(model, question, synced)
        try:
            return await self._upstream_page(model, question)
        except (FilterNeedsSync, *UNANSWERED) as error:
            if not self._bridges(error, synced):
                raise
            self.report.note(model, synced, stale=True)
            return await self._own_page(model, question, synced)

    async def _through(
        self,
        model: str,
        keys: Sequence[str],
        hold: Callable[[Sequence[str]], Awaitable[Mapping[str, Known[T]]]],
        flights: Flights[Pilot, Question, Known[T]],
        question: Question,
    ) -> dict[str, T | AtsError]:
        """What is held and fresh, what was fetched, and where that failed what is held and may bridge it."""
        most = self._most_age(model)
        looks_first = not await self._writes_behind(model)
        held = await hold(keys) if looks_first else {}
        fresh = {key: known for key, known in held.items() if self._is_young(known.as_of, most)}
        missing = [key for key in keys if key not in fresh]
        found = {**fresh, **await self._fetch(model, missing, held, flights, question)}
        if not looks_first:
            failed = [key for key, known in found.items() if isinstance(known, AtsError)]
            held = await hold(failed) if failed else held
        return self._answers(model, found, held)

    def _answers(
        self, model: str, found: Mapping[str, Known[T] | AtsError | None], held: Mapping[str, Known[T]]
    ) -> dict[str, T | AtsError]:
        answers: dict[str, T | AtsError] = {}
        for key, known in found.items():
            stale = isinstance(known, AtsError) and key in held and self._bridges(known, held[key].as_of)
            used = held[key] if stale else known
            if isinstance(used, AtsError):
                answers[key] = used
            elif used is not None:
                self.report.note(model, used.as_of, stale=stale)
                answers[key] = used.value
        return answers

    async def _fetch(
        self,
        model: str,
        keys: list[str],
        held: Mapping[str, Known[T]],
        flights: Flights[Pilot, Question, Known[T]],
        question: Question,
    ) -> dict[str, Known[T] | AtsError | None]:
        """Ask upstream, unless the request forbids it; of a synced model, what is not held does not exist."""
        if not keys or not self._wanted.only_if_cached:
            return await flights.board(await self._pilot(model), question, keys, join=not self._wanted.no_cache)
        synced = await self._synced_at(model) is not None
        return {key: None if synced and key not in held else _not_cached() for key in keys}

    async def _pilot(self, model: str) -> Pilot:
        return Pilot(self._upstream, await self._writes_behind(model))

    async def _writes_behind(self, model: str) -> bool:
        """Whether copies are nothing but a net here: never synced, and too old for anyone from the start."""
        return await self._synced_at(model) is None and self._most_age(model) == 0

    async def _held_records(self, model: str, keys: Sequence[str]) -> dict[str, Known[Tracked]]:
        """What is known here of these records."""
        synced = await self._synced_at(model)
        copies = await self._replica.store.by_keys(self._replica.integration, model, keys)
        return {key: Known(copy.record, _later(copy.fetched_at, synced)) for key, copy in copies.items()}

    async def _held_children(self, brood: Brood, keys: Sequence[str]) -> dict[str, Known[Children]]:
        """What is known here of each parent's children: of synced models, and where a listing was read completely.

        A copy older than that listing is of a child that has left.
        """
        synced = await self._synced_at(brood.model)
        store, integration = self._replica.store, self._replica.integration
        listed = await store.listed(integration, brood.model, brood.attribute, keys)
        known = {key: listed.get(key) for key in keys if synced or key in listed}
        found = await store.by_parents(integration, brood.model, brood.attribute, known, brood.limit)
        held: dict[str, Known[Children]] = {}
        for key, listing in known.items():
            copies, total = found.get(key, ([], 0))
            children = Children([copy.record for copy in copies], total)
            as_of = [at for at in (listing.fetched_at if listing else None, synced) if at is not None]
            held[key] = Known(children, max(as_of))
        return held

    async def _own_page(self, model: str, question: PageQuestion, synced: datetime) -> Page:
        found = await self._replica.store.page(self._replica.integration, model, question)
        self.report.note(model, synced)
        records = [copy.record for copy in found.copies]
        return Page(records, found.positions, found.has_next, found.has_previous, found.total)

    async def _upstream_page(self, model: str, question: PageQuestion) -> Page:
        if self._wanted.only_if_cached:
            raise _not_cached()
        known = await self._replica.fetch_page(await self._pilot(model), model, question)
        self.report.note(model, known.as_of)
        return known.value

    async def _synced_at(self, model: str) -> datetime | None:
        """When all copies of the model were last known to be complete; null before its first sync."""
        if self._synced is None:
            self._synced = await synced_at(self._replica.store.database, self._replica.integration)
        return self._synced.get(model)

    def _most_age(self, model: str) -> float | None:
        """Seconds a copy may be old; null for any age."""
        if self._wanted.max_age is not None or self._wanted.only_if_cached:
            return self._wanted.max_age
        return self._replica.policy.max_age[model]

    def _is_young(self, as_of: datetime, most: float | None) -> bool:
        """Whether what was so then may be used without asking."""
        return not self._wanted.no_cache and (most is None or self._age(as_of) <= most)

    def _bridges(self, error: AtsError, as_of: datetime) -> bool:
        """Whether what was so then may stand in for an answer that the ATS could not give."""
        if self._wanted.no_cache or self._wanted.only_if_cached:
            return False
        if isinstance(error, FilterNeedsSync):
            return True
        wanted = self._wanted.stale_if_error
        most = self._replica.policy.stale_if_error if wanted is None else wanted
        return isinstance(error, UNANSWERED) and self._age(as_of) <= most

    def _age(self, as_of: datetime) -> float:
        return (self._replica.clock() - as_of).total_seconds()


def _is_complete(children: Children, limit: int | None) -> bool:
    """Whether these are all of a parent's children."""
    if children.total is not None:
        return len(children.records) >= children.total
    return limit is None or len(children.records) < limit


def _copied(children: Children, copies: Mapping[str, Copy]) -> Children:
    return Children([copies[record.key].record for record in children.records], children.total)


def _later(one: datetime, other: datetime | None) -> datetime:
    return one if other is None else max(one, other)


def _not_cached() -> UpstreamUnavailable:
    return UpstreamUnavailable("There is no copy of that age, and only-if-cached forbids asking the ATS.")
