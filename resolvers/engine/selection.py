"""What a plan consists of: selection sets of one type each, and the steps that lead from one to the next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLField
from graphql.execution.collect_fields import FieldDetails
from strawberry.types.field import StrawberryField

from schema.model import Model
from schema.relation import Relation

Builder = Callable[..., list[dict[str, Any]]]
"""Objects, id prefixes by model, and for each step what it shows of an object -> the objects as clients see them."""


class Unplanned(Exception):
    """A plan cannot do this."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The fields asked of objects of one type.

    Attributes:
        build: Makes what clients see, all objects at once.
        steps: The fields that lead to other selections with steps of their own or to other records, in the order
            in which `build` takes what they show.
    """

    build: Builder
    steps: tuple["Step", ...]


@dataclass(frozen=True, slots=True)
class Inside:
    """To objects that lie in an attribute of the object itself.

    Attributes:
        attribute: Which.
        several: Whether there is a list of them.
        selection: What is asked of them.
    """

    attribute: str
    several: bool
    selection: Selection


@dataclass(frozen=True, slots=True)
class Asked:
    """A field as it was asked for.

    Attributes:
        details: Each place it stands in.
        field: Its definition in the schema.
        definition: Strawberry's.
    """

    details: list[FieldDetails]
    field: GraphQLField
    definition: StrawberryField

    @property
    def nodes(self) -> list[FieldNode]:
        """Each place it stands in, for error locations."""
        return [detail.node for detail in self.details]


@dataclass(frozen=True, slots=True)
class Follow:
    """Along a relation, whatever its kind."""

    relation: Relation
    asked: Asked
    selection: Selection


@dataclass(frozen=True, slots=True)
class LookUp:
    """From the root to one record by its id."""

    model: Model
    asked: Asked
    selection: Selection


@dataclass(frozen=True, slots=True)
class List:
    """From the root to a page of a model.

    Attributes:
        counted: Whether the total is asked for.
    """

    model: Model
    asked: Asked
    selection: Selection
    counted: bool


Step = Inside | Follow | LookUp | List


def builder(members: Mapping[str, str], constants: dict[str, Any], steps: int) -> Builder:
    """A function made for exactly these fields: no field costs a call that can be done without.

    Args:
        members: Name under which clients see a field -> Python that makes it from `it`, the object.
        constants: What that Python speaks of beside `it`, `prefixes` and `step0`, `step1`, ...
        steps: How many steps there are.
    """
    shown = ", ".join(f"{name!r}: {expression}" for name, expression in members.items())
    parameters = ", ".join(["objects", "prefixes", *(f"step{number}" for number in range(steps))])
    source = f"lambda {parameters}: [{{{shown}}} for it in objects]"
    made: Builder = eval(source, constants)  # noqa: S307  made of names in the schema, and of aliases in quotes
    return made
