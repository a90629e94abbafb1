"""An ATS in memory that is nothing like Crelate: numeric ids, cursors, stages per job, a filter on every column.

Each call is awaited and counted as one to a remote service would be, and may lose its answer after doing its work.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from resolvers.errors import UpstreamCall, UpstreamUnavailable
from resolvers.ports.hook import Hook, unobserved

Row = dict[str, Any]

PAGE = 3
"""Rows of a list at a time: few, so that tests with few rows page."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a list.

    Attributes:
        rows: At most `PAGE` of them.
        cursor: Where the next page begins, or null after the last one.
        count: Rows under the same conditions in all.
    """

    rows: list[Row]
    cursor: str | None
    count: int


@dataclass
class Service:
    """The ATS's tables, each from number to row, behind its calls.

    Attributes:
        tables: `staff`, `openings`, `people`, `submissions`, `talks`, `papers`, `remarks`.
        calls: How often each call was made, such as `list people`.
        lost: Calls whose next answer is lost after the work is done, such as `add people`.
        now: Its clock; every write moves it by a second.
        hook: Told about each call.
    """

    tables: dict[str, dict[int, Row]]
    calls: Counter[str] = field(default_factory=Counter)
    lost: set[str] = field(default_factory=set)
    now: datetime = datetime(2026, 3, 1, tzinfo=UTC)
    hook: Hook = unobserved

    async def list(
        self,
        table: str,
        where: Mapping[str, Collection[Any]] | None = None,
        since: datetime | None = None,
        cursor: str | None = None,
    ) -> Slice:
        """Rows whose columns hold one of these values, by number; a dotted column looks into a list of objects."""
        self._count("list", table)
        found = [row for number, row in sorted(self.tables[table].items()) if self._is_wanted(row, where or {}, since)]
        rest = [row for row in found if cursor is None or row["number"] > int(cursor.removeprefix("after-"))]
        more = len(rest) > PAGE
        return Slice(rest[:PAGE], f"after-{rest[PAGE - 1]['number']}" if more else None, len(found))

    async def add(self, table: str, columns: Row) -> int:
        """Make a row; its number."""
        number = max(self.tables[table], default=0) + 1
        self.tables[table][number] = {**columns, "number": number, "stamp": self._tick()}
        self._answer("add", table)
        return number

    async def change(self, table: str, number: int, columns: Row) -> None:
        """Set columns of a row."""
        self.tables[table][number] |= {**columns, "stamp": self._tick()}
        self._answer("change", table)

    def _is_wanted(self, row: Row, where: Mapping[str, Collection[Any]], since: datetime | None) -> bool:
        recent = since is None or row["stamp"] > since
        return recent and all(set(_values(row, column)) & set(values) for column, values in where.items())

    def _tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def _count(self, verb: str, table: str) -> None:
        self.calls[f"{verb} {table}"] += 1
        self.hook(f"/{table}", 200, 0.0)

    def _answer(self, verb: str, table: str) -> None:
        """Count a write whose work is done; its answer may be lost."""
        self._count(verb, table)
        if f"{verb} {table}" in self.lost:
            self.lost.discard(f"{verb} {table}")
            raise UpstreamUnavailable(upstream=UpstreamCall(verb.upper(), f"/{table}"))


def _values(row: Row, column: str) -> Iterator[Any]:
    """The values of a column; of a list each of its items, below which the dotted part stands."""
    head, _, rest = column.partition(".")
    held = row.get(head)
    for item in held if isinstance(held, list) else [held]:
        yield item[rest] if rest and item else item


def small_firm() -> Service:
    """Five openings with a stage list each, seven people, ten submissions, four talks, three members of staff."""
    stamp = datetime(2026, 2, 1, tzinfo=UTC)
    staff = [("Ida", "Berg", "chief"), ("Jon", "Falk", "member"), ("Kai", "Holm", "member")]
    steps = [{"step": 1, "label": "Read"}, {"step": 2, "label": "Talked to"}]
    rows: dict[str, list[Row]] = {
        "staff": [
            {"first": first, "last": last, "mail": f"{first.lower()}@firm.example", "active": True, "level": level}
            for first, last, level in staff
        ],
        "openings": [
            {"label": f"Opening {n}", "closed": None, "steps": steps, "team": [{"staff": n % 3 + 1, "duty": "lead"}]}
            for n in range(1, 6)
        ],
        "people": [{"first": f"Person {n}", "last": "Olsen", "mails": [f"person{n}@example.com"]} for n in range(1, 8)],
        "submissions": [{"opening": n % 5 + 1, "person": n % 7 + 1, "step": n % 2 + 1} for n in range(10)],
        "talks": [{"submission": n, "label": f"Talk {n}", "hosts": [{"staff": 2}]} for n in range(1, 5)],
        "papers": [],
        "remarks": [],
    }
    return Service(
        {
            table: {number: {**row, "number": number, "stamp": stamp} for number, row in enumerate(listed, 1)}
            for table, listed in rows.items()
        }
    )
