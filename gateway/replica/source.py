"""The source that reads through the replica: fresh copies from here, the rest from the source behind it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import copy as copy_record
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

from gateway.clock import Clock
from gateway.replica import paging
from gateway.replica.copies import Copy
from gateway.replica.freshness import Freshness, Policy, Report
from gateway.replica.single_flight import Question, SingleFlight
from gateway.replica.store import Store
from gateway.replica.sync_state import SyncTimes
from gateway.replica.write_behind import Listings, Observed, WriteBehind
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
"""What may be bridged with an older copy: the ATS is down, throttles, refuses the key, or cannot be understood."""


LOOSE: Mapping[str, tuple[str, str]] = {"Interview": ("application_key", "Application")}
"""Model -> its attribute that may name a record of the other model which the ATS does not have."""


@dataclass(frozen=True, slots=True)
class Aged(Generic[T]):
    """Something read from the ATS, and the instant at which it was last known to be so."""

    value: T
    as_of: datetime


@dataclass(frozen=True, slots=True)
class ChildrenQuery:
    """Asks for the records of `model` by the parent in `attribute`, at least `limit` of each parent."""

    model: str
    attribute: str
    limit: int | None


@dataclass(frozen=True, slots=True)
class Upstream:
    """The source behind the copies, as one request reaches it.

    Attributes:
        source: Answers what is missing or too old.
        writes_behind: Whether copies of its answers are written in the background.
    """

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
        synced: When its models were synced.
        behind: Copies that are written when there is time.
    """

    def __init__(
        self,
        integration: str,
        store: Store,
        policy: Policy,
        clock: Clock,
        dropped: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.integration = integration
        self.store = store
        self.policy = policy
        self.clock = clock
        self.synced = SyncTimes(store.database, integration)
        self.behind = WriteBehind(integration, store, clock, dropped)
        self.records: SingleFlight[Upstream, str, Aged[Tracked]] = SingleFlight(self._fetch_records)
        self.children: SingleFlight[Upstream, ChildrenQuery, Aged[Children]] = SingleFlight(self._fetch_children)

    def reading(self, upstream: Source, wanted: Freshness) -> "ReplicaSource":
        """The source for one request; `upstream` is asked for what is missing or too old."""
        return ReplicaSource(self, upstream, wanted)

    async def fetch_page(self, upstream: Upstream, model: str, question: PageQuestion) -> Aged[Page]:
        """A page from upstream, written back."""
        asked = self.clock()
        page = await upstream.source.page(model, question)
        if upstream.writes_behind:
            self.behind.put(Observed(model, page.records, asked))
            return Aged(page, asked)
        copies = await self.store.write(self.integration, model, page.records, asked)
        records = [copies[record.key].record for record in page.records]
        return Aged(Page(records, page.positions, page.has_next, page.has_previous, page.total), asked)

    async def close(self) -> None:
        """Stop what is under way, and write what waits."""
        await asyncio.gather(self.records.close(), self.children.close())
        await self.behind.close()

    async def _fetch_records(
        self, upstream: Upstream, model: str, keys: list[str]
    ) -> dict[str, Aged[Tracked] | AtsError]:
        """Records from upstream, written back; one that is gone is answered from its last copy."""
        asked = self.clock()
        found = await upstream.source.by_ids(model, keys)
        records = {key: value for key, value in found.items() if isinstance(value, Tracked)}
        if upstream.writes_behind:
            self.behind.put(Observed(model, list(records.values()), asked))
            return {key: Aged(value, asked) if isinstance(value, Tracked) else value for key, value in found.items()}
        copies = await self.store.write(self.integration, model, records.values(), asked)
        answers = {key: copies[record.key] for key, record in records.items()}
        answers |= await self._gone(model, [key for key in keys if key not in found])
        errors = {key: value for key, value in found.items() if isinstance(value, AtsError)}
        return {key: Aged(copy.record, asked) for key, copy in answers.items()} | errors

    async def _gone(self, model: str, keys: list[str]) -> dict[str, Copy]:
        copies = await self.store.by_keys(self.integration, model, keys)
        return {key: copy for key, copy in copies.items() if copy.record.remote_deleted_at is not None}

    async def _fetch_children(
        self, upstream: Upstream, query: ChildrenQuery, keys: list[str]
    ) -> dict[str, Aged[Children] | AtsError]:
        """Children from upstream, written back; where they are all of a parent's, that is remembered."""
        asked = self.clock()
        found = await upstream.source.by_parents(query.model, query.attribute, keys, query.limit)
        answers = {key: found.get(key, Children((), 0)) for key in keys}
        lists = {key: value for key, value in answers.items() if isinstance(value, Children)}
        errors = {key: value for key, value in answers.items() if isinstance(value, AtsError)}
        if upstream.writes_behind:
            records = [record for value in lists.values() for record in value.records]
            self.behind.put(Observed(query.model, records, asked, partial(_listings, query, lists)))
            return {key: Aged(value, asked) for key, value in lists.items()} | errors
        copies = await self._write_lists(query, lists, asked)
        return {key: Aged(_copied(value, copies), asked) for key, value in lists.items()} | errors

    async def _write_lists(
        self, query: ChildrenQuery, lists: Mapping[str, Children], asked: datetime
    ) -> dict[str, Copy]:
        records = [record for value in lists.values() for record in value.records]
        copies = await self.store.write(self.integration, query.model, records, asked)
        complete = _listings(query, lists).children
        await self.store.note_listed(self.integration, query.model, query.attribute, complete, asked)
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
        """The records of a model; one that is known to be gone from the ATS has its `remote_deleted_at`."""
        hold = partial(self._held_records, model)
        return await self._through(model, keys, hold, self._replica.records, model)

    async def by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        """The children of each parent."""
        query = ChildrenQuery(model, attribute, limit)
        hold = partial(self._held_children, query)
        return await self._through(model, keys, hold, self._replica.children, query)

    async def page(self, model: str, question: PageQuestion) -> Page:
        """One page; of a synced model it comes from the copies, which can be filtered and sorted by everything."""
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
        hold: Callable[[Sequence[str]], Awaitable[Mapping[str, Aged[T]]]],
        flight: SingleFlight[Upstream, Question, Aged[T]],
        question: Question,
    ) -> dict[str, T | AtsError]:
        """What is held and fresh, what was fetched, and where that failed what is held and may bridge it."""
        most = self._most_age(model)
        looks_first = not await self._writes_behind(model)
        held = await hold(keys) if looks_first else {}
        fresh = {key: known for key, known in held.items() if self._is_young(known.as_of, most)}
        missing = [key for key in keys if key not in fresh]
        found = {**fresh, **await self._fetch(model, missing, held, flight, question)}
        if not looks_first:
            failed = [key for key, known in found.items() if isinstance(known, AtsError)]
            held = await hold(failed) if failed else held
        return self._answers(model, found, held)

    def _answers(
        self, model: str, found: Mapping[str, Aged[T] | AtsError | None], held: Mapping[str, Aged[T]]
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
        held: Mapping[str, Aged[T]],
        flight: SingleFlight[Upstream, Question, Aged[T]],
        question: Question,
    ) -> dict[str, Aged[T] | AtsError | None]:
        """Ask upstream, unless the request forbids it; of a synced model, what is not held does not exist."""
        if not keys or not self._wanted.only_if_cached:
            return await flight.request(await self._upstream_of(model), question, keys, join=not self._wanted.no_cache)
        synced = await self._synced_at(model) is not None
        return {key: None if synced and key not in held else _not_cached() for key in keys}

    async def _upstream_of(self, model: str) -> Upstream:
        return Upstream(self._upstream, await self._writes_behind(model))

    async def _writes_behind(self, model: str) -> bool:
        """Whether copies are nothing but a net here: never synced, and no age of them is young enough."""
        return await self._synced_at(model) is None and self._most_age(model) == 0

    async def _held_records(self, model: str, keys: Sequence[str]) -> dict[str, Aged[Tracked]]:
        """What is known here of these records."""
        synced = await self._synced_at(model)
        copies = await self._replica.store.by_keys(self._replica.integration, model, keys)
        records = await self._tied(model, [copy.record for copy in copies.values()])
        held = zip(copies.items(), records, strict=True)
        return {key: Aged(record, _later(copy.fetched_at, synced)) for (key, copy), record in held}

    async def _held_children(self, query: ChildrenQuery, keys: Sequence[str]) -> dict[str, Aged[Children]]:
        """What is known here of each parent's children: of synced models, and where a listing was read completely.

        A copy older than that listing is of a child that has left.
        """
        synced = await self._synced_at(query.model)
        store, integration = self._replica.store, self._replica.integration
        listed = await store.listed(integration, query.model, query.attribute, keys)
        known = {key: listed.get(key) for key in keys if synced or key in listed}
        found = await store.by_parents(integration, query.model, query.attribute, known, query.limit)
        held: dict[str, Aged[Children]] = {}
        for key, listing in known.items():
            copies, total = found.get(key, ([], 0))
            children = Children([copy.record for copy in copies], total)
            as_of = [at for at in (listing.fetched_at if listing else None, synced) if at is not None]
            held[key] = Aged(children, max(as_of))
        return held

    async def _own_page(self, model: str, question: PageQuestion, synced: datetime) -> Page:
        found = await self._replica.store.page(self._replica.integration, model, question)
        self.report.note(model, synced)
        records = await self._tied(model, [copy.record for copy in found.copies])
        return Page(records, found.positions, found.has_next, found.has_previous, found.total)

    async def _tied(self, model: str, records: list[Tracked]) -> list[Tracked]:
        """The records, less what they say of records that are known not to exist: of a model that has been synced."""
        attribute, other = LOOSE.get(model, ("", ""))
        if not other or await self._synced_at(other) is None:
            return records
        named = {key for record in records if (key := getattr(record, attribute)) is not None}
        copies = await self._replica.store.by_keys(self._replica.integration, other, sorted(named))
        there = {key for key, copy in copies.items() if copy.record.remote_deleted_at is None}
        return [record if getattr(record, attribute) in there else _without(record, attribute) for record in records]

    async def _upstream_page(self, model: str, question: PageQuestion) -> Page:
        if self._wanted.only_if_cached:
            raise _not_cached()
        known = await self._replica.fetch_page(await self._upstream_of(model), model, question)
        self.report.note(model, known.as_of)
        return known.value

    async def _synced_at(self, model: str) -> datetime | None:
        """When all copies of the model were last known to be complete; null before its first sync."""
        if self._synced is None:
            self._synced = await self._replica.synced.read()
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


def _listings(query: ChildrenQuery, lists: Mapping[str, Children]) -> Listings:
    """Those of the lists that are complete."""
    complete = {key: value.records for key, value in lists.items() if _is_complete(value, query.limit)}
    return Listings(query.attribute, {key: [record.key for record in records] for key, records in complete.items()})


def _is_complete(children: Children, limit: int | None) -> bool:
    """Whether these are all of a parent's children."""
    if children.total is not None:
        return len(children.records) >= children.total
    return limit is None or len(children.records) < limit


def _copied(children: Children, copies: Mapping[str, Copy]) -> Children:
    return Children([copies[record.key].record for record in children.records], children.total)


def _without(record: Tracked, attribute: str) -> Tracked:
    loose = copy_record(record)
    setattr(loose, attribute, None)
    return loose


def _later(one: datetime, other: datetime | None) -> datetime:
    return one if other is None else max(one, other)


def _not_cached() -> UpstreamUnavailable:
    return UpstreamUnavailable("There is no copy of that age, and only-if-cached forbids asking the ATS.")
