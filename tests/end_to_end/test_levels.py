"""The operations of the explorer, answered by level and by graphql-core over the same Crelate."""

from importlib import resources

import pytest
from graphql import parse
from graphql.execution import Executor

from gateway.crelate.entities import Part
from resolvers.callers import LOCAL
from resolvers.engine import Plans, by_core
from resolvers.root import build_schema
from schema.strawberry_bridge import executable
from tests.end_to_end.conftest import World, gateway_over

UNPLANNED = {"07-coverage.graphql": ["coverage"]}
"""Root fields that ask for no records."""


OPERATIONS = {
    path.name: text
    for path in (resources.files("gateway.explorer") / "operations").iterdir()
    if path.name.endswith(".graphql") and "mutation" not in (text := path.read_text("utf-8"))
}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_an_operation_is_answered_the_same_either_way(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the letter, with no more upstream requests."""
    await world.prepare()
    data = await world.data(OPERATIONS[name])
    cost = world.calls.total()
    async with gateway_over(world.simulator) as other:
        await other.prepare()
        monkeypatch.setattr(Plans, "answer", lambda _, call: by_core(call.executor()))
        expected = await other.data(OPERATIONS[name])
        assert str(data) == str(expected)
        assert cost <= other.calls.total()


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_no_column_is_missed(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan knows what will be looked at, so that no row has to be decoded twice, at the same upstream requests."""
    await world.prepare()
    missed: list[str] = []
    monkeypatch.setattr(Part, "__getattr__", lambda _, column: missed.append(column))
    await world.data(OPERATIONS[name])
    assert missed == []
    assert bool(world.calls.total()) == (name != "07-coverage.graphql")  # which asks nothing of the ATS


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_records_are_read_by_level(name: str) -> None:
    """Whatever asks for records has a plan."""
    built = Executor.build(executable(build_schema()), parse(OPERATIONS[name]), raw_variable_values={})
    assert isinstance(built, Executor)
    plan = Plans().plan(built, LOCAL)
    assert plan
    assert list(plan.leaves) == UNPLANNED.get(name, [])
