"""What records read from the ATS change in the store: compared with the rows that are held, nothing is written here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

import orjson

from gateway.database.columns import column_value, columns_of, listed_values
from gateway.database.tables import NAMED
from gateway.replica import codec
from gateway.replica.copies import Copy, copy_of
from resolvers.ports.changes import LogEntry
from schema.change import ChangeKind
from schema.record import Tracked


@dataclass(slots=True)
class Writes:
    """What a batch of records read from the ATS comes to.

    Attributes:
        rows: Rows to insert or overwrite.
        seen_again: Keys of records that are as they were.
        values: Values in lists of sub-objects, one row each.
        changes: What to log.
        copies: The copies as they stand afterwards, by key.
        hashes: The same of their hashes, except where a copy is newer than what was read.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    seen_again: list[str] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)
    changes: list[LogEntry] = field(default_factory=list)
    copies: dict[str, Copy] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)


def plan_writes(
    integration: str,
    model: str,
    records: Iterable[Tracked],
    held: Mapping[str, Any],
    *,
    fetched_at: datetime,
    now: datetime,
    ranks: Mapping[str, int],
    keeps_raw: bool,
) -> Writes:
    """Compare records with what is held of them.

    Args:
        integration: Whose records.
        model: Name of their model.
        records: As the ATS has them now, in use nowhere else: they get their stamps, and are the copies from then on.
        held: Rows of the model's table, by key.
        fetched_at: When the ATS was asked.
        now: When a change counts as seen.
        ranks: Places in the ATS's own order, by key.
        keeps_raw: Whether `remote_data` is stored as well.
    """
    plan = Writes()
    for record in records:
        before = held.get(record.key)
        if not record.is_listed and model not in NAMED:
            continue
        if before is not None and (before.fetched_at > fetched_at or _is_better_known(before, record)):
            plan.copies[record.key] = copy_of(model, before)
            plan.seen_again += [] if record.is_listed or before.listed else [record.key]
            continue
        row = _row(integration, model, record, fetched_at, keeps_raw=keeps_raw)
        row |= {"listed": record.is_listed} if model in NAMED else {}
        row["rank"] = ranks.get(record.key, before.rank if before is not None else None)
        change = _change(model, before, row, now)
        row["changed_at"] = before.changed_at if before is not None and change is None else now
        plan.hashes[record.key] = row["hash"]
        record.changed_at, record.remote_deleted_at = row["changed_at"], None
        plan.copies[record.key] = Copy(record, fetched_at)
        if change is None and before is not None and _is_kept(before, row):
            plan.seen_again.append(record.key)
            continue
        row["first_seen_at"] = fetched_at if before is None else before.first_seen_at
        plan.rows.append(row)
        plan.values += listed_values(integration, model, record)
        plan.changes += [change] if change is not None and record.is_listed else []
    return plan


def _is_better_known(before: Any, record: Tracked) -> bool:
    """Whether a record that its own list does not have is held from there, or as a record names it that says more."""
    if record.is_listed or before.remote_deleted_at is not None:
        return False
    return before.listed or _known(before.body) > _known(codec.encode(record))


def _known(body: bytes | str) -> int:
    """How many properties have a value."""
    return sum(value is not None for value in orjson.loads(body).values())


def _is_kept(before: Any, row: Mapping[str, Any]) -> bool:
    """Whether a stored row says the same beside the record itself."""
    return all(getattr(before, name) == row[name] for name in ("raw", "rank", "listed") if name in row)


def _row(integration: str, model: str, record: Tracked, fetched_at: datetime, *, keeps_raw: bool) -> dict[str, Any]:
    body = codec.encode(record)
    raw = codec.encode_raw(record) if keeps_raw else None
    return {
        "integration": integration,
        "key": record.key,
        "hash": blake2b(body, digest_size=16).hexdigest(),
        "last_seen_at": fetched_at,
        "fetched_at": fetched_at,
        "remote_deleted_at": None,
        "body": body.decode(),
        "raw": None if raw is None else raw.decode(),
        **{name: column_value(name, getattr(record, name)) for name in columns_of(model)},
    }


def _change(model: str, before: Any, row: Mapping[str, Any], now: datetime) -> LogEntry | None:
    """What happened to a record between the stored row, if there is one, and the new one."""
    key, after = row["key"], row["hash"]
    if before is None or not getattr(before, "listed", True):
        return LogEntry(model, key, ChangeKind.CREATED, (), now, None, after)
    if before.hash == after and before.remote_deleted_at is None:
        return None
    kind = ChangeKind.UPDATED if before.remote_deleted_at is None else ChangeKind.RESTORED
    fields = () if before.hash == after else tuple(codec.changed_fields(before.body, row["body"]))
    return LogEntry(model, key, kind, fields, now, before.hash, after)
