"""The fields of a model's own table, as opposed to relations and to what stands beside the data."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from schema.model import MODELS
from schema.record import references
from schema.relation import Kind, relations
from schema.strawberry_bridge import fields_of, is_plain, to_camel_case

OWN_FIELDS = {
    "id": "Made by the gateway from the integration and the remote id.",
    "changed_at": "Observed by the gateway; null until the record has been synced.",
    "remote_deleted_at": "Observed by full syncs; null until one has run.",
}
"""Fields that no ATS gives -> where they come from."""


@cache
def unified_fields(model: str) -> Mapping[str, str]:
    """Name of each field of a model -> the attribute that holds its value; empty for a field that no ATS gives."""
    record_type = MODELS[model].record
    held = dict.fromkeys(OWN_FIELDS, "")
    held |= {name: attribute for name, (_, attribute) in references(record_type).items()}
    held |= {name: arrow.key for name, arrow in relations(record_type).items() if arrow.kind is Kind.EACH}
    names = (field.python_name for field in fields_of(record_type) if field.python_name in held or is_plain(field))
    return MappingProxyType({to_camel_case(name): held.get(name, name) for name in names})


OWN = {to_camel_case(name): reason for name, reason in OWN_FIELDS.items()}
"""The same by the names clients see."""
