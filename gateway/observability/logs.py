"""Structured logs on standard error: JSON for machines, columns on a terminal.

What other libraries log is cut down to where it comes from, since their messages may quote anything. Only uvicorn's
texts pass: they speak of addresses and signals.
"""

from __future__ import annotations

import logging
import os
import sys
from functools import lru_cache
from hashlib import sha256
from typing import Any, TextIO

import orjson
import structlog
from structlog.types import EventDict, Processor, WrappedLogger

ROUTED = ("", "dbos", "uvicorn", "uvicorn.error", "uvicorn.access")
"""Loggers whose own ways out are closed; the first one is the root."""

_SPEAKS_FREELY = "uvicorn"


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """Send all logs of this process to one stream.

    Args:
        level: The lowest level that is written, such as `info`.
        stream: Where to; null for standard error.
    """
    stream = sys.stderr if stream is None else stream
    least = logging.getLevelNamesMapping()[level.upper()]
    shared = (
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper("iso", utc=True),
    )
    last = _renderer(stream)
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    _route(shared, last, stream, least)


@lru_cache(maxsize=256)
def caller_label(name: str | None) -> str | None:
    """How a caller is named in logs: by the token's name, or by a hash where it might be a person's address."""
    if name is None or name.replace("-", "").replace("_", "").isalnum():
        return name
    return f"sha256-{sha256(name.encode()).hexdigest()[:16]}"


def _renderer(stream: TextIO) -> Processor:
    if stream.isatty():
        return structlog.dev.ConsoleRenderer(colors="NO_COLOR" not in os.environ)
    return structlog.processors.JSONRenderer(serializer=_to_json)


def _to_json(event: EventDict, **_: Any) -> str:
    return orjson.dumps(event, default=lambda value: type(value).__name__).decode()


def _route(shared: tuple[Processor, ...], last: Processor, stream: TextIO, least: int) -> None:
    """Let what goes through the standard library's loggers come out the same way."""
    handler = logging.StreamHandler(stream)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=[_origin, *shared], processors=[remove, last])
    handler.setFormatter(_Guarded(formatter))
    for name in ROUTED:
        logger = logging.getLogger(name)
        logger.handlers = [handler] if name in {"", "dbos"} else []  # DBOS adds one of its own where there is none
        logger.propagate = name != "dbos"
    # Libraries' lesser messages are for their developers; uvicorn's are for the operator.
    logging.getLogger().setLevel(max(least, logging.WARNING))
    for name in ROUTED:
        if name.partition(".")[0] == _SPEAKS_FREELY:
            logging.getLogger(name).setLevel(least)  # each by itself: a server that ran before may have set them


class _Guarded(logging.Formatter):
    """Hands on a copy of each record that has lost its message and traceback, or only the traceback if from uvicorn."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """The line for a record."""
        speaks = record.name.partition(".")[0] == _SPEAKS_FREELY
        safe = logging.makeLogRecord(
            {
                **record.__dict__,
                "msg": record.getMessage().partition("\n")[0] if speaks else "library_message",
                "args": None,
                "error": record.exc_info[0].__qualname__ if record.exc_info and record.exc_info[0] else None,
                "exc_info": None,
                "exc_text": None,
                "stack_info": None,
            }
        )
        return self._inner.format(safe)


def _origin(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Where a foreign record comes from, and the type of the error it is about."""
    record = event["_record"]
    place = {"logger": record.name, "place": f"{record.module}:{record.lineno}"}
    return {**event, **place, **({"error": record.error} if record.error else {})}
