"""What is said to work, and whether that is so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.crelate import coverage as covered
from gateway.crelate.coverage import INPUT_NOTES, LIVE, SYNCED, coverage
from gateway.crelate.mapping import TABLES
from gateway.crelate.mapping.custom_columns import NO_CUSTOM_COLUMNS
from gateway.crelate.mapping.table import Absent
from resolvers.errors import FilterNeedsSync
from resolvers.ports.source import PageQuestion
from schema.criterion import Criterion, Operator, meanings
from schema.model import MODELS
from schema.record import OWN
from schema.strawberry_bridge import to_camel_case
from schema.unified_fields import OWN_FIELDS
from tests.gateway.crelate.conftest import World

VALUES: dict[Operator, Any] = {
    Operator.IN: (),
    Operator.CONTAINS: "x",
    Operator.AFTER: datetime(2026, 1, 1, tzinfo=UTC),
    Operator.BEFORE: datetime(2026, 1, 1, tzinfo=UTC),
}


def filters() -> list[tuple[str, str, str | None]]:
    """Model, filter and what is said of it."""
    return [(model.name, item.name, item.reason) for model in coverage().models for item in model.filters]


@pytest.mark.parametrize(("model", "name", "reason"), filters())
async def test_a_filter_does_live_what_is_said_of_it(world: World, model: str, name: str, reason: str | None) -> None:
    """Either it works, or it is refused by name."""
    known = {to_camel_case(python): meaning for python, meaning in meanings(MODELS[model].filter).items()}
    if name not in known:
        question = PageQuestion(size=1, include_deleted=True)
    else:
        meaning = known[name]
        attribute = meaning.attribute if meaning.attribute != OWN else "key"
        criterion = Criterion(attribute, meaning.operator, VALUES[meaning.operator], name)
        question = PageQuestion(size=1, criteria=(criterion,))
    if reason == SYNCED:
        with pytest.raises(FilterNeedsSync) as caught:
            await world.session().page(model, question)
        assert caught.value.argument == name
    else:
        assert reason == LIVE or "where the account's filter proves to work" in (reason or "")
        await world.session().page(model, question)


def test_fields_are_those_of_the_tables() -> None:
    """All of them supported, and none besides."""
    for model in coverage().models:
        mapped = [row for row in TABLES[model.name].rows if not isinstance(row, Absent)]
        assert all(item.supported for item in model.fields), model.name
        assert len(model.fields) == len(mapped) - 1 + len(OWN_FIELDS), model.name  # `key` is shown as `id`


def test_a_field_that_is_absent_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """From its row."""
    table = TABLES["Role"]
    rows = tuple(row if row.name != "scope" else Absent("scope", why="Because.") for row in table.rows)
    monkeypatch.setattr(table, "rows", rows)
    items = {item.name: item for item in covered._fields(MODELS["Role"], NO_CUSTOM_COLUMNS)}
    assert (items["scope"].supported, items["scope"].reason) == (False, "Because.")


def test_actions_have_their_inputs_by_path() -> None:
    """Those that reach the ATS, with what should be known of them."""
    actions = {action.name: {item.name: item for item in action.inputs} for action in coverage().actions}
    assert set(actions["addNoteToApplication"]) == {"applicationId", "content"}
    assert "candidate.additionalEmailAddresses.emailAddress" in actions["createCandidate"]
    assert "US numbers" in (actions["createApplication"]["candidate.phoneNumber"].reason or "")
    assert set(INPUT_NOTES) <= {path for inputs in actions.values() for path in inputs}
