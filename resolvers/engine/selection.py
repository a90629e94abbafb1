"""What a plan consists of: selection sets of one type each, and the steps that lead from one to the next."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import FieldNode, GraphQLField
from graphql.execution.collect_fields import FieldDetails

from resolvers.engine.arguments import Arguments
from resolvers.ports.source import Following
from schema.model import MODELS
from schema.record import Tracked
from schema.relation import Kind, Relation
from schema.strawberry_bridge import StrawberryField

Builder = Callable[..., list[dict[str, Any]]]
"""Objects, id prefixes by model, and for each step what it shows of an object -> the objects as clients see them."""


CURSORS = ("after", "before")
"""Arguments that hold a cursor, which says whose children it is about."""


class Unplanned(Exception):
    """A plan cannot do this; the message says why, and graphql-core does it instead."""


class Malformed(Exception):
    """A value is missing where the schema promises one; graphql-core knows how far the null has to spread."""


class View:
    """A way in which records are shown."""


WHOLE = frozenset({"remote_data", "custom_fields", "integration_fields"})
"""Attributes that hold most of what the ATS has sent."""

OF_ACCOUNT = next(iter(MODELS))
"""A model whose prefix tells an account."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The fields asked of objects of one type.

    Attributes:
        build: Makes what clients see, all objects at once.
        steps: The fields that lead to other selections with steps of their own or to other records, in the order
            in which `build` takes what they show.
        looks: Whether an attribute of each object is looked at.
        attributes: Those that are.
        whole: Whether most of what the ATS has sent is looked at. That is done to copies, each time anew: records that
            are held would become several times as large as they are taken for.
        views: What marks records that were last shown this way, by a prefix of their account's ids.
    """

    build: Builder
    steps: tuple["Step", ...]
    looks: bool = False
    attributes: tuple[str, ...] = ()
    whole: bool = False
    views: dict[str, View] = field(default_factory=dict, compare=False)

    def shown(self, objects: Sequence[Any], prefixes: Mapping[str, str]) -> list[dict[str, Any]]:
        """The objects as clients see them, where no step leads on; each record is shown once and then again."""
        if self.whole or not objects or not isinstance(objects[0], Tracked):
            return self.build(self.ready(objects), prefixes)
        account = prefixes[OF_ACCOUNT]
        view = self.views.get(account) or self.views.setdefault(account, View())
        known = [it.shown for it in objects if it.view is view]
        if len(known) == len(objects):
            return known
        late = [it for it in objects if it.view is not view]
        for it, shown in zip(late, self.build(self.ready(late), prefixes), strict=True):
            it.view, it.shown = view, shown
        return [it.shown for it in objects]

    def ready(self, objects: Sequence[Any]) -> Sequence[Any]:
        """The objects, with these attributes at hand."""
        if objects and isinstance(objects[0], Tracked):
            objects = list(map(copy, objects)) if self.whole else objects
            objects[0].prepare(objects, self.attributes)
        return objects


@dataclass(frozen=True)
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

    @cached_property
    def nodes(self) -> list[FieldNode]:
        """Each place it stands in, for error locations."""
        return [detail.node for detail in self.details]

    @cached_property
    def by_cursor(self) -> bool:
        """Whether a cursor may be among its arguments."""
        return any(argument.name.value in CURSORS for argument in self.nodes[0].arguments or ())

    @cached_property
    def arguments(self) -> Arguments:
        """Its arguments."""
        return Arguments(self.nodes[0], self.field, self.definition)


@dataclass(frozen=True)
class Step:
    """A field that leads to other objects.

    Attributes:
        branch: Takes the step from all objects of a frame; a `resolvers.engine.branches.Branch`, given the step, the
            objects and the run.
        asked: The field.
        about: The relation or model, the model whose custom fields it leads to, or the name of the attribute that
            holds the objects.
        selection: What is asked of the objects.
        by_model: The same by name of the model, where objects may be records of any.
        several: Whether the attribute holds a list of objects.
        counted: Whether the total of a list is asked for.
        meanings: What its arguments mean, by the name of the account: kept where they are constant.
    """

    branch: Callable[..., Any]
    asked: Asked
    about: Any
    selection: Selection
    by_model: Mapping[str, Selection] = field(default_factory=dict)
    several: bool = False
    counted: bool = False
    meanings: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def following(self) -> tuple[Following, ...]:
        """What is asked about the keys of the objects it leads to, without regard to anything else of them."""
        return tuple(dict.fromkeys(_following(self.selection)))


def _following(selection: Selection) -> Iterator[Following]:
    for step in selection.steps:
        if isinstance(step.about, str):
            yield from _following(step.selection)
        elif isinstance(step.about, Relation) and step.about.kind not in (Kind.ONE, Kind.EACH):
            yield step.about.to, step.about.key


@dataclass(frozen=True, slots=True)
class CustomFieldsOf:
    """What a step to custom fields is about.

    Attributes:
        model: The model that has them.
        several: Whether it leads to a list of them.
    """

    model: str
    several: bool


NOTHING = Selection(lambda objects, *_: [{} for _ in objects], ())
"""The selection of a step whose objects have theirs by model."""


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
