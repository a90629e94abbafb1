"""What the headers of a request say, or the same names in the payload of a WebSocket's `connection_init`."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from starlette.requests import HTTPConnection

from resolvers.callers import Caller
from resolvers.errors import IntegrationNotFound
from resolvers.ports.integration import IntegrationName

ACCOUNT = "X-Integration-Id"

Params = Mapping[str, Any] | None
"""The payload of `connection_init`; null where there is none."""


def header_of(connection: HTTPConnection, params: Params, name: str) -> str | None:
    """The value of a header; browsers cannot set headers of a WebSocket, so there the payload may hold it."""
    wanted = _as_received(name)
    for given, value in connection.scope["headers"]:
        if given == wanted:
            return str(value, "latin-1")
    return _param(params, name.lower()) if params else None


@lru_cache(maxsize=64)
def _as_received(name: str) -> bytes:
    """The name of a header as the server passes it on."""
    return name.lower().encode()


def is_named(connection: HTTPConnection, params: Params) -> bool:
    """Whether the request names an account, whichever."""
    return header_of(connection, params, ACCOUNT) is not None


def integration_of(
    connection: HTTPConnection, params: Params, caller: Caller, names: Collection[IntegrationName]
) -> IntegrationName:
    """The account that the request names; where there is only one, it need not be named.

    Args:
        connection: The request.
        params: The payload of a WebSocket's `connection_init`, or null.
        caller: Who asks.
        names: The connected accounts, such as `crelate:default`.

    Raises:
        IntegrationNotFound: it names none, or one that there is not; one that is not the caller's looks the same.
    """
    named = header_of(connection, params, ACCOUNT)
    if named is None and len(names) == 1:
        named = next(iter(names))
    if named is None or named not in names or not caller.may_ask(named):
        raise IntegrationNotFound
    return IntegrationName(named)


def _param(params: Mapping[str, Any], name: str) -> str | None:
    values = (value for key, value in params.items() if key.lower() == name and isinstance(value, str))
    return next(values, None)
