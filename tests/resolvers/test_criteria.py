"""Lists that are held whole."""

from collections.abc import Sequence

import pytest

from resolvers.criteria import Positions
from tests.resolvers.memory_source import MemorySource


@pytest.mark.parametrize(("start", "end"), [(0, 2), (1, 3), (2, 100), (3, 3), (100, 101)])
def test_positions_are_those_of_the_records_on_the_page(source: MemorySource, start: int, end: int) -> None:
    """However they are looked at."""
    records = source.records["Job"]
    listed = [f"{number}:{record.key}" for number, record in enumerate(records)][start:end]
    positions: Sequence[str] = Positions(records, start, end)
    assert (list(positions), len(positions), positions[:1]) == (listed, len(listed), listed[:1])
    assert not listed or (positions[0], positions[-1]) == (listed[0], listed[-1])
