"""One request, as an endpoint sees it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import orjson

from gateway.simulator.account import Account
from gateway.simulator.answers import Answer, RefusedError, not_found
from gateway.simulator.knobs import Knobs
from gateway.simulator.table import Row
from gateway.simulator.timestamps import record_time


@dataclass(slots=True)
class Call:
    """A request that has been let in: whose data it meets, when, and what it carries."""

    account: Account
    knobs: Knobs
    now: datetime
    ids: tuple[str, ...]
    """What stood in the places of the path template, from left to right."""
    query: Mapping[str, str]
    content_type: str
    body: bytes

    @property
    def stamp(self) -> str:
        """Now, as a record's time."""
        return record_time(self.now)

    def record(self, entity: str, place: int = 0) -> Row:
        """The record that the path names, or a 404."""
        row = self.account[entity].get(self.ids[place])
        if row is None:
            raise not_found()
        return row

    def json(self) -> dict[str, Any]:
        """The body as a JSON object, or a 400."""
        try:
            body = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            body = None
        if not isinstance(body, dict):
            raise RefusedError(400, "The request body could not be read")
        return body


Endpoint: TypeAlias = Callable[[Call], Answer]
