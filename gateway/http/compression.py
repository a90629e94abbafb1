"""Content codings for large answers."""

from __future__ import annotations

import asyncio
import gzip
from functools import lru_cache

import zstandard

from gateway.http.negotiation import accepted_coding

_WORTH_IT = 1_500
"""Bytes below which an answer fits into one packet anyway."""

_LONG = 256_000
"""Bytes beyond which compressing moves to a thread, so that the event loop is not held up."""


async def compress(body: bytes, accept_encoding: str) -> tuple[bytes, str | None]:
    """The body as the client may have it, and the name of its content coding when it has one."""
    coding = _choose(accept_encoding) if accept_encoding and len(body) > _WORTH_IT else None
    if coding is None:
        return body, None
    if len(body) > _LONG:
        return await asyncio.to_thread(_CODINGS[coding], body), coding
    return _CODINGS[coding](body), coding


@lru_cache(maxsize=128)
def _choose(accept_encoding: str) -> str | None:
    return next((coding for coding in _CODINGS if accepted_coding(accept_encoding, coding)), None)


def _zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3).compress(body)


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=4, mtime=0)


_CODINGS = {"zstd": _zstd, "gzip": _gzip}
"""What we can, the quickest first."""
