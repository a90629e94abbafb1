"""Application stages: a small table; stages that left it are known by what pipelines call them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.crelate.mapping.application import STAGE_PLACES, found_in
from gateway.crelate.mapping.table import Row
from gateway.crelate.readers import mapping, text
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


def _named(session: Session, wanted: str) -> Row | None:
    for row in session.pipelines.seen:
        name = text(mapping(row.get("Stage")).get("Title") or row.get("StageName"))
        if name and found_in(row, STAGE_PLACES) == wanted:
            return {"Id": wanted, "Title": name}
    return None
