"""What the endpoint tells about an operation it has answered, for metrics."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from gateway.http.documents import Operation
from gateway.http.errors import RequestError
from resolvers.engine import Ways

_NONE = Ways()


@dataclass(frozen=True, slots=True)
class Observation:
    """One answered operation.

    Attributes:
        operation_name: The client's name for it, or null; not to be trusted as a label without a bound.
        operation_type: `query`, `mutation` or `subscription`; null when the request did not get that far.
        codes: The codes of its errors, in order, without repetition; empty when all went well.
        seconds: Time from the whole request being there to the whole answer being there.
        ways: How many of its root fields were answered in which way.
    """

    operation_name: str | None
    operation_type: str | None
    codes: tuple[str, ...]
    seconds: float
    ways: Ways = _NONE


class Observed:
    """A context that tells of the operation inside it when it ends; one that was cancelled has the code CANCELLED."""

    def __init__(self, observe: Callable[[Observation], None], begin: Callable[[], None]) -> None:
        self._observe = observe
        self._begin = begin
        self._operation: Operation | None = None
        self._codes: tuple[str, ...] = ()
        self._ways = _NONE

    def __enter__(self) -> Self:
        self._begin()
        self._started = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, RequestError):
            self.finish({"errors": error.errors})
        elif error is not None:
            self._codes = ("CANCELLED",)
        operation = self._operation
        self._observe(
            Observation(
                operation_name=operation.name if operation else None,
                operation_type=operation.type.value if operation else None,
                codes=self._codes,
                seconds=time.perf_counter() - self._started,
                ways=self._ways,
            )
        )

    def start(self, operation: Operation) -> None:
        """The request turned out to be this operation."""
        self._operation = operation

    def count(self, ways: Ways) -> None:
        """Its root fields were answered in these ways."""
        self._ways = ways

    def finish(self, result: Mapping[str, Any]) -> None:
        """The operation has this result."""
        self._codes = tuple(dict.fromkeys(error["extensions"]["code"] for error in result.get("errors", ())))
