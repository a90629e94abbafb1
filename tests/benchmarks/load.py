"""Load, and what it costs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

import aiohttp
import orjson

from tests.benchmarks.questions import Keys, Question
from tests.benchmarks.servers import Server
from tests.benchmarks.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one request.

    Attributes:
        cpu_ms: CPU of all processes of the server, in milliseconds.
        p50_ms: Half of the answers took no longer.
        p99_ms: 99 of 100 answers took no longer.
        calls: Requests to the ATS.
        rss_mb: Memory of all processes of the server when the last answer was out.
    """

    cpu_ms: float
    p50_ms: float
    p99_ms: float
    calls: float
    rss_mb: float

    @classmethod
    def middle(cls, rounds: list[Cost]) -> Cost:
        """The medians of several rounds."""
        return cls(*(median(getattr(each, name) for each in rounds) for name in cls.__slots__))


async def cost_of(server: Server, upstream: Upstream, question: Question) -> Cost:
    """Ask a question in one round."""
    numbers = iter(range(question.times))
    await asyncio.to_thread(upstream.reset)
    before = server.cpu_seconds
    async with aiohttp.ClientSession(headers=server.headers) as http:
        clients = [_client(http, server, question, upstream.keys, numbers) for _ in range(question.clients)]
        seconds = [each for taken in await asyncio.gather(*clients) for each in taken]
    cpu = (server.cpu_seconds - before) / question.times
    calls = await asyncio.to_thread(lambda: upstream.requests) / question.times
    p99 = quantiles(seconds, n=100, method="inclusive")[-1]
    return Cost(cpu * 1000, median(seconds) * 1000, p99 * 1000, calls, server.rss_bytes / 1e6)


async def answer_to(server: Server, document: str, variables: dict[str, Any]) -> Any:
    """The data of one answer.

    Raises:
        AssertionError: it has errors.
    """
    async with aiohttp.ClientSession(headers=server.headers) as http:
        return await _ask(http, server, document, variables)


async def _client(
    http: aiohttp.ClientSession, server: Server, question: Question, keys: Keys, numbers: Iterator[int]
) -> list[float]:
    """Ask one after the other; the seconds each answer took."""
    taken = []
    for number in numbers:
        began = time.perf_counter()
        await _ask(http, server, question.document, question.variables(keys, number))
        taken.append(time.perf_counter() - began)
    return taken


async def _ask(http: aiohttp.ClientSession, server: Server, document: str, variables: dict[str, Any]) -> Any:
    content = orjson.dumps({"query": document, "variables": variables})
    async with http.post(server.address, data=content, headers={"Content-Type": "application/json"}) as response:
        answer = orjson.loads(await response.read())
    assert not answer.get("errors"), answer["errors"]
    return answer["data"]
