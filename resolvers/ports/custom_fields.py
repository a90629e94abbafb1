"""The port of custom fields: what an account has added to its records, as far as the ATS describes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from resolvers.errors import AtsError
from schema.custom_field import CustomFieldType


@dataclass(frozen=True, slots=True)
class FieldOption:
    """Something that can be chosen.

    Attributes:
        key: Its id in the ATS.
        label: What people see it called.
    """

    key: str | None
    label: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A custom field of a model.

    Attributes:
        key: The ATS's own name of it.
        type: What it holds.
        label: What people see it called; null where that is not known, or two fields are called so.
        options: What can be chosen; null where that is not known.
    """

    key: str
    type: CustomFieldType
    label: str | None = None
    options: tuple[FieldOption, ...] | None = None


@dataclass(frozen=True, slots=True)
class Definitions:
    """The custom fields of a model.

    Attributes:
        fields: All there may be.
        failure: Why labels and options are not known, where they may be known at another time.
    """

    fields: Sequence[Definition] = ()
    failure: AtsError | None = None

    def named(self, name: str) -> Definition | None:
        """The field of this name or label; null where there is none."""
        by_key = (each for each in self.fields if each.key == name)
        return next(by_key, None) or next((each for each in self.fields if each.label == name), None)
