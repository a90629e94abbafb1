"""Pages, cursors, filters and orders."""

from typing import Any

import pytest
from graphql import ExecutionResult

from tests.resolvers.conftest import Ask
from tests.resolvers.memory_source import MemorySource

PAGES = {
    "root": (
        "jobs",
        "{{ jobs({}) {{ nodes {{ remoteId }} pageInfo {{ endCursor hasNextPage hasPreviousPage }} }} }}",
        5,
    ),
    "relation": (
        "applications",
        """{{ job(id: "remote:j0") {{ applications({}) {{
            nodes {{ remoteId }} pageInfo {{ endCursor hasNextPage hasPreviousPage }} }} }} }}""",
        4,
    ),
}

REFUSED = {
    "first: -1": "first",
    "first: 251": "first",
    "last: 251": "last",
    "first: 1, last: 1": "first",
    'first: 1, before: "x"': "first",
    'last: 1, after: "x"': "last",
    'after: "x"': "after",
    'after: ""': "after",
    'before: "x"': "before",
    'filter: {ids: ["x"]}': "ids",
    'filter: {ids: ["remote:"]}': "ids",
    'filter: {jobIds: ["x"]}': "jobIds",
}


def _connection(result: ExecutionResult, name: str) -> dict[str, Any]:
    assert result.errors is None
    assert result.data is not None
    found: dict[str, Any] = result.data[name] if name in result.data else result.data["job"][name]
    return found


@pytest.mark.parametrize("place", PAGES)
async def test_pages_follow_each_other(ask: Ask, place: str) -> None:
    """Walking page by page meets every record once."""
    name, document, count = PAGES[place]
    seen, arguments = [], "first: 2"
    while arguments:
        page = _connection(await ask(document.format(arguments)), name)
        seen += [node["remoteId"] for node in page["nodes"]]
        info = page["pageInfo"]
        arguments = f'first: 2, after: "{info["endCursor"]}"' if info["hasNextPage"] else ""
        assert info["hasPreviousPage"] == (len(seen) > 2)
    assert len(seen) == len(set(seen)) == count


async def test_children_are_taken_from_the_end(ask: Ask) -> None:
    """`last` gives the end of a relation, in list order."""
    page = _connection(await ask(PAGES["relation"][1].format("last: 2")), "applications")
    assert [node["remoteId"] for node in page["nodes"]] == ["j0:c2", "j0:c3"]
    assert page["pageInfo"]["hasPreviousPage"]
    assert not page["pageInfo"]["hasNextPage"]


async def test_a_page_of_children_goes_on_where_its_record_now_is(ask: Ask, source: MemorySource) -> None:
    """A record that moves in front of the cursor is neither repeated nor a reason to skip another."""
    document = PAGES["relation"][1]
    cursor = _connection(await ask(document.format("first: 2")), "applications")["pageInfo"]["endCursor"]
    source.records["Application"].insert(0, source.records["Application"].pop(3))
    page = _connection(await ask(document.format(f'after: "{cursor}"')), "applications")
    assert [node["remoteId"] for node in page["nodes"]] == ["j0:c2"]


@pytest.mark.parametrize("arguments", REFUSED)
async def test_bad_arguments_are_refused_by_name(ask: Ask, arguments: str) -> None:
    """What cannot be answered is an error that names the argument, never an empty list."""
    result = await ask(f"{{ applications({arguments}) {{ totalCount }} }}")
    assert result.errors is not None
    (error,) = result.errors
    assert error.path == ["applications"]
    extensions = error.extensions or {}
    assert (extensions["code"], extensions["argument"]) == ("BAD_USER_INPUT", REFUSED[arguments])


async def test_a_cursor_belongs_to_its_list(ask: Ask) -> None:
    """A cursor of another filter, model or account is refused."""
    taken = await ask("{ jobs(first: 1) { pageInfo { endCursor } } }")
    assert taken.data is not None
    cursor = taken.data["jobs"]["pageInfo"]["endCursor"]
    for document, integration in (
        ('{ jobs(after: "%s", filter: {nameContains: "a"}) { totalCount } }', "crelate:default"),
        ('{ users(after: "%s") { totalCount } }', "crelate:default"),
        ('{ jobs(after: "%s") { totalCount } }', "crelate:other"),
    ):
        result = await ask(document % cursor, integration)
        assert result.errors is not None
        assert (result.errors[0].extensions or {})["argument"] == "after"


async def test_filter_and_order_apply_together(ask: Ask) -> None:
    """Conditions narrow the list, and the order sorts what is left."""
    result = await ask(
        """{ jobs(filter: {nameContains: "JOB", remoteIds: ["j1", "j3", "J4"]}, orderBy: {field: NAME, direction: DESC})
             { totalCount nodes { name } } }"""
    )
    page = _connection(result, "jobs")
    assert page == {"totalCount": 3, "nodes": [{"name": "Job 4"}, {"name": "Job 3"}, {"name": "Job 1"}]}


async def test_children_are_filtered_and_counted(ask: Ask) -> None:
    """A filter on a relation narrows its count too."""
    result = await ask(
        """{ job(id: "remote:j0") { applications(filter: {currentStageIds: ["remote:s1"]}) { totalCount } } }"""
    )
    assert _connection(result, "applications") == {"totalCount": 2}


async def test_what_needs_a_sync_is_refused_by_name(ask: Ask) -> None:
    """A condition the source cannot apply is an error naming it, never ignored."""
    result = await ask('{ candidates(filter: {jobIds: ["remote:j1"]}) { totalCount } }')
    assert result.errors is not None
    extensions = result.errors[0].extensions or {}
    assert (extensions["code"], extensions["argument"]) == ("FILTER_NEEDS_SYNC", "jobIds")
