"""Copies read through the hot set: what is held in memory is not asked of the database."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

from gateway.database.outage import DatabaseUnavailable
from gateway.replica.copies import Copy, CopyPage
from gateway.replica.hot import Budget, Family, HotList, HotPage, HotSet, family
from gateway.replica.touches import news

if TYPE_CHECKING:
    from gateway.replica.store import Store
    from resolvers.ports.source import PageQuestion


NEVER_LOOKED = -1, None
"""In place of the number of commits and the version of the database at the last look."""


class Warm:
    """The copies of one integration, from memory as far as they are held there.

    Args:
        integration: Name of the integration.
        store: Where the copies are.
        budget: Room for what is held.

    Attributes:
        hot: What is held.
        synced: Model -> when its copies were last known to be complete and right; models never synced are absent.
    """

    def __init__(self, integration: str, store: Store, budget: Budget) -> None:
        self.hot = HotSet(budget)
        self.synced: Mapping[str, datetime] = {}
        self._integration = integration
        self._store = store
        self._looked: tuple[int, int | None] = NEVER_LOOKED
        self._looked_at = 0.0
        self._turn = asyncio.Lock()
        self._begun = self._ended = 0
        self._failure: DatabaseUnavailable | None = None

    async def renew(self, within: float = 0.0) -> None:
        """Forget what is no longer right.

        What is read afterwards is as of all that this process has written by now, and of what others had written when
        this was called or later. Where a look takes a way to a server, operations that come while one is under way
        share the next.

        Args:
            within: For how many seconds a look at what others have written is good enough.
        """
        commits = self._store.commits
        if self._looked[0] == commits and within and monotonic() - self._looked_at < within:
            return
        began, version = monotonic(), self._store.database.version()
        if version is None:
            await self._look_next()
        elif self._looked != (commits, version):
            await self._look(version)
        self._looked_at = max(began, self._looked_at)

    async def _look_next(self) -> None:
        """Look, unless somebody else's look does that begins after this; its failure is everybody's."""
        wanted = self._begun + 1
        async with self._turn:
            if self._ended < wanted:
                await asyncio.sleep(0)  # for others of this turn
                self._begun, self._failure = self._begun + 1, None
                try:
                    await self._look(None)
                except DatabaseUnavailable as failed:
                    self._failure = failed
                self._ended = self._begun
            if self._failure:
                raise self._failure

    async def _look(self, version: int | None) -> None:
        commits, since = self._store.commits, self.hot.number
        touches, self.synced = await news(self._store.database, self._integration, since)
        self.hot.take_in(since, touches)
        self._looked = commits, version

    async def by_keys(self, model: str, keys: Sequence[str], since: datetime | None = None) -> dict[str, Copy]:
        """The copies under these keys, those of deleted records too; a key without a copy is absent.

        Args:
            model: Name of the model.
            keys: The keys.
            since: Those that were read from the ATS before this may have been seen again: they are looked at anew.
        """
        held = self.hot.records[model].held
        found = {key: held[key] for key in keys if key in held}
        if since is not None:
            found = {key: copy for key, copy in found.items() if copy.fetched_at >= since}
        if len(found) == len(keys):
            return found
        before = self.hot.number
        read = await self._store.by_keys(self._integration, model, [key for key in keys if key not in found])
        if self.hot.number == before:
            self.hot.keep_copies(model, list(read.values()))
        return found | read

    def children(self, model: str, attribute: str, parents: Collection[str], limit: int | None) -> dict[str, Family]:
        """The records of those parents of which enough are held."""
        known = self.hot.families[model][attribute]
        found: dict[str, Family] = {}
        for parent in parents:
            held = known.get(parent) or self.hot.family(model, attribute, parent)
            if held is not None and (held.is_complete or held.covers(limit)):
                found[parent] = held
        return found

    async def read_children(
        self, model: str, attribute: str, parents: Sequence[str], limit: int | None
    ) -> dict[str, Family]:
        """The same read from the database: of each parent where the model is synced, else of those that were listed."""
        before, synced = self.hot.number, model in self.synced
        listed = await self._store.listed(self._integration, model, attribute, parents)
        known = {parent: listed.get(parent) for parent in parents if synced or parent in listed}
        read = await self._store.by_parents(self._integration, model, attribute, known, limit)
        keeps = self.hot.number == before
        found: dict[str, Family] = {}
        for parent, listing in known.items():
            copies, total = read.get(parent, ([], 0))
            hot = HotList(tuple(copy.record.key for copy in copies), total, listing.fetched_at if listing else None)
            found[parent] = family(hot, copies)
            if keeps:
                self.hot.keep_copies(model, copies)
                self.hot.keep_list(model, attribute, parent, hot)
        return found

    async def page(self, model: str, question: PageQuestion) -> CopyPage:
        """One page of the copies; conditions, orders and positions as in `Source.page`."""
        held = self.hot.pages.held.get((model, question))
        copies = self.hot.copies(model, held.keys) if held else None
        if held and copies is not None:
            return CopyPage(copies, held.positions, held.has_next, held.has_previous, held.total)
        before = self.hot.number
        page = await self._store.page(self._integration, model, question)
        if self.hot.number == before:
            self.hot.keep_copies(model, page.copies)
            keys = tuple(copy.record.key for copy in page.copies)
            hot = HotPage(keys, page.positions, page.has_next, page.has_previous, page.total)
            self.hot.keep_page(model, question, hot)
        return page
