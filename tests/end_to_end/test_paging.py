"""Walking live lists."""

import pytest

from tests.end_to_end.conftest import World


@pytest.mark.parametrize("field", ["jobs", "candidates", "applications", "interviews", "users", "applicationStages"])
async def test_live_pages_meet_every_record_once(world: World, field: str) -> None:
    """Walking a live list page by page repeats nothing and misses nothing."""
    document = f"""query ($after: String) {{
        {field}(first: 37, after: $after) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    seen: list[str] = []
    after = None
    while True:
        page = (await world.data(document, after=after))[field]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) > 0
