"""`python -m tests.trips`: the functions and files of ours that one nested read passes, and where they are.

What is counted: code objects below `gateway`, `resolvers` and `schema` that are entered while the third answer is
made, lambdas and comprehensions aside; the simulator and tests are not ours in this sense. The first answer compiles
the plan and tries the filters, and the second holds the rows, so they are left out.
"""

import asyncio
import logging
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import structlog

from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, gateway_over
from tests.end_to_end.test_nested import NESTED

ROOT = Path(__file__).parents[2]
OURS = tuple(f"{ROOT / folder}/" for folder in ("gateway", "resolvers", "schema"))
NOT_OURS = f"{ROOT / 'gateway' / 'simulator'}/"


@contextmanager
def entered() -> Iterator[set[CodeType]]:
    """The code that is entered inside the block, whoever wrote it."""
    found: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            found.add(frame.f_code)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def ours(found: set[CodeType]) -> list[CodeType]:
    """The functions among them that stand in this repository."""
    return [
        code
        for code in found
        if code.co_filename.startswith(OURS) and not code.co_filename.startswith(NOT_OURS) and code.co_name[0] != "<"
    ]


async def nested_read() -> list[CodeType]:
    """What the nested read passes, from HTTP in to HTTP out and back."""
    async with gateway_over(create_simulator(SimulatorConfig(api_keys=(KEY,)))) as world:
        await world.prepare()
        for _ in range(2):
            await world.data(NESTED)
        with entered() as found:
            await world.data(NESTED)
        return ours(found)


def main() -> None:
    """Count and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    found = asyncio.run(nested_read())
    files = Counter(str(Path(code.co_filename).relative_to(ROOT)) for code in found)
    rooms = Counter(str(Path(file).parent) for file, number in files.items() for _ in range(number))
    print(f"{len(found)} functions in {len(files)} files")  # noqa: T201  what this is for
    for table in (rooms, files) if "--files" in sys.argv else (rooms,):
        for name, number in table.most_common():
            print(f"{number:5} {name}")  # noqa: T201  likewise


if __name__ == "__main__":
    main()
