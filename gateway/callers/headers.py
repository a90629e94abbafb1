"""Headers of a request, or the same names in the payload of a WebSocket's `connection_init`."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection

Params = Mapping[str, Any] | None
"""The payload of `connection_init`; null where there is none."""


def header_of(connection: HTTPConnection, params: Params, name: str) -> str | None:
    """The value of a header; browsers cannot set headers of a WebSocket, so there the payload may hold it."""
    value = connection.headers.get(name)
    return value if value is not None else _param(params or {}, name.lower())


def _param(params: Mapping[str, Any], name: str) -> str | None:
    values = (value for key, value in params.items() if key.lower() == name and isinstance(value, str))
    return next(values, None)
