"""Where fields come from: asked of the account's connector, less what the caller may not see."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from resolvers.errors import BadUserInput
from schema.model import MODELS
from schema.privacy import personal_fields
from schema.provenance import Provenance
from schema.record import Tracked
from schema.strawberry_bridge import fields_of, object_of, to_camel_case
from schema.unified_fields import unified_fields


class Origins(Protocol):
    """Who knows where fields come from."""

    def provenance(self, model: str, record: Tracked | None, fields: Sequence[str]) -> Sequence[Provenance]:
        """One for each of these fields of a model; without a record, what holds for all of them."""


def chosen_fields(model: str, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that the arguments name, or all.

    Raises:
        BadUserInput: the model has no field of such a name.
    """
    known, names = unified_fields(model), given.get("fields")
    if names is None:
        return tuple(known)
    for name in names:
        if name not in known:
            raise BadUserInput(f"Argument fields: {model} has no field of one of these names.", argument="fields")
    return tuple(dict.fromkeys(names))


def provenance_of(
    origins: Origins, model: str, record: Tracked, fields: Sequence[str], *, sees_personal: bool
) -> list[Provenance]:
    """Where these fields of a record come from; of what is withheld, nothing that the record itself says."""
    hidden = frozenset() if sees_personal else _personal(model)
    shown = [name for name in fields if name not in hidden]
    found = {each.field: each for each in origins.provenance(model, record, shown)}
    for each in found.values():
        if each.personal and not sees_personal:
            each.withheld, each.stands = f"{model}.{each.field} as the ATS has it", None
    for each in origins.provenance(model, None, [name for name in fields if name in hidden]):
        each.withheld = f"{model}.{each.field}"
        found[each.field] = each
    return [found[name] for name in fields]


@cache
def _personal(model: str) -> frozenset[str]:
    """Fields that are personal, and those whose objects have fields that are."""
    record = MODELS[model].record
    holding = {
        field.python_name for field in fields_of(record) if (inner := object_of(field)) and personal_fields(inner)
    }
    return frozenset(map(to_camel_case, personal_fields(record) | holding))
