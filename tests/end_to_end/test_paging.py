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


LISTS = [
    *("jobs", "candidates", "applications", "interviews", "users", "applicationStages", "roles", "userRoles"),
    *("jobHiringTeamMembers", "jobUserRoleAssignments", "interviewingTeamMembers"),
]


@pytest.mark.parametrize("field", LISTS)
async def test_a_page_without_records_tells_what_one_with_records_does(world: World, field: str) -> None:
    """How many there are, as far as that is known, and whether any follow."""
    about = "totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    none = (await world.data(f"{{ {field}(first: 0) {{ {about} }} }}"))[field]
    one = (await world.data(f"{{ {field}(first: 1) {{ {about} }} }}"))[field]
    info = {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert none == {"totalCount": one["totalCount"], "nodes": [], "pageInfo": info}
