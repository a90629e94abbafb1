"""`make bench`: CPU time of the nested question, as ratios of medians taken in turns in this very process.

Ratios transfer from one machine to the next; milliseconds do not.
"""

import asyncio
import gc
from collections.abc import Mapping
from statistics import median
from time import process_time

from rich.console import Console
from rich.table import Table

from tests.benchmarks.nested import Work, works

ROUNDS = 5
TIMES = 5
"""How often a piece of work is done in its turn: whatever comes after another kind of work finds the caches cold."""


async def measure(todo: Mapping[str, Work]) -> dict[str, float]:
    """The median CPU seconds of each piece of work; one of each in turn, so that all have the same weather."""
    taken: dict[str, list[float]] = {name: [] for name in todo}
    for _ in range(ROUNDS):
        for name, work in todo.items():
            gc.collect()
            for _ in range(TIMES):
                start = process_time()
                await work()
                taken[name].append(process_time() - start)
    return {name: median(each) for name, each in taken.items()}


def ratios(cpu: Mapping[str, float]) -> dict[str, float]:
    """What is worth knowing."""
    upstream, by_level, walked = cpu["upstream"], cpu["by level"], cpu["graphql-core"]
    return {
        "by level / upstream calls alone": by_level / upstream,
        "graphql-core / upstream calls alone": walked / upstream,
        "graphql-core / by level": walked / by_level,
        "graphql-core / by level, upstream calls taken off": (walked - upstream) / (by_level - upstream),
        "graphql-core / by level, everything in memory": cpu["graphql-core, in memory"] / cpu["by level, in memory"],
    }


async def main() -> None:
    """Measure and print."""
    async with works() as todo:
        for work in todo.values():
            await work()
        cpu = await measure(todo)
    table = Table("nested question, CPU", "ratio")
    for name, ratio in ratios(cpu).items():
        table.add_row(name, f"{ratio:.2f}")
    Console().print(table)


asyncio.run(main())
