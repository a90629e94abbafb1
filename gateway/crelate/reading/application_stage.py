"""Application stages: a small table; stages that left it are known by what pipelines call them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.crelate.entities import Status, fitted
from gateway.crelate.mapping.application import stage_of
from gateway.crelate.readers import part, text
from gateway.crelate.reading.answers import Records, by_key
from gateway.crelate.reading.session import Session


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """Stages of the table, and others that pipelines read in this request name."""
    stages = await session.account.tables.stages()
    rows = [row for name in keys if (row := stages.get(name) or _named(session, name))]
    return by_key(await session.read("ApplicationStage", rows))


async def whole(session: Session) -> list[Any]:
    """All stages, in the order of the pipeline."""
    return await session.read("ApplicationStage", list((await session.account.tables.stages()).values()))


def _named(session: Session, wanted: str) -> Any:
    for row in session.pipelines.seen:
        name = text(part(row.Stage, "Title") or row.StageName)
        if name and stage_of(row) == wanted:
            return fitted(Status, {"Id": wanted, "Title": name})
    return None
