"""The operations of the explorer, answered by level and by graphql-core over the same Crelate."""

from importlib import resources

import pytest
from graphql import parse
from graphql.execution import Executor

from resolvers.engine import Plans
from resolvers.root import build_schema, executable
from tests.end_to_end.conftest import World, gateway_over

UNPLANNED = {"6-coverage.graphql"}
"""Asks for no records."""


OPERATIONS = {
    path.name: text
    for path in (resources.files("gateway.explorer") / "operations").iterdir()
    if path.name.endswith(".graphql") and "mutation" not in (text := path.read_text("utf-8"))
}


def without_a_plan(text: str) -> str:
    """The same operation with a question about the schema at its end: that has no plan."""
    return text.rstrip().removesuffix("}") + "  __schema { queryType { name } }\n}"


def has_plan(text: str) -> bool:
    """Whether an operation is answered by level."""
    built = Executor.build(executable(build_schema()), parse(text), raw_variable_values={})
    assert isinstance(built, Executor)
    return Plans().plan(built) is not None


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_an_operation_is_answered_the_same_either_way(world: World, name: str) -> None:
    """To the letter, with no more upstream requests."""
    await world.prepare()
    data = await world.data(OPERATIONS[name])
    cost = world.calls.total()
    async with gateway_over(world.simulator) as other:
        await other.prepare()
        expected = await other.data(without_a_plan(OPERATIONS[name]))
        expected.pop("__schema")
        assert str(data) == str(expected)
        assert cost <= other.calls.total()


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_records_are_read_by_level(name: str) -> None:
    """Whatever asks for nothing else has a plan."""
    assert has_plan(OPERATIONS[name]) is (name not in UNPLANNED)
    assert not has_plan(without_a_plan(OPERATIONS[name]))
