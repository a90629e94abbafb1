"""Content codings: large answers are compressed when the client says how."""

import gzip
from collections.abc import Callable, Mapping

import httpx
import orjson
import pytest
import zstandard

LONG = {"query": "{ long }"}
UNPACK: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "zstd": zstandard.ZstdDecompressor().decompress}


async def raw(client: httpx.AsyncClient, body: Mapping[str, str], accept_encoding: str) -> tuple[httpx.Headers, bytes]:
    """Headers and body as they were sent."""
    headers = {"Accept-Encoding": accept_encoding}
    async with client.stream("POST", "/graphql", json=body, headers=headers) as answer:
        return answer.headers, b"".join([chunk async for chunk in answer.aiter_raw()])


@pytest.mark.parametrize("characters", [100_000, 500_000])
@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [("gzip, deflate", "gzip"), ("gzip, deflate, br, zstd", "zstd"), ("zstd;q=0, gzip", "gzip")],
)
async def test_a_large_answer_is_compressed(
    client: httpx.AsyncClient, accept_encoding: str, coding: str, characters: int
) -> None:
    """In a coding the client names; the answer is the same."""
    headers, body = await raw(client, {"query": f"{{ long(characters: {characters}) }}"}, accept_encoding)
    assert (headers["content-encoding"], int(headers["content-length"])) == (coding, len(body))
    assert len(orjson.loads(UNPACK[coding](body))["data"]["long"]) == characters


@pytest.mark.parametrize("accept_encoding", ["", "identity", "br", "gzip;q=0"])
async def test_without_a_common_coding_the_answer_is_plain(client: httpx.AsyncClient, accept_encoding: str) -> None:
    """Nothing the client did not name is used."""
    headers, body = await raw(client, LONG, accept_encoding)
    assert "content-encoding" not in headers
    assert len(orjson.loads(body)["data"]["long"]) == 100_000


async def test_a_small_answer_is_plain(client: httpx.AsyncClient) -> None:
    """Compressing what fits into a packet is a waste."""
    headers, _ = await raw(client, {"query": "{ hello }"}, "gzip")
    assert "content-encoding" not in headers
