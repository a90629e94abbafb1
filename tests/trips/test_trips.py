"""How far one question travels."""

from tests.trips.__main__ import nested_read

FUNCTIONS, FILES = 243, 66
"""Ceilings: what was counted last, tracing included, since other tests of the process may take spans, and watching for
the client, which only a slow answer takes. Lower them when there are fewer."""


async def test_the_nested_read_passes_no_more_functions_than_it_did() -> None:
    """Nor more files."""
    found = await nested_read()
    assert len(found) <= FUNCTIONS
    assert len({code.co_filename for code in found}) <= FILES
