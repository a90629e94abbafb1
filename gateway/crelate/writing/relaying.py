"""A caller's own request to Crelate (model 7)."""

from __future__ import annotations

import re
from typing import Any

import orjson

from gateway.crelate.client import Client
from gateway.crelate.protocol import GUID, Request
from resolvers.ports.writing import Relay, Relayed

CREDENTIAL_NAMES = frozenset({"api_key", "apikey", "api-key", "x-api-key"})
"""How Crelate takes its key, in a header or a parameter (crelate-api 1)."""

LONGEST_CORRELATION_ID = 100
_WORD = re.compile(r"[A-Za-z_]{1,40}")


async def relay(client: Client, given: Relay, limit: int) -> Relayed:
    """Send a request and hand over the answer, its `Metadata.Url` replaced by the address without a key.

    Raises:
        AtsError: no answer came, or one of more than `limit` bytes.
    """
    request = _request(given)
    reply = await client.relay(request, limit)
    url, data = client.address(request), _decoded(reply.body)
    metadata = data.get("Metadata") if isinstance(data, dict) else None
    metadata = metadata if isinstance(metadata, dict) else {}
    if "Url" in metadata:
        metadata["Url"] = url
    correlation_id = str(metadata.get("CorrelationId") or "")[:LONGEST_CORRELATION_ID] or None
    return Relayed(url, reply.status_code, reply.headers, reply.body, data, correlation_id)


def _request(given: Relay) -> Request:
    path, ids = template(given.path)
    return Request(
        method=given.method,
        template=path,
        ids=ids,
        params=given.params,
        headers=given.headers,
        json=given.json,
        content=given.content,
        files=given.form,
        idempotent=given.method == "GET",
    )


def template(path: str) -> tuple[str, dict[str, str]]:
    """A path with placeholders for everything but plain words, and their values: logs hold no values."""
    ids: dict[str, str] = {}
    parts = []
    for part in path.strip("/").split("/"):
        if part and not _WORD.fullmatch(part):
            name = "id" if GUID.fullmatch(part) else "value"
            place = name if name not in ids else f"{name}_{len(ids)}"
            ids[place] = part
            parts.append(f"{{{place}}}")
        else:
            parts.append(part)
    return "/" + "/".join(parts), ids


def _decoded(body: bytes) -> Any:
    """JSON, or text where it is none; null for an empty body."""
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return body.decode(errors="replace")
