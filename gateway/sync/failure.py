"""What ends the reading of a list before its time, and how it is said."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from gateway.database.outage import is_outage
from resolvers.errors import (
    AtsError,
    Rejected,
    TryAgain,
    UpstreamRateLimited,
    UpstreamUnauthorized,
    UpstreamUnavailable,
    UpstreamUnreadable,
)

INCOMPLETE = "INCOMPLETE"
"""In place of an error's code: the list could not be proved complete."""

DATABASE_UNAVAILABLE = "DATABASE_UNAVAILABLE"
"""Likewise: the gateway's own database is away or full."""

_SENTENCES = {
    INCOMPLETE: "Its list could not be proved complete.",
    DATABASE_UNAVAILABLE: "The gateway's database is out of reach or full.",
    AtsError.code: "The gateway failed; its log says more.",
    **{error.code: error().message for error in (Rejected, UpstreamUnauthorized, UpstreamUnavailable)},
    **{error.code: error().message for error in (UpstreamRateLimited, UpstreamUnreadable)},
}

_log = structlog.get_logger()


class ListLeftError(Exception):
    """A list cannot be read on.

    Attributes:
        code: Of the error.
        fatal: Whether the other lists would fail alike.
    """

    def __init__(self, code: str, *, fatal: bool) -> None:
        super().__init__(code)
        self.code = code
        self.fatal = fatal


async def answered(do: Callable[[], Awaitable[Any]]) -> Any:
    """What a step returns, or `error` and `fatal` of what it raises, as JSON: so that it can be remembered."""
    try:
        return await do()
    except Exception as failed:  # noqa: BLE001  whatever it is ends this list, and is said
        if not isinstance(failed, AtsError):
            _log.error("sync_broken", error=type(failed).__name__)
        return {"error": code_of(failed), "fatal": _is_fatal(failed)}


def _is_fatal(error: Exception) -> bool:
    """Whether the other lists would fail alike; a right may be missing to one of them alone."""
    if isinstance(error, UpstreamUnauthorized):
        return error.concerns_all
    return is_outage(error) or isinstance(error, TryAgain)


def sentence(code: str) -> str:
    """What a code means, for people."""
    return _SENTENCES.get(code, "The sync did not reach its end.")


def code_of(error: Exception) -> str:
    """What is said of an error."""
    if is_outage(error):
        return DATABASE_UNAVAILABLE
    return error.code if isinstance(error, AtsError) else AtsError.code
