"""The source that reads through the replica: fresh copies from here, the rest from the source behind it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from copy import copy as copy_record
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, NamedTuple, TypeVar

import structlog

from gateway.clock import Clock
from gateway.database.outage import DatabaseUnavailable, is_outage
from gateway.replica import paging
from gateway.replica.copies import NEVER, Copy
from gateway.replica.freshness import Freshness, Policy, Report
from gateway.replica.hot import NO_CHILDREN, Budget
from gateway.replica.store import Store
from gateway.replica.warm import Warm
from gateway.replica.write_behind import Listings, Observed, WriteBehind
from gateway.sharing.single_flight import Question, SingleFlight
from resolvers.errors import (
    AtsError,
    BadUserInput,
    FilterNeedsSync,
    TryAgain,
    UpstreamUnauthorized,
    UpstreamUnavailable,
    UpstreamUnreadable,
)
from resolvers.ports.custom_fields import Definitions
from resolvers.ports.source import Children, Following, LiveSource, Page, PageQuestion
from schema.record import Tracked

T = TypeVar("T")

_log = structlog.get_logger()

UNANSWERED = (TryAgain, UpstreamUnauthorized, UpstreamUnreadable)
"""What may be bridged with an older copy: the ATS is down, throttles, refuses the key, or cannot be understood."""


LOOSE: Mapping[str, tuple[str, str]] = {"Interview": ("application_key", "Application")}
"""Model -> its attribute that may name a record of the other model which the ATS does not have."""


class Aged(NamedTuple, Generic[T]):
    """Something read from the ATS, and the instant at which it was last known to be so."""

    value: T
    as_of: datetime


@dataclass(frozen=True, slots=True)
class ChildrenQuery:
    """Asks for the records of `model` by the parent in `attribute`, at least `limit` of each parent."""

    model: str
    attribute: str
    limit: int | None


class Upstream(NamedTuple):
    """The source behind the copies, as one request reaches it.

    Attributes:
        source: Answers what is missing or too old.
        writes_behind: Whether copies of its answers are written in the background.
    """

    source: LiveSource
    writes_behind: bool


def _anew(upstream: Upstream) -> Upstream:
    """The same without what the request has read before, which may be older than another request."""
    return upstream._replace(source=upstream.source.anew())


class Replica:
    """One integration's copies, and the source they come from.

    Attributes:
        integration: Name of the integration.
        store: Where the copies are.
        policy: What counts as fresh where a request says nothing.
        clock: What time it is.
        records: Records being fetched, by model and key.
        children: Children being fetched, by question and parent.
        warm: The copies, from memory as far as they are held there.
        behind: Copies that are written when there is time.
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
        self.integration = integration
        self.store = store
        self.policy = policy
        self.clock = clock
        self.warm = Warm(integration, store, budget or Budget())
        self.behind = WriteBehind(integration, store, clock, dropped)
        self.records: SingleFlight[Upstream, str, Aged[Tracked]] = SingleFlight(self._fetch_records, _anew)
        self.children: SingleFlight[Upstream, ChildrenQuery, Aged[Children]] = SingleFlight(self._fetch_children, _anew)

    def reading(self, upstream: LiveSource, wanted: Freshness, report: Report | None = None) -> "ReplicaSource":
        """The source for one request; `upstream` is asked for what is missing or too old, `report` is written on."""
        return ReplicaSource(self, upstream, wanted, report or Report())

    async def fetch_page(self, upstream: Upstream, model: str, question: PageQuestion) -> Aged[Page]:
        """A page from upstream, written back."""
        asked = self.clock()
        page = await upstream.source.page(model, question)
        if upstream.writes_behind:
            self.behind.put(Observed(model, page.records, asked))
            return Aged(page, asked)
        copies = await self._keep(model, page.records, asked)
        records = [_as_kept(record, copies) for record in page.records]
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
        copies = await self._keep(model, list(records.values()), asked)
        answers = {key: _as_kept(record, copies) for key, record in records.items()}
        unknown = [key for key in keys if key not in found]
        answers |= await self._gone(model, unknown)
        self.warm.hot.keep_absent(model, [key for key in unknown if key not in answers], asked)
        errors = {key: value for key, value in found.items() if isinstance(value, AtsError)}
        return {key: Aged(record, asked) for key, record in answers.items()} | errors

    async def _gone(self, model: str, keys: list[str]) -> dict[str, Tracked]:
        copies = await self.store.by_keys(self.integration, model, keys)
        return {key: copy.record for key, copy in copies.items() if copy.record.remote_deleted_at is not None}

    async def _fetch_children(
        self, upstream: Upstream, query: ChildrenQuery, keys: list[str]
    ) -> dict[str, Aged[Children] | AtsError]:
        """Children from upstream, written back; where they are all of a parent's, that is remembered."""
        asked = self.clock()
        found = await upstream.source.by_parents(query.model, query.attribute, keys, query.limit)
        lists: dict[str, Children] = {}
        answers: dict[str, Aged[Children] | AtsError] = {}
        for key in keys:
            answer = found.get(key, NO_CHILDREN)
            if isinstance(answer, AtsError):
                answers[key] = answer
            else:
                lists[key], answers[key] = answer, Aged(answer, asked)
        if upstream.writes_behind:
            records = [record for value in lists.values() for record in value.records]
            self.behind.put(Observed(query.model, records, asked, partial(_listings, query, lists)))
            return answers
        copies = await self._write_lists(query, lists, asked)
        return answers | {key: Aged(_copied(value, copies), asked) for key, value in lists.items()}

    async def _write_lists(
        self, query: ChildrenQuery, lists: Mapping[str, Children], asked: datetime
    ) -> dict[str, Copy]:
        records = [record for value in lists.values() for record in value.records]
        copies = await self._keep(query.model, records, asked)
        listed = _listings(query, lists).children
        complete = {key: children for key, children in listed.items() if copies.keys() >= set(children)}
        try:
            await self.store.note_listed(self.integration, query.model, query.attribute, complete, asked)
        except Exception as failed:  # noqa: BLE001  as in `_keep`
            self._warn(query.model, failed)
        return copies

    async def _keep(self, model: str, records: Sequence[Tracked], asked: datetime) -> dict[str, Copy]:
        """Write copies of what was read; those that could be written, by key: no answer waits for a disk to be mended.

        Where records cannot be written together, each is by itself.
        """
        try:
            return await self.store.write(self.integration, model, records, asked)
        except Exception as failed:  # noqa: BLE001  whatever a value can do to a database, and whatever befalls that
            self._warn(model, failed)
            if is_outage(failed) or len(records) < 2:  # noqa: PLR2004  nothing left to be told apart
                return {}
        kept: dict[str, Copy] = {}
        for record in records:
            kept |= await self._keep(model, [record], asked)
        return kept

    def _warn(self, model: str, failed: Exception) -> None:
        _log.warning("copies_not_written", integration=self.integration, model=model, error=type(failed).__name__)


class ReplicaSource:
    """Answers one request's questions from copies that are fresh enough, and the rest from upstream.

    Attributes:
        report: How old the copies used so far were.
    """

    def __init__(self, replica: Replica, upstream: LiveSource, wanted: Freshness, report: Report) -> None:
        self.report = report
        self._replica = replica
        self._upstream = upstream
        self._wanted = wanted
        self._bypasses = wanted.no_cache and not wanted.only_if_cached
        self._looked = False
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

        Nor while others ask: what they ask as well is asked by a source of its own, which would not know of it.
        """
        with suppress(DatabaseUnavailable):
            if (
                self._replica.children.is_idle
                and await self._looks_past_copies(model)
                and await self._looks_past_copies(following[0])
            ):
                await self._upstream.read_ahead(model, attribute, keys, following)

    async def _looks_past_copies(self, model: str) -> bool:
        """Whether the ATS is asked whatever copies there are."""
        if self._wanted.only_if_cached:
            return False
        return self._wanted.no_cache or (await self._synced_at(model) is None and self._writes_behind(model))

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
            return await self._now(model, keys, self._replica.records, model)
        keys = self._less_absent(model, keys, synced)
        copies = self._replica.warm.hot.copies(model, keys) if keys and model not in LOOSE else None
        if copies and self._are_young(model, as_of := _later(min([copy.fetched_at for copy in copies]), synced)):
            self.report.note(model, as_of)
            return dict(zip(keys, [copy.record for copy in copies], strict=True))
        hold = partial(self._held_records, model)
        return await self._through(model, keys, hold, self._replica.records, model)

    async def _by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        synced = await self._synced_at(model)
        query = ChildrenQuery(model, attribute, limit)
        if self._bypasses:
            return await self._now(model, keys, self._replica.children, query)
        found = self._replica.warm.children(model, attribute, keys, limit)
        if found and len(found) == len(keys):
            listed = {family.listed_at for family in found.values()}  # most at the same instant
            as_of = min([_known_at(at, synced) for at in listed])
            if self._are_young(model, as_of):
                self.report.note(model, as_of)
                return {key: family.children for key, family in found.items()}
        hold = partial(self._held_children, query)
        return await self._through(model, keys, hold, self._replica.children, query)

    async def _page(self, model: str, question: PageQuestion) -> Page:
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
        known = {key: as_of for key, as_of in known.items() if self._are_young(model, as_of)}
        for as_of in known.values():
            self.report.note(model, as_of)
        return [key for key in keys if key not in known] if known else keys

    async def _now(
        self, model: str, keys: Sequence[str], flight: SingleFlight[Upstream, Question, Aged[T]], question: Question
    ) -> dict[str, T | AtsError]:
        """What the ATS says, whatever copies there are."""
        found = await flight.request(self._upstream_of(model), question, keys, join=False)
        return self._answers(model, found, {})

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
        most = self._most_age(model)
        fresh = {key: known for key, known in held.items() if self._is_young(known.as_of, most)}
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
        seen: dict[tuple[datetime, bool], None] = {}
        last = None
        for key, known in found.items():
            stale = isinstance(known, AtsError) and key in held and self._bridges(known, held[key].as_of)
            used = held[key] if stale else known
            if isinstance(used, AtsError):
                answers[key] = used
            elif used is not None:
                if used.as_of is not last or stale:  # most are of one batch
                    seen[used.as_of, stale], last = None, used.as_of
                answers[key] = used.value
        for as_of, stale in seen:
            self.report.note(model, as_of, stale=stale)
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
        return model not in self._replica.warm.synced and self._most_age(model) == 0

    async def _held_records(self, model: str, keys: Sequence[str]) -> dict[str, Aged[Tracked]]:
        """What is known here of these records."""
        synced = await self._synced_at(model)
        most = self._most_age(model)
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
        known = await self._replica.fetch_page(self._upstream_of(model), model, question)
        self.report.note(model, known.as_of)
        return known.value

    async def _synced_at(self, model: str) -> datetime | None:
        """When all copies of the model were last known to be complete; null before its first sync."""
        if self._is_cut_off:
            raise DatabaseUnavailable
        warm = self._replica.warm
        await warm.renew(first=not self._looked)
        self._looked = True
        return warm.synced.get(model)

    def _most_age(self, model: str) -> float | None:
        """Seconds a copy may be old; null for any age."""
        if self._wanted.max_age is not None or self._wanted.only_if_cached:
            return self._wanted.max_age
        return self._replica.policy.max_age[model]

    def _is_young(self, as_of: datetime, most: float | None) -> bool:
        """Whether what was so then may be used without asking."""
        return not self._wanted.no_cache and as_of > NEVER and (most is None or self._age(as_of) <= most)

    def _are_young(self, model: str, as_of: datetime) -> bool:
        """Whether copies of a model that were right then may be used without asking."""
        return self._is_young(as_of, self._most_age(model))

    def _bridges(self, error: AtsError, as_of: datetime) -> bool:
        """Whether what was so then may stand in for an answer that the ATS could not give."""
        if self._wanted.no_cache or self._wanted.only_if_cached or as_of == NEVER:
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


def _known_at(listed_at: datetime | None, synced: datetime | None) -> datetime:
    """When a list was last known to be right."""
    as_of = listed_at or synced
    assert as_of is not None  # noqa: S101  a list is held where it was read completely, or its model was
    return _later(as_of, synced)


def _copied(children: Children, copies: Mapping[str, Copy]) -> Children:
    return Children([_as_kept(record, copies) for record in children.records], children.total)


def _as_kept(record: Tracked, copies: Mapping[str, Copy]) -> Tracked:
    """The record with its stamps, from its copy; as it was read where there is none."""
    copy = copies.get(record.key)
    return record if copy is None else copy.record


def _without(record: Tracked, attribute: str) -> Tracked:
    loose = copy_record(record)
    setattr(loose, attribute, None)
    return loose


def _later(fetched: datetime, synced: datetime | None) -> datetime:
    """When a copy was last known to be right; a sync that was under way when it was outdated does not make it so."""
    return fetched if synced is None or fetched == NEVER else max(fetched, synced)


def _not_cached() -> UpstreamUnavailable:
    return UpstreamUnavailable("There is no copy of that age, and only-if-cached forbids asking the ATS.")
