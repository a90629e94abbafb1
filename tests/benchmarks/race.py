"""The gateway beside what one would write by hand, in the same run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from gateway.simulator import Size
from tests.benchmarks.load import Cost, answer_to, cost_of
from tests.benchmarks.questions import QUESTIONS
from tests.benchmarks.servers import LIVE, Server, gateway, reference
from tests.benchmarks.upstream import Upstream, upstream

SIZE = Size(jobs=120, contacts=3000, activities=1500, contacts_per_job=50)
REFERENCE = "by hand"
ROUNDS = 3
SYNC = "mutation { sync(input: { mode: FULL }) { mode } }"
RUNNING = "{ syncStatus { running models { lastError } } }"

Costs = dict[str, dict[str, Cost]]
"""Server -> question -> what it costs."""


@contextmanager
def racing(folder: Path, upstream: Upstream) -> Iterator[dict[str, Server]]:
    """The servers by name."""
    made: Mapping[str, Callable[[Path], Any]] = {
        REFERENCE: lambda place: reference(place, upstream),
        "live": lambda place: gateway(place, upstream, LIVE),
        "live, with a database": lambda place: gateway(
            place, upstream, LIVE, DATABASE_URL=f"sqlite:///{place}/live.sqlite"
        ),
        "from copies": lambda place: gateway(
            place, upstream, {}, DATABASE_URL=f"sqlite:///{place}/copies.sqlite", MAX_AGE="86400"
        ),
    }
    with ExitStack() as stack:
        yield {name: stack.enter_context(make(folder)) for name, make in made.items()}


async def race(folder: Path, rounds: int = ROUNDS) -> tuple[Costs, dict[str, float]]:
    """What each question costs on each server, and the seconds each took to its first answer."""
    with upstream(SIZE) as crelate, racing(folder, crelate) as servers:
        await sync(servers["from copies"])
        await check(servers, crelate)
        costs: dict[str, dict[str, list[Cost]]] = {name: {} for name in servers}
        for _ in range(rounds + 1):  # the first one is the warm-up
            for question in QUESTIONS:
                for name, server in servers.items():
                    costs[name].setdefault(question.name, []).append(await cost_of(server, crelate, question))
        middle = {
            name: {question: Cost.middle(each[1:]) for question, each in found.items()} for name, found in costs.items()
        }
        return middle, {name: server.cold_seconds for name, server in servers.items()}


async def sync(server: Server) -> None:
    """Have a gateway read everything, and wait until it has.

    Raises:
        AssertionError: it could not.
    """
    await answer_to(server, SYNC, {})
    while (status := (await answer_to(server, RUNNING, {}))["syncStatus"])["running"]:  # noqa: ASYNC110  it runs in another process
        await asyncio.sleep(0.1)
    assert not any(model["lastError"] for model in status["models"])


async def check(servers: Mapping[str, Server], crelate: Upstream) -> None:
    """Make sure that all give the same answers.

    Raises:
        AssertionError: they do not.
    """
    for question in QUESTIONS:
        ask = partial(answer_to, document=question.document, variables=question.variables(crelate.keys, 3))
        answers = {name: plain(await ask(server)) for name, server in servers.items()}
        for name, answer in answers.items():
            assert answer == answers[REFERENCE], f"{name} answers {question.name} in another way"


def plain(value: Any) -> Any:
    """An answer in which equal instants are equal, whatever their spelling, and lists, whatever their order.

    An object that holds nothing is null.
    """
    if isinstance(value, dict):
        inside = {name: plain(each) for name, each in value.items()}
        return inside if any(each is not None for each in inside.values()) else None
    if isinstance(value, list):
        return sorted(map(plain, value), key=orjson.dumps)
    try:
        return datetime.fromisoformat(value).timestamp() if isinstance(value, str) and value[4:5] == "-" else value
    except ValueError:
        return value
