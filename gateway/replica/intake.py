"""What is read from the ATS: asked once for all requests that want it, and written back as copies."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Generic, NamedTuple, TypeVar

import structlog

from gateway.clock import Clock
from gateway.database.outage import is_outage
from gateway.replica.copies import Copy
from gateway.replica.hot import NO_CHILDREN
from gateway.replica.store import Store
from gateway.replica.warm import Warm
from gateway.replica.write_behind import Listings, Observed, WriteBehind
from gateway.sharing.single_flight import SingleFlight
from resolvers.errors import AtsError
from resolvers.ports.source import Children, LiveSource, Page, PageQuestion
from schema.record import Tracked

T = TypeVar("T")

_log = structlog.get_logger()


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


def _anew(upstreams: Sequence[Upstream]) -> Upstream:
    """The first without what the requests have read before, which may be older than another request."""
    return upstreams[0]._replace(source=upstreams[0].source.anew([each.source for each in upstreams]))


class Intake:
    """What is read from the ATS for one integration, on its way to requests and to the copies.

    Args:
        integration: Name of the integration.
        store: Where the copies are.
        clock: What time it is.
        warm: The copies that are held in memory.
        dropped: Called with the number of records that were dropped because too many waited to be written.

    Attributes:
        records: Records being fetched, by model and key.
        children: Children being fetched, by question and parent.
        behind: Copies that are written when there is time.
    """

    def __init__(
        self, integration: str, store: Store, clock: Clock, warm: Warm, dropped: Callable[[int], None]
    ) -> None:
        self.behind = WriteBehind(integration, store, clock, dropped)
        self.records: SingleFlight[Upstream, str, Aged[Tracked]] = SingleFlight(self._fetch_records, _anew)
        self.children: SingleFlight[Upstream, ChildrenQuery, Aged[Children]] = SingleFlight(self._share_children, _anew)
        self._integration = integration
        self._store = store
        self._clock = clock
        self._warm = warm

    async def fetch_page(self, upstream: Upstream, model: str, question: PageQuestion) -> Aged[Page]:
        """A page from upstream, written back."""
        asked = self._clock()
        page = await upstream.source.page(model, question)
        if upstream.writes_behind:
            self.behind.put(Observed(model, page.records, asked))
            return Aged(page, asked)
        copies = await self._keep(model, page.records, asked)
        records = [_as_kept(record, copies) for record in page.records]
        return Aged(Page(records, page.positions, page.has_next, page.has_previous, page.total), asked)

    async def fetch_children(
        self, upstream: Upstream, query: ChildrenQuery, keys: Sequence[str]
    ) -> Aged[dict[str, Children | AtsError]]:
        """Children from upstream, written back; where they are all of a parent's, that is remembered."""
        asked = self._clock()
        found = await upstream.source.by_parents(query.model, query.attribute, keys, query.limit)
        answers = {key: found.get(key, NO_CHILDREN) for key in keys}
        lists = {key: value for key, value in answers.items() if not isinstance(value, AtsError)}
        if upstream.writes_behind:
            records = [record for value in lists.values() for record in value.records]
            self.behind.put(Observed(query.model, records, asked, partial(_listings, query, lists)))
            return Aged(answers, asked)
        copies = await self._write_lists(query, lists, asked)
        return Aged(answers | {key: _copied(value, copies) for key, value in lists.items()}, asked)

    async def close(self) -> None:
        """Stop what is under way, and write what waits."""
        await asyncio.gather(self.records.close(), self.children.close())
        await self.behind.close()

    async def _fetch_records(
        self, upstream: Upstream, model: str, keys: list[str]
    ) -> dict[str, Aged[Tracked] | AtsError]:
        """Records from upstream, written back; one that is gone is answered from its last copy."""
        asked = self._clock()
        found = await upstream.source.by_ids(model, keys)
        records = [value for value in found.values() if isinstance(value, Tracked)]
        if upstream.writes_behind:
            self.behind.put(Observed(model, records, asked))
            return {key: Aged(value, asked) if isinstance(value, Tracked) else value for key, value in found.items()}
        copies = await self._keep(model, records, asked)
        answers = {key: _as_kept(value, copies) for key, value in found.items() if isinstance(value, Tracked)}
        unknown = [key for key in keys if key not in found]
        answers |= await self._gone(model, unknown)
        self._warm.hot.keep_absent(model, [key for key in unknown if key not in answers], asked)
        errors = {key: value for key, value in found.items() if isinstance(value, AtsError)}
        return {key: Aged(record, asked) for key, record in answers.items()} | errors

    async def _gone(self, model: str, keys: list[str]) -> dict[str, Tracked]:
        copies = await self._store.by_keys(self._integration, model, keys)
        return {key: copy.record for key, copy in copies.items() if copy.record.remote_deleted_at is not None}

    async def _share_children(
        self, upstream: Upstream, query: ChildrenQuery, keys: list[str]
    ) -> dict[str, Aged[Children] | AtsError]:
        found, asked = await self.fetch_children(upstream, query, keys)
        return {key: value if isinstance(value, AtsError) else Aged(value, asked) for key, value in found.items()}

    async def _write_lists(
        self, query: ChildrenQuery, lists: Mapping[str, Children], asked: datetime
    ) -> dict[str, Copy]:
        records = [record for value in lists.values() for record in value.records]
        copies = await self._keep(query.model, records, asked)
        listed = _listings(query, lists).children
        complete = {key: children for key, children in listed.items() if copies.keys() >= set(children)}
        try:
            await self._store.note_listed(self._integration, query.model, query.attribute, complete, asked)
        except Exception as failed:  # noqa: BLE001  as in `_keep`
            self._warn(query.model, failed)
        return copies

    async def _keep(self, model: str, records: Sequence[Tracked], asked: datetime) -> dict[str, Copy]:
        """Write copies of what was read; those that could be written, by key: no answer waits for a disk to be mended.

        Where records cannot be written together, each is by itself.
        """
        try:
            return await self._store.write(self._integration, model, records, asked)
        except Exception as failed:  # noqa: BLE001  whatever a value can do to a database, and whatever befalls that
            self._warn(model, failed)
            if is_outage(failed) or len(records) < 2:  # noqa: PLR2004  nothing left to be told apart
                return {}
        kept: dict[str, Copy] = {}
        for record in records:
            kept |= await self._keep(model, [record], asked)
        return kept

    def _warn(self, model: str, failed: Exception) -> None:
        _log.warning("copies_not_written", integration=self._integration, model=model, error=type(failed).__name__)


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
    return Children([_as_kept(record, copies) for record in children.records], children.total)


def _as_kept(record: Tracked, copies: Mapping[str, Copy]) -> Tracked:
    """The record with its stamps, from its copy; as it was read where there is none."""
    copy = copies.get(record.key)
    return record if copy is None else copy.record
