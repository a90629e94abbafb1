"""What is around everything that is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class Success:
    """What was asked for.

    Attributes:
        data: It.
        warnings: What is to be said about it.
        headers: Further HTTP headers.
    """

    data: Mapping[str, Any]
    warnings: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, *, warns: bool) -> Response:
        """The answer; `warns` says that it has warnings even where there are none."""
        content: dict[str, Any] = {"status": "success", "data": self.data}
        if warns or self.warnings:
            content["warnings"] = [{"message": message} for message in self.warnings]
        return Response(orjson.dumps(content), 200, dict(self.headers), "application/json")
