"""From a validated operation to its selections and steps, with what graphql-core collects as the fields."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLEnumType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    OperationType,
    get_named_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetails, GroupedFieldSet, collect_fields, collect_subfields

from resolvers.callers import Caller, Scope
from resolvers.engine.branches import CustomFields, Origins, Within
from resolvers.engine.call import Operation
from resolvers.engine.failures import Failure, Refused
from resolvers.engine.selection import (
    NOTHING,
    WHOLE,
    Asked,
    CustomFieldsOf,
    Malformed,
    Selection,
    Step,
    Unplanned,
    builder,
)
from resolvers.errors import AtsError
from resolvers.ids import encoded
from resolvers.privacy import withheld
from resolvers.scopes import needed
from resolvers.selections import selects
from schema.model import MODELS
from schema.privacy import is_personal
from schema.relation import Kind, Relation
from schema.strawberry_bridge import StrawberryField, field_of, members_of

MAX_FIELDS = 500
"""Beyond so many fields, those of a fragment counted wherever it is spread, an operation is not worth a plan."""

_TEXT = "(value := it.{name}).__class__ is str", "value"

_READ = re.compile(r"\bit\.(\w+)")
"""An attribute of the object in the Python of a field."""

USUAL: Mapping[str, tuple[str, str]] = {
    "String": _TEXT,
    "ID": _TEXT,
    "Boolean": ("(value := it.{name}).__class__ is bool", "value"),
    "Int": (f"(value := it.{{name}}).__class__ is int and {GRAPHQL_MIN_INT} <= value <= {GRAPHQL_MAX_INT}", "value"),
    "Float": ("(value := it.{name}).__class__ is float and value - value == 0", "value"),
    "DateTime": ("(value := it.{name}).__class__ is datetime and value.tzinfo is UTC", "value"),
}
"""Scalar -> Python that says whether the value has its usual form, and Python that shows it then.

A number minus itself is 0 unless it is infinite or none at all. An instant in UTC is left to the encoder of JSON, which
spells it as the scalar does, eight times as fast.
"""

Compile = Callable[["Body", Asked], str]
CompileOf = Callable[[StrawberryField], Compile | None]
"""A field -> how it is compiled; null when it has a resolver of its own."""


@dataclass(slots=True)
class Compiler:
    """Compiles one operation, under the values its conditions have, for callers with the same scopes.

    Attributes:
        operation: What is compiled.
        caller: Who may see the answer.
        compile_of: How each field is compiled.
        refused: What is null for the caller in the root field that was compiled last.
        marked: Whether something in it stands for a failure by itself.
        looked_at: Models, each with the attributes of its records that anything compiled so far looks at.
    """

    operation: Operation
    caller: Caller
    compile_of: CompileOf
    refused: list[Refused] = field(default_factory=list)
    marked: bool = False
    looked_at: dict[str, dict[str, None]] = field(default_factory=dict)
    _met: int = 0
    _names: list[str] = field(default_factory=list)
    _among_models: int = 0

    def roots(self) -> GroupedFieldSet:
        """The root fields, by the names under which clients see them."""
        of = self.operation
        root = self.root_type
        found = collect_fields(of.schema, of.fragments, of.variable_values, root, of.operation, hide_suggestions=True)
        return found.grouped_field_set

    @property
    def root_type(self) -> GraphQLObjectType:
        """The type of the operation's own selection."""
        return self.operation.schema.get_root_type(self.operation.operation.operation)  # type: ignore[return-value]  # validated

    def root(self, name: str, details: list[FieldDetails]) -> Selection:
        """The selection of a single root field, of the one object that stands for the root.

        Raises:
            Unplanned: it holds something that only graphql-core can do.
        """
        self.refused, self.marked, self._names, self._among_models = [], False, [], 0
        return self.selection(self.root_type, {name: details})

    def below(self, kind: GraphQLObjectType, details: list[FieldDetails]) -> Selection:
        """What is asked of the objects a field leads to."""
        of = self.operation
        collected = collect_subfields(
            of.schema, of.fragments, of.variable_values, of.operation, kind, details, hide_suggestions=True
        )
        return self.selection(kind, collected.grouped_field_set)

    def selection(self, kind: GraphQLObjectType, fields: GroupedFieldSet) -> Selection:
        """The selection of these fields of a type."""
        body = Body(self, kind)
        members = {}
        for name, details in fields.items():
            self._names.append(name)
            members[name] = body.member(details)
            self._names.pop()
        read = dict.fromkeys(name for member in members.values() for name in _READ.findall(member))
        read |= dict.fromkeys(step.about for step in body.steps if isinstance(step.about, str))
        if kind.name in MODELS:
            self.looked_at.setdefault(kind.name, {}).update(read)
        looks = any("it." in member for member in members.values())
        whole = not WHOLE.isdisjoint(read) or any(step.branch in (CustomFields, Origins) for step in body.steps)
        build = builder(members, body.constants, len(body.steps))
        return Selection(build, tuple(body.steps), looks, tuple(read), whole)

    def any_model(self, details: list[FieldDetails]) -> Mapping[str, Selection]:
        """What is asked of records of each model."""
        types = self.operation.schema.type_map
        self._among_models += 1
        selections = {name: self.below(_object(types[name]), details) for name in MODELS}
        self._among_models -= 1
        return selections

    def refuse(self, failure: Failure) -> Failure | None:
        """What the field that is being compiled shows to these callers.

        It is null, with its error looked up afterwards. Where the names that lead to it lead to other types as well,
        the failure itself has to stand there.
        """
        if self._among_models:
            self.marked = True
            return failure
        self.refused.append(Refused(tuple(self._names), failure))
        return None

    def meet(self) -> None:
        """Count a field.

        Raises:
            Unplanned: there are too many.
        """
        self._met += 1
        if self._met > MAX_FIELDS:
            raise Unplanned(f"the operation has more than {MAX_FIELDS} fields")

    def refusal(self, parent: GraphQLObjectType, name: str, definition: StrawberryField) -> AtsError | None:
        """Why this caller gets null for a field, or null when they do not."""
        if parent is self.operation.schema.query_type:
            return self.caller.refusal(needed(OperationType.QUERY, name))
        if is_personal(definition) and Scope.PII not in self.caller.scopes:
            return withheld(f"{parent.name}.{name}")
        return None


@dataclass(slots=True)
class Body:
    """The Python of one selection, field by field.

    Attributes:
        compiler: Compiles what is below.
        kind: The type of the objects.
        constants: What the Python speaks of.
        steps: The steps met so far.
    """

    compiler: Compiler
    kind: GraphQLObjectType
    constants: dict[str, Any] = field(
        default_factory=lambda: {
            "UTC": UTC,
            "datetime": datetime,
            "encoded": encoded,
            "malformed": _malformed,
            "present": _present,
            "whole": _whole,
        }
    )
    steps: list[Step] = field(default_factory=list)

    def member(self, details: list[FieldDetails]) -> str:
        """The Python of one field."""
        name = details[0].node.name.value
        if name == "__typename":
            return repr(self.kind.name)
        declared = self.kind.fields.get(name)
        definition = declared and field_of(declared)
        if declared is None or definition is None:
            raise Unplanned(f"{name} is about the schema")
        self.compiler.meet()
        asked = Asked(details, declared, definition)
        if refusal := self.compiler.refusal(self.kind, name, definition):
            return self._failed(refusal, asked)
        compiled = self.compiler.compile_of(definition)
        if compiled is None:
            raise Unplanned(f"{self.kind.name}.{name} has a resolver of its own")
        return compiled(self, asked)

    def unplanned(self, asked: Asked) -> str:
        """A field that only graphql-core's leaf resolves."""
        raise Unplanned(f"{self.kind.name}.{asked.definition.python_name} has no plan")

    def attribute(self, asked: Asked) -> str:
        """A field that shows an attribute of the object."""
        name, (type_, required) = asked.definition.python_name, _bare(asked.field.type)
        if is_leaf_type(type_):
            return self._leaf(name, type_, required)
        several = isinstance(type_, GraphQLList)
        inner, each_required = _bare(type_.of_type) if several else (type_, True)
        if not isinstance(inner, GraphQLObjectType) or not each_required:
            raise Unplanned(f"{self.kind.name}.{name} is not a list of objects that are all there")
        return self._inside(asked, self.compiler.below(inner, asked.details), several=several, required=required)

    def list(self, asked: Asked, branch: Any) -> str:
        """A page of a model."""
        selection = self.compiler.below(_object(asked.field.type), asked.details)
        counted = selects(asked.nodes, self.compiler.operation.fragment_definitions, "totalCount")
        return self._step(Step(branch, asked, asked.definition.metadata["list"], selection, counted=counted), "it")

    def look_up(self, asked: Asked, branch: Any) -> str:
        """One record of a model by its id."""
        selection = self.compiler.below(_object(asked.field.type), asked.details)
        return self._step(Step(branch, asked, asked.definition.metadata["look_up"], selection), "it")

    def any_model(self, asked: Asked, branch: Any) -> str:
        """Records of any models by their ids: the id tells the type, so there is a selection for each."""
        return self._step(Step(branch, asked, None, NOTHING, self.compiler.any_model(asked.details)), "it")

    def accounts(self, asked: Asked, branch: Any) -> str:
        """The same of several accounts: below each stands what stands below the operation."""
        selection = self.compiler.below(_object(_item(asked.field.type)), asked.details)
        return self._step(Step(branch, asked, "accounts", selection), "it")

    def status(self, asked: Asked, branch: Any) -> str:
        """Whether an account answers."""
        return self._step(Step(branch, asked, "status", NOTHING), "it")

    def files(self, asked: Asked, branch: Any) -> str:
        """The files of one candidate, by the candidate's id."""
        selection = self.compiler.below(_object(_item(asked.field.type)), asked.details)
        return self._step(Step(branch, asked, None, selection), "it")

    def relation(self, asked: Asked, branch: Any) -> str:
        """The other end of a relation."""
        relation: Relation = asked.definition.metadata["relation"]
        selection = self.compiler.below(_object(_item(asked.field.type)), asked.details)
        held = relation.key if relation.kind in (Kind.ONE, Kind.EACH) else "key"
        return self._step(Step(branch, asked, relation, selection), f"it.{held}")

    def reference(self, asked: Asked) -> str:
        """The id of another record."""
        model, key = asked.definition.metadata["reference"]
        shown = f"prefixes[{model!r}] + encoded(value)"
        if isinstance(asked.field.type, GraphQLNonNull):
            return f"prefixes[{model!r}] + encoded(it.{key})"
        return f"None if (value := it.{key}) is None else {shown}"

    def provenance(self, asked: Asked, branch: Any) -> str:
        """Where the fields of the record come from."""
        selection = self.compiler.below(_object(_item(asked.field.type)), asked.details)
        return self._step(Step(branch, asked, self.kind.name, selection), "it")

    def custom_fields(self, asked: Asked, branch: Any, *, several: bool) -> str:
        """Custom fields of the record."""
        selection = self.compiler.below(_object(_item(asked.field.type)), asked.details)
        return self._step(Step(branch, asked, CustomFieldsOf(self.kind.name, several), selection), "it")

    def raw(self, asked: Asked) -> str:
        """What stands in a column, unless it is about a person whom the caller may not see."""
        if Scope.PII in self.compiler.caller.scopes:
            return "it.stands"
        self.compiler.marked = True
        failing = self._constant(lambda field: Failure(withheld(field), asked.nodes))
        return f"it.stands if it.withheld is None else {failing}(it.withheld)"

    def own_id(self, _: Asked) -> str:
        """The id of the record itself."""
        return f"prefixes[{self.kind.name!r}] + encoded(it.key)"

    def _failed(self, error: AtsError, asked: Asked) -> str:
        """Null with this error, wherever the object is shown."""
        if isinstance(asked.field.type, GraphQLNonNull):
            raise Unplanned("it is refused and cannot be null")
        return self._constant(self.compiler.refuse(Failure(error, asked.nodes)))

    def _leaf(self, name: str, type_: GraphQLLeafType, required: bool) -> str:
        """A value as clients see it, without a call where its form is the usual one."""
        absent, show = "malformed()" if required else "None", self._constant(type_.serialize)
        shown = f"malformed() if (shown := {show}(value)) is None else shown"
        if type_.name in USUAL:
            is_usual, usual = USUAL[type_.name]
            return f"{usual} if {is_usual.format(name=name)} else {absent} if value is None else {shown}"
        if isinstance(type_, GraphQLEnumType):
            names = self._constant(_names(type_))
            shown = f"shown if (shown := {names}.get(id(value))) is not None else {shown}"
        return f"{absent} if (value := it.{name}) is None else {shown}"

    def _inside(self, asked: Asked, selection: Selection, *, several: bool, required: bool) -> str:
        """Objects inside the object: made on the spot, unless they lead further."""
        name = asked.definition.python_name
        if selection.steps:
            if not required:
                raise Unplanned(f"{self.kind.name}.{name} may be null")
            return self._step(Step(Within, asked, name, selection, several=several), "it")
        is_record = get_named_type(asked.field.type).name in MODELS
        build = self._constant(selection.shown if is_record else selection.build)
        value = f"present(it.{name})" if required else "value"
        if several:
            # An object that looks at its items finds by itself whether one is missing.
            shown = f"{build}({value if selection.looks else f'whole({value})'}, prefixes)"
        else:
            shown = f"{build}(({value},), prefixes)[0]"
        return shown if required else f"None if (value := it.{name}) is None else {shown}"

    def _step(self, step: Step, held: str) -> str:
        self.steps.append(step)
        return f"step{len(self.steps) - 1}({held})"

    def _constant(self, value: object) -> str:
        name = f"constant{len(self.constants)}"
        self.constants[name] = value
        return name


def _bare(type_: Any) -> tuple[Any, bool]:
    """A type without its `!`, and whether it had one."""
    return (type_.of_type, True) if isinstance(type_, GraphQLNonNull) else (type_, False)


def _item(type_: Any) -> Any:
    """The type of a list's items, without its `!`; any other type itself."""
    return _bare(type_.of_type)[0] if isinstance(type_, GraphQLList) else type_


def _object(type_: Any) -> GraphQLObjectType:
    """The type as that of objects; what fails becomes null there, so it must be allowed to."""
    if not isinstance(type_, GraphQLObjectType):
        raise Unplanned(f"{type_} is no type of objects that may be null")
    return type_


def _present(value: Any) -> Any:
    """A value that must be there."""
    if value is None:
        raise Malformed
    return value


def _whole(values: Any) -> Any:
    """A list whose items must all be there."""
    if any(value is None for value in values):
        raise Malformed
    return values


def _names(type_: GraphQLEnumType) -> dict[int, str]:
    """How clients see the members of an enum, by their Python identity: enums hash their members in Python."""
    return {id(member): type_.serialize(member) for member in members_of(type_)}


def _malformed() -> NoReturn:
    raise Malformed
