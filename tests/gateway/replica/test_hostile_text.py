"""Text that no database can hold, or no index: it costs no other value, in either database, in any column."""

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.database.column_types import LongText
from gateway.database.columns import columns_of, is_key
from gateway.replica.store import Store
from resolvers.ports.source import PageQuestion
from schema.criterion import Criterion, Operator, Order, meanings
from schema.model import MODELS
from schema.record import Tracked
from schema.text import is_storable, storable, storable_json
from tests.gateway.replica.records import INTEGRATION, Clock, candidate, job, properties, records, value

LONG = "A name that goes on. " * 15_000
DENSE = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(3_000))
"""What no compression makes short enough."""

UNSTORABLE = ["\0", "Null\0Byte", "\ud83d", "Half\udc00Pair"]
HOSTILE = st.text(st.characters(codec=None), max_size=6) | st.sampled_from([*UNSTORABLE, LONG, DENSE])
KEYS = st.text(st.characters(codec=None), min_size=1, max_size=6) | st.sampled_from(UNSTORABLE)
_RUNS = count()

on_both = settings(max_examples=4, suppress_health_check=list(HealthCheck), derandomize=True, database=None)


def _spoilt(model: str) -> st.SearchStrategy[Tracked]:
    """Records of a model with hostile text wherever there is text, keys included; a key is never long."""
    keys = [name for name in columns_of(model) if name.endswith("_key")] + ["key"]
    return st.tuples(records(model, HOSTILE), *(KEYS for _ in keys)).map(
        lambda drawn: replace(drawn[0], **dict(zip(keys, drawn[1:], strict=True)))
    )


@pytest.mark.parametrize("model", MODELS)
@on_both
@given(data=st.data())
async def test_hostile_text_costs_no_neighbour(store: Store, clock: Clock, model: str, data: st.DataObject) -> None:
    """It goes in beside other records, comes out with U+FFFD where it cannot be kept, and can be sorted by."""
    integration = f"run:{next(_RUNS)}"
    spoilt, neighbour = data.draw(_spoilt(model)), replace(data.draw(records(model)), key="neighbour")
    key = storable(spoilt.key)
    await store.write(integration, model, [spoilt, neighbour], clock.now)
    await store.write(integration, model, [spoilt, neighbour], clock.tick())
    held = await store.by_keys(integration, model, [spoilt.key, "neighbour"])
    assert set(held) == {key, "neighbour"}
    assert _content(held[key].record) == _content(spoilt)
    for attribute, kind in columns_of(model).items():
        order = (Order(attribute, descending=False),) if isinstance(kind, LongText) else ()
        first = await store.page(integration, model, PageQuestion(size=1, orders=order))
        rest = await store.page(integration, model, PageQuestion(size=1, orders=order, position=first.positions[0]))
        assert {copy.record.key for copy in [*first.copies, *rest.copies]} == {key, "neighbour"}


def _content(record: Tracked) -> Any:
    return storable_json({name: kept for name, kept in properties(record).items() if name != "changed_at"})


@pytest.mark.parametrize("text", UNSTORABLE)
@pytest.mark.parametrize("model", MODELS)
async def test_filters_with_such_text_find_nothing(store: Store, clock: Clock, model: str, text: str) -> None:
    """Ids and parts of texts included; that a record held the very same text changes nothing."""
    spoilt: Tracked = MODELS[model].record(**_keys(model), **_texts(model, text))
    await store.write(INTEGRATION, model, [spoilt], clock.now)
    for argument, meaning in meanings(MODELS[model].filter).items():
        asked = {Operator.IN: (text,), Operator.CONTAINS: text}.get(meaning.operator)
        if asked is not None:
            criterion = Criterion(meaning.attribute, meaning.operator, asked, argument)
            assert (await store.page(INTEGRATION, model, PageQuestion(size=5, criteria=(criterion,)))).copies == []


def _texts(model: str, text: str) -> dict[str, Any]:
    return {name: text for name, kind in columns_of(model).items() if isinstance(kind, LongText) or is_key(name)}


def _keys(model: str) -> dict[str, Any]:
    given = {"key": "spoilt", "remote_id": "spoilt", "role_keys": []}
    return {name: given[name] for name in given.keys() & MODELS[model].record.__dataclass_fields__.keys()}


async def test_long_texts_are_compared_whole(store: Store, clock: Clock) -> None:
    """Two that begin alike are told apart, and are found by their ends."""
    one, other = job("j1", name=LONG + "one"), job("j2", name=LONG + "other")
    await store.write(INTEGRATION, "Job", [one, other], clock.now)
    people = [candidate(key, f"{'a' * 3000}.{key}@example.com", first_name=f"{DENSE}{key}") for key in ("c1", "c2")]
    await store.write(INTEGRATION, "Candidate", people, clock.now)
    criteria = {
        ("Job", "j2"): Criterion("name", Operator.CONTAINS, "OTHER", "nameContains"),
        ("Candidate", "c1"): Criterion("first_name", Operator.IN, (DENSE + "c1", "x"), "firstName"),
        ("Candidate", "c2"): Criterion(
            "email_addresses.email_address", Operator.IN, (f"{'A' * 3000}.c2@example.com",), "email"
        ),
    }
    for (model, key), criterion in criteria.items():
        page = await store.page(INTEGRATION, model, PageQuestion(size=5, criteria=(criterion,)))
        assert [copy.record.key for copy in page.copies] == [key]
    assert value((await store.by_keys(INTEGRATION, "Job", ["j1"]))["j1"].record, "name") == LONG + "one"


async def test_positions_stay_short(store: Store, clock: Clock) -> None:
    """A cursor holds the start of a long text."""
    await store.write(INTEGRATION, "Job", [job("j1", name=LONG)], clock.now)
    page = await store.page(INTEGRATION, "Job", PageQuestion(size=1, orders=(Order("name", descending=False),)))
    assert len(page.positions[0]) < 1000


def test_only_what_cannot_be_kept_is_replaced() -> None:
    """A pair of surrogates is one character, which is kept."""
    assert storable("a\0b\ud83dc\U0001f469\ufffe\u202e") == "a\ufffdb\ufffdc\U0001f469\ufffe\u202e"
    assert is_storable("\ufffd\U0001f469")
