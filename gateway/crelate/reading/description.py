"""What an entity's list of fields says of custom ones (ASM-14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.crelate.readers import key, objects, text, title
from gateway.crelate.vocabulary import CUSTOM_FIELD_TYPE, CUSTOM_FIELDS, custom_field_type
from resolvers.ports.custom_fields import Definition, FieldOption


@dataclass(frozen=True, slots=True, eq=False)
class Description:
    """The custom fields of an entity.

    Attributes:
        labels: Name -> what people see it called, for those with a label of their own.
        fields: All there may be.
    """

    labels: Mapping[str, str]
    fields: Sequence[Definition]


def described(data: Any) -> Description:
    """What a list of fields says; a label that two fields share is no name for either."""
    fields = data.get("Fields") if isinstance(data, dict) else data
    rows = {row.get("Name"): row for row in objects(fields)}
    labels = {name: text(row.get("Label") or row.get("DisplayName")) for name, row in rows.items()}
    custom = {name: label for name in CUSTOM_FIELDS if (label := labels.get(name))}
    own = {name: label for name, label in custom.items() if list(custom.values()).count(label) == 1}
    return Description(own, tuple(_defined(name, rows.get(name, {}), own.get(name)) for name in CUSTOM_FIELDS))


def _defined(name: str, row: Mapping[str, Any], label: str | None) -> Definition:
    """A custom field, as its row describes it, or as its number tells (crelate-api 2.7)."""
    kind = CUSTOM_FIELD_TYPE.get((text(row.get("Type")) or "").lower()) or custom_field_type(name)
    options = tuple(FieldOption(key(each), named) for each in objects(row.get("Options")) if (named := title(each)))
    return Definition(name, kind, label, options or None)


NO_DESCRIPTION = described(None)
"""Of an account that does not describe them: the columns there are."""
