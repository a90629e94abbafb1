"""The columns that are decoded: those of the fields that will be looked at, and any other when it is looked at."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.crelate.entities import Part, Sent
from gateway.crelate.mapping import TABLES
from gateway.crelate.mapping.table import Absent
from gateway.crelate.reading.columns import READ
from resolvers.ports.source import Fields, PageQuestion
from schema.criterion import Criterion, Operator, Order
from schema.model import MODELS
from tests.gateway.crelate.conftest import MakeWorld, World

WIDE = [model for model in MODELS if TABLES[model].source in READ]
"""Models whose rows have many columns."""


def _fields(model: str) -> list[str]:
    return [row.name for row in TABLES[model].rows if not isinstance(row, Absent)]


async def _read(world: World, model: str, fields: Fields | None) -> dict[str, Any]:
    """Records of a model, all there are on a page."""
    source = world.session()
    if fields is not None:
        source.expect(fields)
    world.simulator.reset_log()
    records = (await source.page(model, PageQuestion(size=100))).records
    assert records
    return {record.key: record for record in records}


def _row(record: Any) -> Any:
    row = record._row  # noqa: SLF001  nothing shows it
    return getattr(row, "Record", row)


@pytest.mark.parametrize("model", WIDE)
async def test_a_field_is_read_from_the_columns_its_table_names(
    make_world: MakeWorld, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what it is in a row with all columns, and no other column is looked at; at the same number of requests."""
    world = await make_world().prepared()
    await _read(world, model, None)  # which leads are jobs is found out once
    whole = await _read(world, model, None)
    counts = dict(world.counts)
    monkeypatch.delattr(Sent, "completed")
    for name in _fields(model):
        found = await _read(world, model, ((model, (name,)),))
        assert {key: getattr(record, name) for key, record in found.items()} == {
            key: getattr(record, name) for key, record in whole.items()
        }
        assert all(isinstance(_row(record), Part) for record in found.values())
        assert world.counts == counts


@pytest.mark.parametrize("model", WIDE)
async def test_a_column_that_was_left_out_can_be_looked_at(make_world: MakeWorld, model: str) -> None:
    """What nobody said they would look at is the same, at no further request."""
    world = await make_world().prepared()
    whole, found = await _read(world, model, None), await _read(world, model, ())
    counts = dict(world.counts)
    for key, record in found.items():
        for name in _fields(model):
            assert getattr(record, name) == getattr(whole[key], name)
    assert world.counts == counts


async def test_a_row_has_no_column_that_its_entity_has_not(make_world: MakeWorld) -> None:
    """A name that is none is told apart from a column that was left out."""
    world = await make_world().prepared()
    record = next(iter((await _read(world, "Job", ())).values()))
    assert not hasattr(_row(record), "NoSuchColumn")


@pytest.mark.parametrize(
    "question",
    [
        PageQuestion(
            size=5, criteria=(Criterion("key", Operator.IN, (), "ids"),), orders=(Order("last_name", descending=True),)
        ),
        PageQuestion(
            size=5,
            criteria=(
                Criterion("key", Operator.IN, (), "ids"),
                Criterion("email_addresses.email_address", Operator.CONTAINS, "example", "emailContains"),
            ),
        ),
    ],
)
async def test_what_a_list_is_narrowed_and_sorted_by_is_decoded_as_well(
    make_world: MakeWorld, question: PageQuestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though nobody looks at it afterwards; at one request."""
    world = await make_world().prepared()
    by_key, *others = question.criteria
    of_all = replace(by_key, value=tuple(world.keys("contacts")[:20]))
    monkeypatch.delattr(Sent, "completed")
    source = world.session()
    source.expect((("Candidate", ("first_name",)),))
    assert (await source.page("Candidate", replace(question, criteria=(of_all, *others)))).records
    assert world.counts == {"GET /contacts": 1}
