"""How cost grows: with applications per job, accounts, clients, and candidates that are synced."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.simulator import Size
from tests.benchmarks.load import cost_of
from tests.benchmarks.questions import BY_NAME, NESTED, Question
from tests.benchmarks.race import sync
from tests.benchmarks.servers import LIVE, Server, gateway
from tests.benchmarks.upstream import Upstream, api_keys, upstream

SMALL = Size(jobs=24, contacts=1200, activities=200)


@dataclass(frozen=True, slots=True)
class Curve:
    """A quantity over another one.

    Attributes:
        title: What it shows.
        over: What grows.
        unit: Of the values.
        points: Both, in order.
    """

    title: str
    over: str
    unit: str
    points: list[tuple[int, float]]


async def curves(folder: Path) -> AsyncIterator[Curve]:
    """All of them, each as soon as it is measured."""
    yield await applications(folder)
    yield await accounts(folder)
    yield await clients(folder)
    for curve in await candidates(folder):
        yield curve


async def applications(folder: Path) -> Curve:
    """Five jobs with 10, 100 and 1000 applications each, all of them asked for by page of 100."""
    points = []
    for each in (10, 100, 1000):
        size = replace(SMALL, contacts_per_job=each)
        with _served(folder / f"applications-{each}", size) as (server, crelate):
            question = Question("pages", NESTED, lambda keys, _: {"first": 5, "ids": list(keys.jobs[1:6])}, 1, 10)
            await cost_of(server, crelate, question)
            points.append((each, (await cost_of(server, crelate, question)).cpu_ms))
    return Curve("five jobs and their first 100 applications", "applications per job", "CPU ms per request", points)


async def accounts(folder: Path) -> Curve:
    """The same load on one account out of 1, 5 and 20."""
    points = []
    for each in (1, 5, 20):
        with _served(folder / f"accounts-{each}", SMALL, accounts=each) as (server, crelate):
            await cost_of(server, crelate, BY_NAME["page"])
            points.append((each, (await cost_of(server, crelate, BY_NAME["page"])).cpu_ms))
    return Curve("page, with so many accounts connected", "accounts", "CPU ms per request", points)


async def clients(folder: Path) -> Curve:
    """1 to 16 connections that ask at the same time."""
    points = []
    with _served(folder / "clients", SMALL) as (server, crelate):
        for each in (1, 2, 4, 8, 16):
            question = replace(BY_NAME["page"], clients=each)
            await cost_of(server, crelate, question)
            points.append((each, (await cost_of(server, crelate, question)).cpu_ms))
    return Curve("page, asked by so many clients at once", "clients", "CPU ms per request", points)


async def candidates(folder: Path, numbers: tuple[int, ...] = (1_000, 10_000, 100_000)) -> list[Curve]:
    """A full sync of so many candidates, and then one of them read from its copy."""
    taken, read = [], []
    for each in numbers:
        size = Size(jobs=24, contacts=each, activities=200, contacts_per_job=10)
        place = folder / f"candidates-{each}"
        database = f"sqlite:///{place}/copies.sqlite"
        with _served(place, size, headers={}, DATABASE_URL=database, MAX_AGE="86400") as (server, crelate):
            began = time.perf_counter()
            await sync(server)
            taken.append((each, time.perf_counter() - began))
            await cost_of(server, crelate, BY_NAME["one"])
            read.append((each, (await cost_of(server, crelate, BY_NAME["one"])).cpu_ms))
    return [
        Curve("full sync", "candidates", "seconds", taken),
        Curve("one candidate from its copy", "candidates synced", "CPU ms per request", read),
    ]


@contextmanager
def _served(
    folder: Path, size: Size, *, accounts: int = 1, headers: dict[str, str] | None = None, **given: str
) -> Iterator[tuple[Server, Upstream]]:
    """A gateway over a Crelate of this size, asked about its first account."""
    folder.mkdir()
    with upstream(size, accounts) as crelate:
        named = {"X-Integration-Id": "crelate:a0"} if accounts > 1 else {}
        if accounts > 1:
            given |= {"CONFIG": str(_settings_file(folder, crelate, accounts)), "CRELATE_API_KEY": ""}
        with gateway(folder, crelate, (LIVE if headers is None else headers) | named, **given) as server:
            yield server, crelate


def _settings_file(folder: Path, crelate: Upstream, accounts: int) -> Path:
    """Several accounts of one Crelate."""
    table = """
        [integrations.a{number}]
        crelate_api_key = "{key}"
        crelate_base_url = "{address}/api3"
        crelate_requests_per_minute = 10000000
        crelate_concurrency = 64
    """
    path = folder / "ats-gateway.toml"
    tables = (
        table.format(number=number, key=key, address=crelate.address) for number, key in enumerate(api_keys(accounts))
    )
    path.write_text("".join(tables), encoding="utf-8")
    return path
