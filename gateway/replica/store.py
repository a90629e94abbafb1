"""The store: what was read from an ATS, one row per record, with its age and its changes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    type_coerce,
    update,
)

from gateway.changes import log as changes
from gateway.clock import Clock
from gateway.database.column_types import Key, instant
from gateway.database.columns import lists_of
from gateway.database.engine import MOST_KEYS, Database
from gateway.database.tables import LISTINGS, NAMED, RECORDS, VALUES
from gateway.replica import paging
from gateway.replica.codec import storable_record
from gateway.replica.copies import Copy, CopyPage, Listed, copy_of, stored_copy
from gateway.replica.observation import Writes, plan_writes
from gateway.replica.selection import selected
from gateway.replica.touches import touch
from resolvers.ports.changes import LogEntry
from resolvers.ports.source import PageQuestion
from schema.change import ChangeKind
from schema.model import MODELS
from schema.record import Tracked
from schema.relation import Kind, relations

T = TypeVar("T")


class Store:
    """The records of all integrations.

    Attributes:
        database: Where they are.
        keeps_raw: Whether `remote_data` is stored as well.
        on_change: Called with an integration after changes of it were committed by this process.
        commits: How often this process has committed something.
    """

    def __init__(self, database: Database, clock: Clock, *, keeps_raw: bool = True) -> None:
        self.database = database
        self.keeps_raw = keeps_raw
        self.on_change: Callable[[str], None] = _ignore
        self.commits = 0
        self._clock = clock

    async def write(
        self,
        integration: str,
        model: str,
        records: Iterable[Tracked],
        fetched_at: datetime,
        ranks: Mapping[str, int] | None = None,
    ) -> dict[str, Copy]:
        """Keep what was observed and log what changed; the copies as they stand afterwards, by key.

        An observation older than the stored one is dropped: a slow answer must not undo a newer one.

        Args:
            integration: Whose records.
            model: Name of their model.
            records: The records; of two with one key the last one counts.
            fetched_at: When the ATS was asked, not when it had answered.
            ranks: Places in the ATS's own order, by key, where it has one.
        """
        return (await self._observe(integration, model, records, fetched_at, ranks or {})).copies

    async def keep(
        self, integration: str, model: str, records: Iterable[Tracked], fetched_at: datetime
    ) -> dict[str, str]:
        """As `write`; the hashes of what was read by key, except where a copy is newer than that."""
        return (await self._observe(integration, model, records, fetched_at, {})).hashes

    async def touch(self, integration: str, model: str, hashes: Mapping[str, str], fetched_at: datetime) -> int:
        """Note that copies were seen again as they are.

        Args:
            integration: Whose copies.
            model: Name of their model.
            hashes: Key -> hash of the record that was seen. A copy of another is left as it is.
            fetched_at: When the ATS was asked.

        Returns:
            How many copies there were with these hashes, of records that exist.
        """
        if not hashes:
            return 0
        seen = [{"of": integration, "seen": key, "as": hashed, "at": fetched_at} for key, hashed in hashes.items()]

        def work(connection: Connection) -> int:
            touch(connection, integration, model, (), self._clock())
            return connection.execute(_seen_again(model), seen).rowcount

        return await self._transact(work, integration)

    async def _observe(
        self,
        integration: str,
        model: str,
        records: Iterable[Tracked],
        fetched_at: datetime,
        ranks: Mapping[str, int],
    ) -> Writes:
        # copies of them: they get stamps, and all of a record is read here and would be held as long as the record is
        by_key = {record.key: record for record in map(storable_record, map(copy, records))}
        if not by_key:
            return Writes()

        def work(connection: Connection) -> Writes:
            plan = plan_writes(
                integration,
                model,
                by_key.values(),
                _rows(connection, integration, model, by_key),
                fetched_at=fetched_at,
                now=self._clock(),
                ranks=ranks,
                keeps_raw=self.keeps_raw,
            )
            self._apply(connection, integration, model, plan, fetched_at)
            return plan

        plan = await self._transact(work, integration)
        self._announce(integration, plan.changes)
        return plan

    async def forget_unlisted(self, integration: str, unseen_since: datetime) -> None:
        """Delete records that are not in their own list and that nothing names any more."""

        def work(connection: Connection) -> None:
            for model in NAMED:
                table = RECORDS[model]
                own = (
                    table.c.integration == integration,
                    table.c.listed.is_(False),
                    table.c.last_seen_at < unseen_since,
                )
                keys = list(connection.scalars(select(table.c.key).where(*own)))
                connection.execute(delete(table).where(*own))
                touch(connection, integration, model, keys, self._clock())

        await self.database.transact(work, "replica", integration)

    async def by_keys(self, integration: str, model: str, keys: Sequence[str]) -> dict[str, Copy]:
        """The copies under these keys, those of deleted records too; a key without a copy is absent."""
        rows = await self.database.look_up(_by_keys(model), keys, of=integration)
        return {row[0]: stored_copy(model, row) for row in rows}

    async def by_parents(
        self, integration: str, model: str, attribute: str, parents: Mapping[str, Listed | None], limit: int | None
    ) -> dict[str, tuple[list[Copy], int]]:
        """For each parent the first `limit` copies that belong to it, in the ATS's order, and how many there are.

        Args:
            integration: Whose records.
            model: Name of their model.
            attribute: The attribute that holds the parent's key.
            parents: Parents, with their last complete listing: a copy that is older than it does not count.
            limit: How many at most; null for all.
        """
        found: dict[str, tuple[list[Copy], int]] = {}

        def work(connection: Connection) -> list[Any]:
            rows: list[Any] = []
            for earliest, names in _grouped(parents).items():
                for chunk in _chunks(names):
                    question = _children(integration, model, attribute, chunk, earliest, None if earliest else limit)
                    rows += connection.execute(question).all()
            return rows

        for row in await self.database.read(work):
            found.setdefault(row.parent, ([], row.total))[0].append(stored_copy(model, row))
        for parent, listed in parents.items():
            if listed is not None and parent in found:
                copies, total = found[parent]
                found[parent] = listed.ordered(copies)[:limit], total
        return found

    async def page(self, integration: str, model: str, question: PageQuestion) -> CopyPage:
        """One page of the copies; conditions, orders and positions as in `Source.page`."""
        walked = paging.walk(model, question)
        start = None if question.position is None else paging.read(walked, question.position)
        conditions = selected(integration, model, question.criteria, deleted=question.include_deleted)

        def work(connection: Connection) -> tuple[list[Any], int | None, bool, bool]:
            rows = _walk(connection, walked, start, conditions, question.size + 1)
            total = _count(connection, model, conditions) if question.counted else None
            more, rows = len(rows) > question.size, rows[: question.size]
            turned = paging.Walk(walked.model, walked.orders, not walked.backward)
            edge = walked.place(rows[0]) if rows else start
            before = bool(start and edge and _walk(connection, turned, edge, conditions, 1))
            return rows, total, more, before

        rows, total, more, before = await self.database.read(work)
        if question.backward:
            rows, more, before = rows[::-1], before, more
        return CopyPage(
            [copy_of(model, row) for row in rows],
            [paging.written(walked, walked.place(row)) for row in rows],
            has_next=more,
            has_previous=before,
            total=total,
        )

    async def delete(self, integration: str, model: str, keys: Sequence[str], unseen_since: datetime) -> int:
        """Mark records as gone, except those that were seen at or after `unseen_since`; how many were marked."""
        table, now = RECORDS[model], self._clock()

        def work(connection: Connection) -> list[LogEntry]:
            gone = [
                row
                for row in _rows(connection, integration, model, keys).values()
                if row.remote_deleted_at is None and row.last_seen_at < unseen_since
            ]
            for chunk in _chunks([row.key for row in gone]):
                own = (table.c.integration == integration, table.c.key.in_(chunk))
                connection.execute(update(table).where(*own).values(remote_deleted_at=now, changed_at=now))
            log = [LogEntry(model, row.key, ChangeKind.DELETED, (), now, row.hash, None) for row in gone]
            changes.log(self.database, connection, integration, log)
            touch(connection, integration, model, [row.key for row in gone], now)
            return log

        log = await self._transact(work, integration)
        self._announce(integration, log)
        return len(log)

    async def unseen(
        self,
        integration: str,
        model: str,
        since: datetime,
        attribute: str | None = None,
        parents: Sequence[str] = (),
    ) -> list[str]:
        """Keys of the records that are not marked as gone and were last seen before `since`.

        With `attribute`, only of those that belong to one of the parents.
        """
        table = RECORDS[model]
        question = select(table.c.key).where(
            *selected(integration, model, (), deleted=False), table.c.last_seen_at < since
        )
        found: list[str] = []
        async with self.database.reading() as connection:
            if attribute is None:
                return list(await connection.scalars(question.order_by(table.c.key)))
            for chunk in _chunks(parents):
                found += await connection.scalars(question.where(table.c[attribute].in_(chunk)))
        return sorted(found)

    async def held_or_referenced(self, integration: str, model: str, keys: Sequence[str]) -> set[str]:
        """Those of these keys of which there is a copy, or at which an application points."""
        own = RECORDS[model]
        referring = [
            (RECORDS["Application"], relation.key)
            for relation in relations(MODELS["Application"].record).values()
            if relation.kind is Kind.ONE and relation.to == model
        ]
        found: set[str] = set()
        async with self.database.reading() as connection:
            for table, column in [(own, "key"), *referring]:
                for chunk in _chunks(keys):
                    held = table.c[column]
                    question = select(held).where(table.c.integration == integration, held.in_(chunk)).distinct()
                    found |= set(await connection.scalars(question))
        return found

    async def deleted_keys(self, integration: str, model: str) -> list[str]:
        """Keys of the records that are marked as gone."""
        table = RECORDS[model]
        question = select(table.c.key).where(table.c.integration == integration, table.c.remote_deleted_at.is_not(None))
        async with self.database.reading() as connection:
            return list(await connection.scalars(question))

    async def present(self, integration: str, model: str) -> list[str]:
        """Keys of the records that are not marked as gone."""
        table = RECORDS[model]
        question = select(table.c.key).where(*selected(integration, model, (), deleted=False))
        async with self.database.reading() as connection:
            return list(await connection.scalars(question.order_by(table.c.key)))

    async def open_or_changed(
        self, integration: str, parent: str, model: str, attribute: str, now: datetime
    ) -> list[str]:
        """Keys of the parents that are not closed by now, or changed since their records of `model` were listed.

        Parents of a model that knows no closing are all open.
        """
        table = RECORDS[parent]
        listed = and_(
            LISTINGS.c.integration == table.c.integration,
            LISTINGS.c.model == model,
            LISTINGS.c.attribute == attribute,
            LISTINGS.c.parent == table.c.key,
        )
        closed_at = table.c.get("closed_at")
        still_open = true() if closed_at is None else or_(closed_at.is_(None), closed_at > now)
        changed = or_(LISTINGS.c.fetched_at.is_(None), table.c.changed_at >= LISTINGS.c.fetched_at)
        question = (
            select(table.c.key)
            .select_from(table.outerjoin(LISTINGS, listed))
            .where(*selected(integration, parent, (), deleted=False), or_(still_open, changed))
        )
        async with self.database.reading() as connection:
            return list(await connection.scalars(question.order_by(table.c.key)))

    async def count(self, integration: str, model: str) -> int:
        """Records that are not marked as gone."""
        conditions = selected(integration, model, (), deleted=False)
        return await self.database.read(lambda connection: _count(connection, model, conditions))

    async def listed(self, integration: str, model: str, attribute: str, parents: Sequence[str]) -> dict[str, Listed]:
        """The last complete listing of the records that belong to each of these parents; absent means none."""
        rows = await self.database.look_up(_LISTED, parents, of=integration, model=model, attribute=attribute)
        return {parent: Listed(instant(at), tuple(orjson.loads(children))) for parent, at, children in rows}

    async def note_listed(
        self,
        integration: str,
        model: str,
        attribute: str,
        children_by_parent: Mapping[str, Sequence[str]],
        fetched_at: datetime,
    ) -> None:
        """Remember that the records of these parents were read completely: parent -> their keys in order."""
        own = {"integration": integration, "model": model, "attribute": attribute, "fetched_at": fetched_at}
        rows = [
            own | {"parent": parent, "children": orjson.dumps(children).decode()}
            for parent, children in sorted(children_by_parent.items())
        ]

        def work(connection: Connection) -> None:
            self.database.upsert(connection, LISTINGS, rows)
            touch(connection, integration, model, (), self._clock())

        if rows:
            await self._transact(work, integration)

    async def _transact(self, work: Callable[[Connection], T], integration: str) -> T:
        done = await self.database.transact(work, "replica", integration)
        self.commits += 1
        return done

    def _apply(self, connection: Connection, integration: str, model: str, plan: Writes, fetched_at: datetime) -> None:
        table = RECORDS[model]
        for chunk in _chunks(plan.seen_again):
            connection.execute(
                update(table)
                .where(table.c.integration == integration, table.c.key.in_(chunk))
                .values(fetched_at=fetched_at, last_seen_at=fetched_at)
            )
        self.database.upsert(connection, table, plan.rows)
        if lists_of(model):
            _write_values(connection, integration, model, plan)
        changes.log(self.database, connection, integration, plan.changes)
        touch(connection, integration, model, [row["key"] for row in plan.rows], self._clock())

    def _announce(self, integration: str, log: Sequence[LogEntry]) -> None:
        if log:
            self.on_change(integration)


def _ignore(_integration: str) -> None:
    """Used where nothing in this process waits for changes."""


def _copied(table: Table) -> list[ColumnElement[Any]]:
    """The columns that a copy is made of, as `stored_copy` reads them."""
    instants = (type_coerce(table.c[name], BigInteger) for name in ("changed_at", "remote_deleted_at", "fetched_at"))
    return [table.c.key, table.c.body, table.c.raw, *instants]


@cache
def _by_keys(model: str) -> Select[Any]:
    table = RECORDS[model]
    return select(*_copied(table)).where(table.c.integration == _OF, table.c.key.in_(_KEYS))


_OF = bindparam("of", type_=Key)
_KEYS = bindparam("keys", type_=Key, expanding=True)
_LISTED = select(LISTINGS.c.parent, type_coerce(LISTINGS.c.fetched_at, BigInteger), LISTINGS.c.children).where(
    LISTINGS.c.integration == _OF,
    LISTINGS.c.model == bindparam("model", type_=Key),
    LISTINGS.c.attribute == bindparam("attribute", type_=Key),
    LISTINGS.c.parent.in_(_KEYS),
)


def _rows(connection: Connection, integration: str, model: str, keys: Iterable[str]) -> dict[str, Any]:
    table = RECORDS[model]
    found: dict[str, Any] = {}
    for chunk in _chunks(list(keys)):
        question = select(table).where(table.c.integration == integration, table.c.key.in_(chunk))
        found |= {row.key: row for row in connection.execute(question)}
    return found


def _write_values(connection: Connection, integration: str, model: str, plan: Writes) -> None:
    for chunk in _chunks([row["key"] for row in plan.rows]):
        connection.execute(
            delete(VALUES).where(VALUES.c.integration == integration, VALUES.c.model == model, VALUES.c.key.in_(chunk))
        )
    if plan.values:
        connection.execute(insert(VALUES), plan.values)


@cache
def _seen_again(model: str) -> Update:
    """An older copy with this hash is as old as the observation from now on."""
    table = RECORDS[model]
    later = case((table.c.fetched_at < bindparam("at"), bindparam("at")), else_=table.c.fetched_at)
    return (
        update(table)
        .where(
            table.c.integration == bindparam("of"),
            table.c.key == bindparam("seen"),
            table.c.hash == bindparam("as"),
            table.c.remote_deleted_at.is_(None),
        )
        .values(fetched_at=later, last_seen_at=later)
    )


def _children(
    integration: str, model: str, attribute: str, parents: Sequence[str], earliest: datetime | None, limit: int | None
) -> Select[Any]:
    """The records of each parent, numbered in the ATS's order and counted."""
    table = RECORDS[model]
    parent = table.c[attribute]
    conditions = [*selected(integration, model, (), deleted=False), parent.in_(parents)]
    if earliest is not None:
        conditions.append(table.c.fetched_at >= earliest)
    order = (table.c.rank.is_(None), table.c.rank, table.c.key)
    numbered = select(
        table.c.key,
        parent.label("parent"),
        func.row_number().over(partition_by=parent, order_by=order).label("number"),
        func.count().over(partition_by=parent).label("total"),
    ).where(*conditions)
    wanted = numbered.subquery()
    question = (
        select(*_copied(table), wanted.c.parent, wanted.c.total)
        .join(wanted, wanted.c.key == table.c.key)
        .where(table.c.integration == integration)
        .order_by(wanted.c.parent, wanted.c.number)
    )
    return question if limit is None else question.where(wanted.c.number <= limit)


def _walk(
    connection: Connection,
    walked: paging.Walk,
    start: paging.Place | None,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
) -> list[Any]:
    """The first `limit` rows behind the start of a walk."""
    rows: list[Any] = []
    for stretch in walked.stretches(start):
        if len(rows) == limit:
            break
        question = select(walked.table).where(*conditions, stretch).order_by(*walked.sorting())
        rows += connection.execute(question.limit(limit - len(rows)))
    return rows


def _count(connection: Connection, model: str, conditions: Sequence[ColumnElement[bool]]) -> int:
    question = select(func.count()).select_from(RECORDS[model]).where(*conditions)
    return connection.scalar(question) or 0


def _grouped(parents: Mapping[str, Listed | None]) -> dict[datetime | None, list[str]]:
    """Parents by the instant since which copies of their records count."""
    groups: dict[datetime | None, list[str]] = defaultdict(list)
    for parent, listed in parents.items():
        groups[None if listed is None else listed.fetched_at].append(parent)
    return groups


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + MOST_KEYS] for start in range(0, len(keys), MOST_KEYS))
