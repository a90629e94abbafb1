"""What is refused: the codes of the API that callers were written for, and which errors of ours they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import orjson
from starlette.responses import Response

from resolvers.errors import AtsError
from schema.actions.problem import UserErrorCode

INPUT_INVALID = "PLATFORM.INPUT_INVALID"
MODEL_NOT_AVAILABLE = "INTEGRATION.MODEL_NOT_AVAILABLE"
ACTION_NOT_AVAILABLE = "INTEGRATION.ACTION_NOT_AVAILABLE"
TIMED_OUT = "PLATFORM.TASK_TIMED_OUT"
UNKNOWN = "PLATFORM.UNKNOWN_ERROR"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of error.

    Attributes:
        title: What people call it.
        status: Its HTTP status.
    """

    title: str
    status: int


KINDS: Mapping[str, Kind] = {
    INPUT_INVALID: Kind("Invalid input", 400),
    "PLATFORM.AUTHENTICATION_INVALID": Kind("Invalid access token", 401),
    "PLATFORM.INTEGRATION_NOT_FOUND": Kind("Integration not found", 404),
    TIMED_OUT: Kind("Outcome not known yet", 504),
    UNKNOWN: Kind("Internal error", 500),
    "INTEGRATION.PERMISSION_MISSING": Kind("The ATS refused the right", 403),
    "INTEGRATION.AUTHENTICATION_INVALID": Kind("The ATS refused the key", 403),
    "INTEGRATION.SETUP_SYNC_PENDING": Kind("Not synced yet", 409),
    MODEL_NOT_AVAILABLE: Kind("Model not available", 400),
    "INTEGRATION.MODEL_DISABLED": Kind("Model not allowed", 403),
    ACTION_NOT_AVAILABLE: Kind("Action not available", 400),
    "INTEGRATION.ACTION_DISABLED": Kind("Action not allowed", 403),
    "REMOTE.SERVICE_UNAVAILABLE": Kind("The ATS is out of reach", 503),
    "REMOTE.RATE_LIMIT_EXCEEDED": Kind("The ATS takes no more requests", 429),
    "REMOTE.INPUT_INVALID": Kind("The ATS refused the input", 400),
    "REMOTE.UNKNOWN_HTTP_ERROR": Kind("The ATS answered something else", 502),
    "ATS.JOB_CLOSED": Kind("Job closed", 400),
    "ATS.APPLICATION_ALREADY_EXISTS": Kind("Application exists already", 400),
}
"""Code -> what it is."""

OF_THE_GRAPH: Mapping[str, str] = {
    "BAD_USER_INPUT": INPUT_INVALID,
    "QUERY_TOO_COMPLEX": INPUT_INVALID,
    "FILTER_NEEDS_SYNC": "INTEGRATION.SETUP_SYNC_PENDING",
    "UNAUTHENTICATED": "PLATFORM.AUTHENTICATION_INVALID",
    "INTEGRATION_NOT_FOUND": "PLATFORM.INTEGRATION_NOT_FOUND",
    "UPSTREAM_UNAUTHORIZED": "INTEGRATION.PERMISSION_MISSING",
    "UPSTREAM_RATE_LIMITED": "REMOTE.RATE_LIMIT_EXCEEDED",
    "UPSTREAM_UNAVAILABLE": "REMOTE.SERVICE_UNAVAILABLE",
    "UPSTREAM_REJECTED": "REMOTE.INPUT_INVALID",
    "UPSTREAM_UNREADABLE": "REMOTE.UNKNOWN_HTTP_ERROR",
}
"""Code of an error of the graph -> its code here; any other is unknown."""

WITHHELD = "PERSONAL_DATA_WITHHELD"
"""Code of the error beside each null that stands for personal data which the caller may not see."""

FORBIDDEN = {"FORBIDDEN", WITHHELD}
"""Codes of what the caller's scopes do not allow."""

OF_ACTIONS: Mapping[UserErrorCode, str] = {
    UserErrorCode.APPLICATION_ALREADY_EXISTS: "ATS.APPLICATION_ALREADY_EXISTS",
    UserErrorCode.JOB_CLOSED: "ATS.JOB_CLOSED",
    UserErrorCode.CANDIDATE_NAMESAKE: "REMOTE.INPUT_INVALID",
    UserErrorCode.ACTION_NOT_SUPPORTED: ACTION_NOT_AVAILABLE,
    UserErrorCode.UPSTREAM_REJECTED: "REMOTE.INPUT_INVALID",
    UserErrorCode.UPSTREAM_UNAUTHORIZED: "INTEGRATION.PERMISSION_MISSING",
    UserErrorCode.UPSTREAM_UNAVAILABLE: "REMOTE.SERVICE_UNAVAILABLE",
    UserErrorCode.OUTCOME_UNKNOWN: TIMED_OUT,
    UserErrorCode.INTERNAL_ERROR: UNKNOWN,
}
"""Code of a user error -> its code here; any other is an invalid input."""


class RefusedError(Exception):
    """A request is refused.

    Attributes:
        code: One of `KINDS`.
        message: Why, for people; names the argument, and holds no values.
        status: HTTP status; null for the code's own.
        headers: Further HTTP headers.
    """

    def __init__(
        self, code: str, message: str, status: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or KINDS[code].status
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """The answer."""
        error = {"code": self.code, "title": KINDS[self.code].title, "message": self.message, "log_url": None}
        content = orjson.dumps({"status": "error", "error": error})
        return Response(content, self.status, self.headers, "application/json")


def refused_by(error: AtsError) -> RefusedError:
    """The refusal that an error of ours is, before the endpoint was asked."""
    return refused({"message": error.message, "extensions": error.extensions}, {}, INPUT_INVALID)


def refused(error: Mapping[str, Any], names: Mapping[str, str], disabled: str) -> RefusedError:
    """The refusal that an error of the graph is.

    Args:
        error: One entry of `errors`.
        names: Argument of the graph -> what it is called here.
        disabled: Code for what the caller's scopes do not allow.
    """
    known = error["extensions"]
    upstream = known.get("upstream") or {}
    code = disabled if known["code"] in FORBIDDEN else OF_THE_GRAPH.get(known["code"], UNKNOWN)
    if known["code"] == "UPSTREAM_UNAUTHORIZED" and upstream.get("status") == 401:  # noqa: PLR2004  RFC 9110 15.5.2
        code = "INTEGRATION.AUTHENTICATION_INVALID"
    wait = known.get("retryAfter")
    headers = {} if wait is None else {"Retry-After": str(ceil(wait))}
    headers |= {"WWW-Authenticate": "Bearer"} if KINDS[code].status == 401 else {}  # noqa: PLR2004  RFC 9110 11.6.1
    return RefusedError(code, _named(error["message"], known.get("argument"), names), headers=headers)


def refused_action(errors: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> RefusedError:
    """The refusal that an action's user errors are: all of them, under the code of the first."""
    code = OF_ACTIONS.get(UserErrorCode(errors[0]["code"]), INPUT_INVALID)
    return RefusedError(code, " ".join(described(errors, names)))


def described(problems: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> list[str]:
    """User errors or warnings as sentences; each names the field of the body it is about."""
    return [_at(".".join(each["field"] or ()), each["message"], names) for each in problems]


def _named(message: str, argument: str | None, names: Mapping[str, str]) -> str:
    if argument is None:
        return message
    return _at(argument, message.removeprefix(f"Argument {argument}: "), names)


def _at(place: str, message: str, names: Mapping[str, str]) -> str:
    return f"{names.get(place) or _snake(place)}: {message}" if place else message


def _snake(place: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in place)
