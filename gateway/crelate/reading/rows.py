"""The raw rows of one entity that a request has seen or asked for: what it holds it need not ask again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.crelate.canary import Canary, Proof
from gateway.crelate.client import Client
from gateway.crelate.entities import Placed, Untouched
from gateway.crelate.filters import Filter, FilterViolation
from gateway.crelate.protocol import GUID, PAGE_SIZE, get, guids, stored
from gateway.crelate.readers import key
from gateway.crelate.reading.listing import complete, pages
from resolvers.errors import AtsError, NotFound, Rejected, UpstreamUnreadable

Found = Mapping[str, Any]
"""Rows and errors by key; a key without a record is absent."""


def split_errors(outcomes: Found) -> tuple[Found, Mapping[str, AtsError]]:
    """Rows and errors, apart."""
    if not any(issubclass(kind, AtsError) for kind in set(map(type, outcomes.values()))):
        return outcomes, {}
    errors = {name: found for name, found in outcomes.items() if isinstance(found, AtsError)}
    return {name: found for name, found in outcomes.items() if name not in errors}, errors


async def read_one(client: Client, template: str, wanted: str) -> Any:
    """The record of a list under a key, read by itself; null when there is none.

    Raises:
        AtsError: Crelate does not give it.
    """
    if not GUID.fullmatch(wanted):
        return None
    request = get(f"{template}/{{id}}", id=wanted)
    try:
        answer = await client.send(request)
    except NotFound:
        return None
    row = answer.data
    if not isinstance(row, Placed) or key(row) != stored(wanted):
        raise UpstreamUnreadable(upstream=request.upstream())
    row.untouched = Untouched(answer.body)
    return row


@dataclass(slots=True)
class Rows:
    """One entity's rows, for one request.

    Attributes:
        client: Carries the calls.
        canary: Knows whether the filter works.
        by_ids: The filter that fetches many rows at once.
        deleted: Values of `EntityStatus` that mean a record is gone (ASM-20); no set, since what stands there in a row
            may be of any kind.
        seen: The rows there are so far, by key.
    """

    client: Client
    canary: Canary
    by_ids: Filter
    deleted: Sequence[int]
    seen: dict[str, Any] = field(default_factory=dict)
    _asked: dict[str, asyncio.Future[Found]] = field(default_factory=dict)

    def saw(self, rows: Mapping[str, Any]) -> Mapping[str, Any]:
        """Remember rows that came in a list; the ones that are not gone."""
        there = {name: row for name, row in rows.items() if row.EntityStatus not in self.deleted}
        self.seen.update(there)
        return there

    async def get(self, keys: Sequence[str]) -> dict[str, Any]:
        """The rows under these keys, in this order, each asked for once per request."""
        wanted = guids(keys)
        new = [name for name in wanted if name not in self.seen and name not in self._asked]
        waiting = {self._asked[name] for name in wanted if name in self._asked and name not in self.seen}
        fetched = await self._fetched(new) if new else {}
        for found in await asyncio.gather(*waiting) if waiting else ():  # who is cancelled cancels: the request is over
            fetched.update(found)
        return {name: row for name in wanted if (row := self.seen.get(name) or fetched.get(name)) is not None}

    async def _fetched(self, keys: Sequence[str]) -> dict[str, Any]:
        """What is fetched now; other questions about these keys wait for it."""
        answer: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._asked.update(dict.fromkeys(keys, answer))
        try:
            found = await self._fetch(keys)
        except BaseException:
            answer.cancel()
            raise
        if not answer.done():
            answer.set_result(found)
        return dict(found)

    async def one(self, wanted: str) -> Any:
        """The row under a key as it is now, whatever was read before; null when there is none.

        Raises:
            AtsError: Crelate does not give it.
        """
        row = await read_one(self.client, self.by_ids.template, wanted)
        return None if row is None else self.saw({stored(wanted): row}).get(stored(wanted))

    async def get_singly(self, keys: Sequence[str]) -> Found:
        """The rows under these keys as they are now, in one request each."""
        return await self._fetch_singly([stored(name) for name in keys])

    async def _fetch(self, keys: Sequence[str]) -> Found:
        """Rows and errors; never fails as a whole, since several questions may wait for it."""
        try:
            many = await self.canary.proof(self.by_ids) is Proof.MANY
        except AtsError as error:
            return dict.fromkeys(keys, error)
        if not many:
            return await self._fetch_singly(keys)
        if len(keys) <= PAGE_SIZE:
            return await self._fetch_chunk(keys)
        chunks = [keys[start : start + PAGE_SIZE] for start in range(0, len(keys), PAGE_SIZE)]
        found: dict[str, Any] = {}
        for part in await asyncio.gather(*map(self._fetch_chunk, chunks)):
            found.update(part)
        return found

    async def _fetch_chunk(self, keys: Sequence[str]) -> Found:
        """One request for many rows; if it brings others than these, the filter is off and they are fetched singly."""
        try:
            rows = await complete(pages(self.client, self.by_ids.template, {self.by_ids.param: ",".join(keys)}))
            if rows.keys() <= set(keys):
                return self.saw(rows)
            self.canary.distrust(self.by_ids)
        except Rejected as refusal:
            return await self._refused(keys, refusal)
        except AtsError as error:
            return dict.fromkeys(keys, error)
        return await self._fetch_singly(keys)

    async def _refused(self, keys: Sequence[str], refusal: Rejected) -> Found:
        """The same where the request was refused: one by one if that is the filter's fault."""
        try:
            await self.canary.answer(FilterViolation(self.by_ids, refusal=refusal))
        except AtsError as error:
            return dict.fromkeys(keys, error)
        return await self._fetch_singly(keys)

    async def _fetch_singly(self, keys: Sequence[str]) -> Found:
        """One request per row; the client lets a few through at a time."""
        outcomes = await asyncio.gather(*map(self._fetch_one, keys))
        return {name: found for name, found in zip(keys, outcomes, strict=True) if found is not None}

    async def _fetch_one(self, wanted: str) -> Any:
        try:
            return await self.one(wanted)
        except AtsError as error:
            return error
