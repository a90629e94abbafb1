"""What the endpoint tells about an operation it has answered, for metrics."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from gateway.http.deadline import ClientGoneError
from gateway.http.documents import Operation
from gateway.http.errors import ShapedError, request_error
from resolvers.engine import Ways

_NONE = Ways()


@dataclass(slots=True)
class Observation:
    """One operation: a context that tells of it when it ends; what it raises is a request error.

    Attributes:
        observe: Is told.
        operation_name: The client's name for it, or null; not to be trusted as a label without a bound.
        operation_type: `query`, `mutation` or `subscription`; null when the request did not get that far.
        codes: The codes of its errors, in order, without repetition; empty when all went well. An operation that was
            cancelled has the code CANCELLED.
        ways: How many of its root fields were answered in which way.
        seconds: Time from the whole request being there to the whole answer being there.
    """

    observe: Callable[[Observation], None]
    operation_name: str | None = None
    operation_type: str | None = None
    codes: tuple[str, ...] = ()
    ways: Ways = _NONE
    seconds: float = 0.0
    _started: float = field(default_factory=time.perf_counter)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        refused = None
        if isinstance(error, Exception) and not isinstance(error, ClientGoneError):
            refused = request_error(error)
            self.fail(refused.errors)
        elif error:
            self.codes = ("CANCELLED",)
        self.seconds = time.perf_counter() - self._started
        self.observe(self)
        if refused and refused is not error:
            raise refused from None

    def start(self, operation: Operation) -> None:
        """The request turned out to be this operation."""
        self.operation_name, self.operation_type = operation.name, operation.kind

    def fail(self, errors: Iterable[ShapedError]) -> None:
        """The operation has these errors."""
        self.codes = tuple(dict.fromkeys(error["extensions"]["code"] for error in errors))
