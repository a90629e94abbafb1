"""Sends the connector's own writes for a trial, and tells how Crelate took each."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.crelate.trial.traces import Traces
from gateway.crelate.writing.writer import CrelateWriter
from resolvers.errors import AtsError, Duplicate, Rejected, TryAgain, UpstreamRateLimited, UpstreamUnreadable
from resolvers.ports.trial import Trace
from resolvers.ports.writing import Write

SUCCESSES = range(200, 300)


@dataclass(frozen=True, slots=True)
class Taken:
    """How Crelate took a write.

    Attributes:
        shape: Number of the shape that it took; null when it refused all of them.
        made: Id of what was made, where it is known.
        duplicate: Whether it was refused as a duplicate.
        status: Of the last refusal.
    """

    shape: int | None = None
    made: str | None = None
    duplicate: bool = False
    status: int | None = None


@dataclass(slots=True)
class Sender:
    """Sends writes of which something may remain.

    Attributes:
        writer: Sends them.
        traces: Where what they make is noted.
        listed_errors: For each success that listed errors, whether it happened all the same (ASM-13).
    """

    writer: CrelateWriter
    traces: Traces
    listed_errors: list[bool] = field(default_factory=list)

    async def make(self, write: Write, kind: str, marks: Mapping[str, str], content: bytes | None = None) -> Taken:
        """Send a write that makes something, shape after shape until one is taken.

        Raises:
            AtsError: Crelate refused it in any shape, or did not answer and nothing is to be seen of it.
        """
        trace = self.traces.plan(kind, marks)
        taken = Taken()
        for shape in range(len(write.shapes)):
            taken = await self._send(write, shape, content, trace)
            if taken.shape is not None:
                if taken.made:
                    self.traces.made(trace, taken.made)
                return taken
            if taken.duplicate:
                break
        self.traces.gone(trace)
        return taken

    async def _send(self, write: Write, shape: int, content: bytes | None, trace: Trace) -> Taken:
        try:
            sent = await self.writer.send(write, shape, None if content is None else io.BytesIO(content))
        except Duplicate:
            return Taken(duplicate=True)
        except Rejected as error:
            return await self._refused(error, write, shape)
        except AtsError as error:
            return await self._failed(error, write, shape, trace)
        return Taken(shape, sent.made or await self.writer.find(write))

    async def _refused(self, error: Rejected, write: Write, shape: int) -> Taken:
        """A refusal, unless it came as a success and the write happened."""
        status = error.upstream.status if error.upstream else None
        if status not in SUCCESSES:
            return Taken(status=status)
        found = await self.writer.find(write)
        self.listed_errors.append(found is not None)
        return Taken(None if found is None else shape, found, status=status)

    async def _failed(self, error: AtsError, write: Write, shape: int, trace: Trace) -> Taken:
        """What was made although the answer was lost; a trace is forgotten only if nothing can have been made."""
        is_open = isinstance(error, TryAgain | UpstreamUnreadable) and not isinstance(error, UpstreamRateLimited)
        if not is_open:
            self.traces.gone(trace)
            raise error
        if (found := await self.writer.find(write)) is None:
            raise error
        return Taken(shape, found)


async def ask(_: str, question: Callable[[], Awaitable[Any]]) -> Any:
    """Asks at once: a trial keeps no answers."""
    return await question()
