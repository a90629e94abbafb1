"""Reading a GraphQL request: from a body, from a query string, from a message of a WebSocket."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive, Scope

from gateway.http.deadline import ClientGoneError, Patience
from gateway.http.errors import refusal, too_complex
from gateway.http.limits import Limits

_PARAMETERS: Mapping[str, tuple[type, str]] = {
    "query": (str, "a string"),
    "operationName": (str, "a string"),
    "variables": (dict, "an object"),
    "extensions": (dict, "an object"),
    "documentId": (str, "a string"),
}
"""Name -> type of its value, and how a client calls it."""


@dataclass(slots=True)
class GraphQLRequest:
    """The parameters of a request; at least one of `query`, `document_id` and a hash in `extensions` is there."""

    query: str | None = None
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)
    document_id: str | None = None


def read_headers(scope: Scope) -> dict[bytes, bytes]:
    """The headers by lower-case name; repeated ones are joined by a comma (RFC 9110 5.3)."""
    raw = scope["headers"]
    headers: dict[bytes, bytes] = dict(raw)
    if len(headers) != len(raw):
        headers = {}
        for name, value in raw:
            headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


async def read_body(headers: dict[bytes, bytes], receive: Receive, limits: Limits) -> object:
    """The JSON value in a body: `application/json` in UTF-8, within the limits of size and time.

    Raises:
        RequestError: it is something else, too large or too slow.
        ClientGoneError: the client hung up.
    """
    if not _is_json(headers.get(b"content-type", b"").decode("latin-1")):
        message = "A request body has the Content-Type application/json, in UTF-8."
        raise refusal(message, status=415, headers={"Accept-Post": "application/json"})
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise refusal("The request body must not be compressed.", status=415)
    return _decoded(await _receive_in_time(headers, receive, limits), limits)


def read_get(query_string: bytes, limits: Limits) -> GraphQLRequest:
    """The request in the query string of a GET: `variables` and `extensions` are JSON."""
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise refusal("The query string is not readable as UTF-8.") from None
    parameters: dict[str, Any] = {name: value for name, value in pairs if name in _PARAMETERS}
    for name in ("variables", "extensions"):
        if text := parameters.pop(name, None):
            parameters[name] = load_json(text, f"The parameter '{name}'")
    return read_parameters(parameters, limits)


def read_parameters(payload: object, limits: Limits) -> GraphQLRequest:
    """The request in a decoded JSON value: each parameter has its type or is refused by name."""
    if isinstance(payload, list):
        raise refusal("Batching is not supported: send one operation per request.")
    if not isinstance(payload, dict):
        raise refusal("A GraphQL request is a JSON object.")
    for name, value in payload.items():
        if value is not None and name in _PARAMETERS and not isinstance(value, _PARAMETERS[name][0]):
            raise refusal(f"The parameter '{name}' must be {_PARAMETERS[name][1]}.", argument=name)
    request = GraphQLRequest(
        query=payload.get("query"),
        operation_name=payload.get("operationName") or None,
        variables=payload.get("variables") or {},
        extensions=payload.get("extensions") or {},
        document_id=payload.get("documentId"),
    )
    if not request.query and not request.document_id and "persistedQuery" not in request.extensions:
        raise refusal("The parameter 'query' is missing.")
    if request.variables:
        _check_variables(request.variables, limits)
    return request


def load_json(text: bytes | str, what: str) -> object:
    """A decoded JSON text, refused when it is not strict JSON: no NaN, no lone surrogates, nothing endless."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        if place := _lone_surrogate(text):
            message = f"The text at {place} holds half of a surrogate pair, which is no character."
            raise refusal(message, argument=place) from None
        raise refusal(f"{what} is not valid JSON in UTF-8.") from None


def _lone_surrogate(text: bytes | str) -> str | None:
    """Where in a JSON text half of a surrogate pair stands, such as `variables.input.name`; null for nowhere."""
    try:
        said = text.decode() if isinstance(text, bytes) else text
        return _place(json.loads(said)) if _SURROGATE.search(said) else None
    except (ValueError, RecursionError):
        return None


def _place(value: object) -> str | None:
    """The path of the first text that holds half of a surrogate pair; one that is blank is the value itself."""
    if isinstance(value, str):
        return "" if _HALF.search(value) else None
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        if (rest := _place(item)) is not None:
            return f"{name}.{rest}".rstrip(".")
    return None


_SURROGATE, _HALF = re.compile(r"\\u[dD][89a-fA-F]"), re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=64)
def _is_json(content_type: str) -> bool:
    media_type, *parameters = (part.strip() for part in content_type.lower().split(";"))
    charsets = [text[8:].strip('"') for text in parameters if text.startswith("charset=")]
    return media_type == "application/json" and all(charset in {"utf-8", "utf8"} for charset in charsets)


async def _receive_in_time(headers: dict[bytes, bytes], receive: Receive, limits: Limits) -> bytes:
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced[:12]) > limits.body_bytes:
        raise too_complex("body_bytes", int(announced[:12]), limits.body_bytes, status=413)
    try:
        with Patience(asyncio.get_running_loop().time() + limits.body_seconds) as patience:
            return await _receive_body(receive, limits, patience)
    except TimeoutError:
        message = f"The request body did not arrive within {limits.body_seconds:g} seconds, or too slowly."
        raise refusal(message, status=408, headers={"Connection": "close"}) from None


async def _receive_body(receive: Receive, limits: Limits, patience: Patience) -> bytes:
    """The body; each part that has come extends the time the rest may take."""
    body = bytearray()
    end = patience.until or 0.0
    while True:
        message: MutableMapping[str, Any] = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunk = message.get("body", b"")
        if len(body) + len(chunk) > limits.body_bytes:
            size = len(body) + len(chunk)
            raise too_complex("body_bytes", size, limits.body_bytes, status=413)
        if not message.get("more_body", False):
            return bytes(body + chunk) if body else chunk
        body += chunk
        patience.until = end + len(body) / limits.body_rate


def _decoded(body: bytes | str, limits: Limits) -> object:
    """The value in a JSON text; a large one is looked at before."""
    if len(body) > limits.body_values:
        _check_structure(body, limits)
    return load_json(body, "The request")


def _check_structure(body: bytes | str, limits: Limits) -> None:
    """Refuse a large body that is not mostly long texts, such as files: decoding it would hold up everybody."""
    text = body.encode() if isinstance(body, str) else body
    count = sum(map(text.count, (b",", b"[", b"{")))
    if count > limits.body_values:
        raise too_complex("body_values", count, limits.body_values, status=413)


def _check_variables(variables: dict[str, Any], limits: Limits) -> None:
    """Refuse variables that are too many or too deep; stops counting at the first value over a limit."""
    count = 0
    pending: list[tuple[Any, int]] = [(variables, 0)]
    while pending:
        value, depth = pending.pop()
        nested = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        count += len(nested)
        if count > limits.variable_values:
            raise too_complex("variable_values", count, limits.variable_values)
        if depth > limits.variable_depth:
            raise too_complex("variable_depth", depth, limits.variable_depth)
        pending += [(item, depth + 1) for item in nested if isinstance(item, (dict, list))]
