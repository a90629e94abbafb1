"""`make bench`: what the gateway costs beside what one would write by hand, and how that grows.

Ratios transfer from one machine to the next; milliseconds do not.
"""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.benchmarks.growth import Curve, curves
from tests.benchmarks.race import race
from tests.benchmarks.report import cold_rows, growth_rows, on_a_terminal, race_rows, write


async def main(asked: Namespace, console: Console) -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder:
        costs, cold = await race(Path(folder))
        tables = [race_rows(costs), cold_rows(cold)]
        grown: list[Curve] = [curve async for curve in curves(Path(folder))] if asked.growth else []
        tables += [growth_rows(grown)] if grown else []
    for rows in tables:
        console.print(on_a_terminal(rows))
    if asked.write:
        write(Path(__file__).parent, tables, costs, grown)


if __name__ == "__main__":
    parser = ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--growth", action="store_true", help="measure how cost grows, too (some ten minutes more)")
    parser.add_argument("--write", action="store_true", help="put the results into the README beside this")
    asyncio.run(main(parser.parse_args(), Console()))
