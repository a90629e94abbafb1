"""Criteria as SQL conditions."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from gateway.database.column_types import indexed, start_of
from gateway.database.columns import is_key, listed, path_of, stored_value
from gateway.database.tables import NAMED, RECORDS, VALUES
from schema.criterion import Criterion, Operator
from schema.model import MODELS
from schema.record import UPDATED
from schema.relation import Kind, Relation, relations
from schema.text import is_storable

TIES: dict[str, tuple[str, ...]] = {
    "User": ("user_roles", "user_roles.role"),
    "Job": ("hiring_team",),
    "Candidate": ("applications",),
    "Application": ("candidate", "interviews"),
    "Interview": ("interviewing_team", "application"),
}
"""Model -> relations whose change counts as a change of the record (model 5.3). A link model comes and goes
with the link, so it stands for "add or remove"; a change of the record behind it counts where that is listed too."""


def selected(
    integration: str, model: str, criteria: Iterable[Criterion], *, deleted: bool
) -> list[ColumnElement[bool]]:
    """The conditions for the records of a model that fulfil all criteria; `deleted` admits those that are gone.

    Records that only others name are in no list.
    """
    table = RECORDS[model]
    conditions = [table.c.integration == integration]
    if not deleted:
        conditions.append(table.c.remote_deleted_at.is_(None))
    if model in NAMED:
        conditions.append(table.c.listed)
    return conditions + [_condition(integration, model, criterion) for criterion in criteria]


def _condition(integration: str, model: str, criterion: Criterion) -> ColumnElement[bool]:
    if criterion.attribute == UPDATED:
        return _updated(integration, model, criterion.value)
    path = path_of(model, criterion.attribute)
    if path.relation:
        other = path.relation.to
        wanted = Criterion(path.attribute, criterion.operator, criterion.value, criterion.argument)
        return _across(
            model, path.relation, _keys(other, path.relation, selected(integration, other, [wanted], deleted=False))
        )
    if path.sub_objects:
        return _in_list(integration, model, criterion)
    return _compare(RECORDS[model].c[path.attribute], path.attribute, criterion)


def _compare(column: Any, attribute: str, criterion: Criterion) -> ColumnElement[bool]:
    value = criterion.value
    match criterion.operator:
        case Operator.IN:
            return _in(column, _spellings(attribute, _findable(value)))
        case Operator.CONTAINS if not is_storable(value):
            return false()
        case Operator.CONTAINS:
            return column.contains(stored_value(attribute, value), autoescape=True)  # type: ignore[no-any-return]
        case Operator.AFTER:
            return column > value  # type: ignore[no-any-return]
        case Operator.BEFORE:
            return column < value  # type: ignore[no-any-return]


def _in(column: ColumnElement[Any], values: list[Any]) -> ColumnElement[bool]:
    """The column is one of the values; the index knows the start of a long text."""
    start = indexed(column)
    if start is column:
        return column.in_(values)
    return and_(start.in_(sorted({start_of(value) for value in values})), column.in_(values))


def _findable(values: Iterable[Any]) -> list[Any]:
    """The values without texts that no record can hold."""
    return [value for value in values if not isinstance(value, str) or is_storable(value)]


def _spellings(attribute: str, values: Iterable[Any]) -> list[Any]:
    """Keys are stored as the ATS spells them, so a key is looked for as given and in lower case."""
    if is_key(attribute):
        return sorted({spelling for value in values for spelling in (value, value.casefold())})
    return [stored_value(attribute, value) for value in values]


def _in_list(integration: str, model: str, criterion: Criterion) -> ColumnElement[bool]:
    held = select(VALUES.c.key).where(
        VALUES.c.integration == integration,
        VALUES.c.model == model,
        VALUES.c.attribute == criterion.attribute,
        VALUES.c.value.in_([listed(stored_value(criterion.attribute, value)) for value in _findable(criterion.value)]),
    )
    return RECORDS[model].c.key.in_(held)


def _updated(integration: str, model: str, instant: Any) -> ColumnElement[bool]:
    """The record changed after the instant, or one tied to it did (model 5.3)."""
    own = RECORDS[model]
    changed = select(own.c.key).where(own.c.integration == integration, own.c.changed_at > instant)
    ties = (_tied(integration, model, path.split("."), instant) for path in TIES.get(model, ()))
    return or_(own.c.key.in_(changed), *ties)


def _tied(integration: str, model: str, path: list[str], instant: Any) -> ColumnElement[bool]:
    relation = relations(MODELS[model].record)[path[0]]
    other = RECORDS[relation.to]
    moved = _tied(integration, relation.to, path[1:], instant) if path[1:] else other.c.changed_at > instant
    return _across(model, relation, _keys(relation.to, relation, [other.c.integration == integration, moved]))


def _keys(other: str, relation: Relation, conditions: Iterable[ColumnElement[bool]]) -> Select[Any]:
    """The keys by which records at the far end of a relation are tied to this one."""
    column = "key" if relation.kind is Kind.ONE else relation.key
    table = RECORDS[other]
    return select(table.c[column]).where(table.c[column].is_not(None), *conditions)


def _across(model: str, relation: Relation, keys: Select[Any]) -> ColumnElement[bool]:
    """The record is at the near end of a relation to one of these."""
    column = relation.key if relation.kind is Kind.ONE else "key"
    return RECORDS[model].c[column].in_(keys)
