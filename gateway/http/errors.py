"""The shape of errors: each one coded, unknown ones masked, those of a document merged and capped."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any, TypeAlias
from uuid import uuid4

import structlog
from graphql import GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError

from resolvers.errors import AtsError, QueryTooComplex, StorageUnavailable

MAX_ERRORS = 20
"""Errors that are listed of one document and its variables."""

MAX_CHARACTERS = 300

ShapedError: TypeAlias = dict[str, Any]
"""One entry of `errors`: `message` and `extensions.code`, with `locations` and `path` where they are known."""

_log = structlog.stdlib.get_logger(__name__)

_SUGGESTION = re.compile(r" ?Did you mean [^?]*\?")
_FOREIGN_TEXT = re.compile(r", but encountered error '.*'; found", re.DOTALL)
_BAD_ARGUMENT = re.compile(r"Argument '\w+' |Expected value |Variable '\$")

_STATUS_BY_CODE = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "INTEGRATION_NOT_FOUND": 404,
    "INTERNAL_SERVER_ERROR": 500,
    "UPSTREAM_UNAUTHORIZED": 502,
    "UPSTREAM_UNREADABLE": 502,
    "UPSTREAM_RATE_LIMITED": 503,
    "UPSTREAM_UNAVAILABLE": 503,
    "DATABASE_UNAVAILABLE": 503,
}


class RequestError(Exception):
    """The request is answered without being executed: `errors` and no `data`.

    Attributes:
        errors: What to answer.
        status: The HTTP status of the answer.
        headers: Further HTTP headers of the answer.
        in_document: The request itself was well formed, its document or variables are not; clients that only know
            `application/json` then expect status 200.
    """

    def __init__(
        self,
        errors: Sequence[ShapedError],
        *,
        status: int = 400,
        headers: Mapping[str, str] | None = None,
        in_document: bool = False,
    ) -> None:
        self.errors = list(errors)
        self.status = status
        self.headers = dict(headers or {})
        self.in_document = in_document
        super().__init__(self.errors[0]["message"])


def refusal(
    message: str,
    *,
    code: str = "BAD_USER_INPUT",
    status: int = 400,
    headers: Mapping[str, str] | None = None,
    in_document: bool = False,
    **extensions: Any,
) -> RequestError:
    """A request error with one message."""
    error = {"message": message, "extensions": {"code": code, **extensions}}
    return RequestError([error], status=status, headers=headers, in_document=in_document)


def too_complex(limit: str, value: int, maximum: int, *, status: int = 400) -> RequestError:
    """A request error that names the limit, the value that was found (counting may stop there) and the maximum."""
    return refusal(
        f"This request has {limit} {value}, the maximum is {maximum}.",
        code=QueryTooComplex.code,
        status=status,
        limit=limit,
        value=value,
        maximum=maximum,
    )


def refused_by(error: AtsError) -> RequestError:
    """The request error for what the gateway raised before execution, such as a missing token."""
    status = _STATUS_BY_CODE.get(error.code, 400)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004 - RFC 9110 11.6.1
    if error.retry_after is not None:
        headers["Retry-After"] = str(ceil(error.retry_after))
    shaped = {"message": _cut(error.message), "extensions": error.extensions}
    return RequestError([shaped], status=status, headers=headers)


def request_error(error: Exception) -> RequestError:
    """What any exception is to the client when it ends a request: nothing unknown leaves the gateway."""
    if isinstance(error, RequestError):
        return error
    if isinstance(error, AtsError):
        return refused_by(error)
    hidden = masked(error)
    return RequestError([hidden], status=_STATUS_BY_CODE[hidden["extensions"]["code"]])


def in_document(errors: Iterable[GraphQLError], code: str) -> RequestError:
    """The request error for a document or variables that are not valid."""
    return RequestError(capped(_shape(error, _clean(error), {"code": code}) for error in errors), in_document=True)


def execution_errors(errors: Iterable[GraphQLError]) -> list[ShapedError]:
    """The errors of an executed operation: what is known is passed on with its code, all else is masked and logged.

    Each is at a path of its own, and the engine has capped their number.
    """
    return [_execution_error(error) for error in errors]


def masked(error: BaseException, path: Sequence[str | int] | None = None) -> ShapedError:
    """An error that says nothing but the id under which the log tells where it came from.

    The log gets types and places, never the exception's text or values: those may hold personal data. Only that the
    gateway's own database cannot be used is said.
    """
    request_id = structlog.contextvars.get_contextvars().get("request_id") or uuid4().hex
    _log.error(
        "internal_error",
        request_id=request_id,
        error=f"{type(error).__module__}.{type(error).__qualname__}",
        path=".".join(map(str, path or ())),
        frames=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)],
    )
    if isinstance(error, StorageUnavailable):
        return {"message": error.MESSAGE, "extensions": {**error.EXTENSIONS, "requestId": request_id}}
    extensions = {"code": "INTERNAL_SERVER_ERROR", "retryable": False, "requestId": request_id}
    return {"message": "Something went wrong inside the gateway.", "extensions": extensions}


def capped(errors: Iterable[ShapedError]) -> list[ShapedError]:
    """The errors without repetition; beyond the cap, the last one says how many were left out."""
    merged: dict[str, ShapedError] = {}
    for error in errors:
        key = repr((error["message"], error.get("path"), error["extensions"]))
        known = merged.setdefault(key, error)
        if known is not error and "locations" in error:
            known["locations"] = (known["locations"] + error["locations"])[:MAX_ERRORS]
    shaped = list(merged.values())
    if len(shaped) <= MAX_ERRORS:
        return shaped
    rest = len(shaped) - MAX_ERRORS + 1
    more = {"message": f"{rest} more errors are not shown.", "extensions": dict(shaped[-1]["extensions"])}
    return [*shaped[: MAX_ERRORS - 1], more]


def _execution_error(error: GraphQLError) -> ShapedError:
    cause = error.original_error
    if isinstance(cause, AtsError):
        return _shape(error, _cut(cause.message), cause.extensions)
    if isinstance(cause, StrawberryInputCoercionError) or (cause is None and _BAD_ARGUMENT.match(error.message)):
        return _shape(error, _clean(error), {"code": "BAD_USER_INPUT"})
    hidden = masked(cause or error, error.path)
    return _shape(error, hidden["message"], hidden["extensions"])


def _shape(error: GraphQLError, message: str, extensions: Mapping[str, Any]) -> ShapedError:
    shaped: ShapedError = {"message": message}
    if error.locations:
        shaped["locations"] = [{"line": place.line, "column": place.column} for place in error.locations[:MAX_ERRORS]]
    if error.path is not None:
        shaped["path"] = list(error.path)
    shaped["extensions"] = dict(extensions)
    return shaped


def _clean(error: GraphQLError) -> str:
    message = error.message
    if error.original_error is not None and not isinstance(error.original_error, (GraphQLError, AtsError)):
        message = _FOREIGN_TEXT.sub("; found", message)
    return _cut(_SUGGESTION.sub("", message))


def _cut(message: str) -> str:
    return message if len(message) <= MAX_CHARACTERS else message[: MAX_CHARACTERS - 1] + "…"
