"""The audit trail, and with it the memory of idempotency keys and of writes that were begun."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import ColumnElement, RowMapping, and_, func, insert, or_, select, update

from gateway.actions.problems import read_errors, read_warnings
from gateway.clock import Clock, now
from gateway.database.coroutines import AsyncConnection
from gateway.database.engine import Database
from gateway.database.tables import ACTIONS, INTENTS
from resolvers.ports.actions import Trail
from schema.actions.action import Action, ActionFilter, ActionName, ActionOutcome


class KeyReused(Exception):
    """The idempotency key belongs to another input."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An action that may be carried out under a key.

    Attributes:
        integration, name: Where and what.
        token_name: Name of the caller's access token.
        idempotency_key: The key.
        fingerprint: Hash of the input.
    """

    integration: str
    name: ActionName
    token_name: str | None
    idempotency_key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the trail.

    Attributes:
        id: Of the action; the workflow has the same.
        outcome: How far it is.
        result: What came of it; see `Ledger.finish`.
    """

    id: str
    outcome: ActionOutcome
    result: Mapping[str, Any]


def fingerprint(name: ActionName, document: Mapping[str, Any]) -> str:
    """A hash that only an equal input of the same action has; nothing of the input can be read from it."""
    return sha256(orjson.dumps([name.value, document], option=orjson.OPT_SORT_KEYS)).hexdigest()


class Ledger:
    """The actions of all integrations on one database.

    Args:
        database: Where they are kept.
        clock: Where instants come from.
    """

    def __init__(self, database: Database, clock: Clock = now) -> None:
        self._database = database
        self.clock = clock

    async def claim(self, claim: Claim) -> tuple[Entry, bool]:
        """The action under a key, and whether it was there before; a new one is entered as PENDING.

        An action that failed before it wrote anything gives its key free: the corrected input may use it again.

        Raises:
            KeyReused: the key belongs to another input.
        """
        async with self._database.writing("actions", claim.integration, claim.idempotency_key) as connection:
            last = await self._last(connection, claim)
            if last is None or await self._is_free(connection, last):
                return await self._enter(connection, claim, 0 if last is None else last["attempt"] + 1), False
        if last["fingerprint"] != claim.fingerprint:
            raise KeyReused
        return _entry(last), True

    async def enter(self, claim: Claim, request: str) -> str:
        """Enter a request that is about to be passed through; its id."""
        row = _row(claim, 0, self.clock()) | {"request": request}
        async with self._database.writing("actions", row["id"]) as connection:
            await connection.execute(insert(ACTIONS), [row])
        return str(row["id"])

    async def intend(self, action_id: str, step: str) -> bool:
        """Note that a write is about to be sent; whether that had been noted before."""
        row = {"action_id": action_id, "step": step}
        noted = select(INTENTS).where(INTENTS.c.action_id == action_id, INTENTS.c.step == step)
        async with self._database.writing("action_intents", action_id) as connection:
            if (await connection.execute(noted)).first() is not None:
                return True
            await connection.execute(insert(INTENTS), [row])
        return False

    async def finish(
        self, action_id: str, outcome: ActionOutcome, result: Mapping[str, Any], status_code: int | None = None
    ) -> None:
        """Enter what came of an action.

        Args:
            action_id: Of the action.
            outcome: DONE or FAILED.
            result: JSON without personal data: `candidate_key`, `application_key`, `attachment`, `note`,
                `remote_ids`, `correlation_ids`, `user_errors`, `warnings`, whichever there are, and `wrote`: false
                when certainly nothing was written.
            status_code: For a passthrough the status that was answered.
        """
        values = {
            "outcome": outcome.name,
            "finished_at": self.clock(),
            "result": orjson.dumps(result).decode(),
            "status_code": status_code,
        }
        async with self._database.writing("actions", action_id) as connection:
            await connection.execute(update(ACTIONS).where(ACTIONS.c.id == action_id).values(values))

    async def pending_since(self, instant: datetime) -> list[str]:
        """Ids of actions that were entered before an instant and are not over."""
        old = and_(ACTIONS.c.outcome == ActionOutcome.PENDING.name, ACTIONS.c.started_at < instant)
        async with self._database.reading() as connection:
            return list((await connection.execute(select(ACTIONS.c.id).where(old))).scalars())

    async def entry(self, action_id: str) -> Entry | None:
        """How far an action is."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(ACTIONS).where(ACTIONS.c.id == action_id))).mappings().first()
        return None if row is None else _entry(row)

    async def action(self, integration: str, action_id: str) -> Action | None:
        """One action of an integration, for clients."""
        mine = and_(ACTIONS.c.integration == integration, ACTIONS.c.id == action_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(select(ACTIONS).where(mine))).mappings().first()
        return None if row is None else _action(row)

    async def trail(self, integration: str, size: int, position: str | None, filter: ActionFilter | None) -> Trail:
        """A page of the trail of an integration, the newest first."""
        wanted = and_(ACTIONS.c.integration == integration, *_conditions(filter))
        page = select(ACTIONS).where(wanted).order_by(ACTIONS.c.started_at.desc(), ACTIONS.c.id.desc())
        if position is not None:
            page = page.where(_behind(position))
        async with self._database.reading() as connection:
            rows = (await connection.execute(page.limit(size + 1))).mappings().all()
            total = (await connection.execute(select(func.count()).select_from(ACTIONS).where(wanted))).scalar_one()
        positions = [f"{row['started_at'].isoformat()} {row['id']}" for row in rows[:size]]
        return Trail([_action(row) for row in rows[:size]], positions, len(rows) > size, total)

    async def _last(self, connection: AsyncConnection, claim: Claim) -> RowMapping | None:
        mine = and_(ACTIONS.c.integration == claim.integration, ACTIONS.c.idempotency_key == claim.idempotency_key)
        newest = select(ACTIONS).where(mine).order_by(ACTIONS.c.attempt.desc()).limit(1)
        return (await connection.execute(newest)).mappings().first()

    async def _is_free(self, connection: AsyncConnection, row: RowMapping) -> bool:
        """Whether an action failed and certainly wrote nothing."""
        if row["outcome"] != ActionOutcome.FAILED.name:
            return False
        if orjson.loads(row["result"]).get("wrote") is False:
            return True
        intents = select(INTENTS.c.step).where(INTENTS.c.action_id == row["id"]).limit(1)
        return (await connection.execute(intents)).first() is None

    async def _enter(self, connection: AsyncConnection, claim: Claim, attempt: int) -> Entry:
        row = _row(claim, attempt, self.clock())
        await connection.execute(insert(ACTIONS), [row])
        return Entry(row["id"], ActionOutcome.PENDING, {})


def action_id(integration: str, idempotency_key: str, attempt: int) -> str:
    """The id of an action: the same key gives the same one, in whatever process."""
    return sha256(f"{integration}\n{idempotency_key}\n{attempt}".encode()).hexdigest()[:32]


def _row(claim: Claim, attempt: int, at: datetime) -> dict[str, Any]:
    return {
        "id": action_id(claim.integration, claim.idempotency_key, attempt),
        "integration": claim.integration,
        "name": claim.name.value,
        "token_name": claim.token_name,
        "idempotency_key": claim.idempotency_key,
        "attempt": attempt,
        "fingerprint": claim.fingerprint,
        "outcome": ActionOutcome.PENDING.name,
        "started_at": at,
        "result": "{}",
    }


def _entry(row: RowMapping) -> Entry:
    return Entry(row["id"], ActionOutcome[row["outcome"]], orjson.loads(row["result"]))


def _action(row: RowMapping) -> Action:
    result = orjson.loads(row["result"])
    return Action(
        candidate_key=result.get("candidate_key"),
        application_key=result.get("application_key"),
        id=row["id"],
        name=ActionName(row["name"]),
        outcome=ActionOutcome[row["outcome"]],
        integration=row["integration"],
        token_name=row["token_name"],
        idempotency_key=row["idempotency_key"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        request=row["request"],
        status_code=row["status_code"],
        remote_ids=result.get("remote_ids", []),
        correlation_ids=result.get("correlation_ids", []),
        user_errors=read_errors(result.get("user_errors", [])),
        warnings=read_warnings(result.get("warnings", [])),
    )


def _conditions(filter: ActionFilter | None) -> list[ColumnElement[bool]]:
    if filter is None:
        return []
    found: list[ColumnElement[bool]] = []
    if filter.names is not None:
        found.append(ACTIONS.c.name.in_([name.value for name in filter.names]))
    if filter.outcomes is not None:
        found.append(ACTIONS.c.outcome.in_([outcome.name for outcome in filter.outcomes]))
    if filter.started_after is not None:
        found.append(ACTIONS.c.started_at > filter.started_after)
    if filter.started_before is not None:
        found.append(ACTIONS.c.started_at < filter.started_before)
    return found


def _behind(position: str) -> ColumnElement[bool]:
    started_at, _, row_id = position.partition(" ")
    at = datetime.fromisoformat(started_at)
    return or_(ACTIONS.c.started_at < at, and_(ACTIONS.c.started_at == at, ACTIONS.c.id < row_id))
