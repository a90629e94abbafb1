"""Rows that came before: what comes in the same bytes again is neither decoded, nor read, nor shown anew.

Crelate is asked all the same; only what its answers cost here is saved. A row is known by all of its bytes, so a change
of any column makes it another one. Rows are held from the second time on that a page begins as theirs does: most never
come again, and to hold them costs more than to read them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from secrets import token_hex
from typing import Any

import msgspec
from msgspec import Raw, Struct

from gateway.crelate.decoding import DECODERS, Envelope, decode
from gateway.crelate.entities import FORGOTTEN, PARTS, Placed, Sent
from schema.text import spells_nul

DEFAULT_BYTES = 60_000_000
"""Room of one account, where nothing else is said."""

ROW_BYTES = 1_600
"""What a row takes beside its bytes: its columns, the record made of it, and what clients were shown of that. Measured:
1,400 for a row of a pipeline, 1,700 for a contact with its addresses, 2,400 for an interview."""

SHARE = 8
"""When there is no room, the oldest rows of the type go that was asked for least lately: one in so many."""

BEGINNING = 64
"""So many bytes tell most rows apart: a row begins with its id, or with that of a contact."""

ID = 44
"""So many of them hold the id, where a row begins with it: they stay the same when the row changes."""

ALIKE = 8
"""Rows with the same beginning that are held."""

PAGES = 4096
"""So many beginnings of pages are remembered."""

_LIST = b'"Data":['
_PLACE = b'"%b"' % token_hex().encode()
"""Stands for the rows where an answer is read without them; no answer can have it."""
_COMMA, _END = b",]"

_SENT = msgspec.json.Decoder(Envelope[Raw])


@dataclass(slots=True)
class Held:
    """Rows of one type.

    Attributes:
        rows: By how they begin, the oldest first.
        size: What they take, in bytes.
    """

    rows: dict[bytes, list[Any]] = field(default_factory=dict)
    size: int = 0

    def get(self, sent: bytes) -> Any:
        """The row of these bytes; null where it is not held."""
        return next((row for row in self.rows.get(sent[:BEGINNING], ()) if row.untouched == sent), None)

    def put(self, row: Placed, sent: Sent) -> None:
        """Hold a row."""
        row.untouched, row.record = sent, None
        alike = self.rows.setdefault(sent[:BEGINNING], [])
        alike.insert(0, row)
        self.size += len(sent) + ROW_BYTES
        self._forget(alike[ALIKE:])
        del alike[ALIKE:]

    def shrink(self, share: int = SHARE) -> None:
        """Forget the oldest rows, one in so many."""
        for beginning in list(islice(self.rows, 1 + len(self.rows) // share)):
            self._forget(self.rows.pop(beginning))

    def _forget(self, rows: list[Any]) -> None:
        for row in rows:
            row.record = FORGOTTEN
            self.size -= len(row.untouched) + ROW_BYTES


class RowCache:
    """The rows of one account.

    Args:
        limit: Bytes they may take, as far as that can be told; none are held where it is zero.
    """

    def __init__(self, limit: int = DEFAULT_BYTES) -> None:
        self._limit = limit
        self._held: dict[type[Struct], Held] = {}  # the type that was asked for last is the last
        self._pages: set[int] = set()  # how those began that came once

    @property
    def size(self) -> int:
        """What is held, in bytes, as far as that can be told."""
        return sum(each.size for each in self._held.values())

    def decode(self, body: bytes, entity: type[Struct] | None) -> Any:
        """The same as `gateway.crelate.decoding.decode`; a list has the very rows that came before."""
        if entity is None or not self._limit:
            return decode(body, entity)
        held = self._held[entity] = self._held.pop(entity) if entity in self._held else self._one_more()
        start = body.find(_LIST) + len(_LIST)
        try:
            envelope = _known(body, start, held)
            if envelope is None and self._is_first(entity, body[start : start + BEGINNING]):
                return decode(body, entity)
            envelope = envelope or self._read(body, entity, held)
        except (ValueError, RecursionError, IndexError):  # no JSON, a cut one, or rows of another shape
            return decode(body, entity)
        envelope.body = body
        return envelope

    def _one_more(self) -> Held:
        """What will hold the rows of another type; where there are too many, the one goes that was asked for first."""
        if len(self._held) >= PARTS:
            self._held.pop(next(iter(self._held))).shrink(1)
        return Held()

    def _is_first(self, entity: type[Struct], page: bytes) -> bool:
        """Whether no page of such rows began with this one before; from now on one did."""
        begun = hash((entity, page[:ID]))
        if page in self._held[entity].rows or begun in self._pages:
            return False
        if len(self._pages) >= PAGES:
            self._pages.clear()
        self._pages.add(begun)
        return True

    def _read(self, body: bytes, entity: type[Struct], held: Held) -> Envelope[Any]:
        """An answer in which some rows are new.

        Raises:
            ValueError: it is no list of such rows, or has a text that cannot be kept.
        """
        envelope: Envelope[Any] = _SENT.decode(body)
        if not isinstance(envelope.Data, list) or spells_nul(body):
            raise ValueError
        read = _decoder(entity).decode
        rows = []
        try:
            for sent in map(Sent, envelope.Data):
                row = held.get(sent)
                if row is None:
                    held.put(row := read(sent), sent)
                rows.append(row)
        finally:  # those before one of another shape are held, too
            self._make_room()
        envelope.Data = rows
        return envelope

    def _make_room(self) -> None:
        """Forget rows until those that are left have room."""
        while self.size > self._limit:
            self._pages.clear()  # what is met from now on has to come twice again, lest all make room for one another
            oldest = next(iter(self._held))
            self._held[oldest].shrink()
            if not self._held[oldest].rows:
                del self._held[oldest]


def _known(body: bytes, start: int, held: Held) -> Envelope[Any] | None:
    """An answer whose rows from a place on are all held, or that has none; null for any other."""
    place, after = start, _COMMA
    rows: list[Any] = []
    alike = held.rows.get
    if body.startswith(b"]", start):
        place, after = start + 1, _END
    while after == _COMMA:
        for row in alike(body[place : place + BEGINNING], ()):
            sent = row.untouched
            if body.startswith(sent, place):
                break
        else:
            return None
        rows.append(row)
        place += len(sent) + 1
        after = body[place - 1]
    rest = body[:start] + _PLACE + body[place - 1 :]
    if after != _END or spells_nul(rest):
        return None
    envelope: Envelope[Any] = _SENT.decode(rest)
    if not isinstance(envelope.Data, list) or list(map(bytes, envelope.Data)) != [_PLACE]:
        return None  # it was another list of that name
    envelope.Data = rows
    return envelope


@lru_cache(DECODERS)
def _decoder(entity: type[Struct]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(entity)
