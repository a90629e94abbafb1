"""How graphql-core resolves the fields that the engine knows: the other half of each row in `kinds`.

These resolvers answer what has no plan: records below mutations, changes and subscriptions, and root fields whose plan
met something unexpected. They ask the same `Answers` as plans do.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLResolveInfo, GraphQLSchema

from resolvers.answers import DEFINITIONS, PAGE, STATUS, Question
from resolvers.callers import Scope
from resolvers.connections import among, asked_of, limit_of, page_of
from resolvers.context import RequestContext
from resolvers.custom_fields import chosen, custom_fields_of
from resolvers.engine.lookups import (
    MISSING_CANDIDATE,
    NO_CHILDREN,
    account_of,
    check_number,
    chosen_accounts,
    page_question,
)
from resolvers.errors import AtsError
from resolvers.loaders import Loader
from resolvers.ports.custom_fields import Definitions
from resolvers.ports.source import Page
from resolvers.privacy import withheld
from resolvers.provenance import chosen_fields, provenance_of
from resolvers.selections import selects
from schema.account import AccountFacts
from schema.connection import Window
from schema.model import Model
from schema.record import Tracked
from schema.relation import Relation
from schema.strawberry_bridge import StrawberryField, arguments_of

Info = GraphQLResolveInfo[RequestContext]
Resolver = Callable[..., Any]

READING = frozenset({Scope.READ})


@dataclass(frozen=True, slots=True)
class Place:
    """A field in the schema.

    Attributes:
        schema: The schema.
        type_name: The type it is a field of.
        definition: Strawberry's definition of it.
    """

    schema: GraphQLSchema
    type_name: str
    definition: StrawberryField

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments by their Python names."""
        return arguments_of(self.schema, self.definition, given)


def attribute(place: Place) -> Resolver:
    """The attribute of the object."""
    name = place.definition.python_name
    return lambda source, _info: getattr(source, name)


def own_id(place: Place) -> Resolver:
    """The id of the record itself."""
    return lambda source, info: info.context.ids.encode(place.type_name, source.key)


def provenance(place: Place) -> Resolver:
    """Where the fields of the record come from."""

    def resolve(source: Any, info: Info, **given: Any) -> Any:
        context, model = info.context, place.type_name
        fields = chosen_fields(model, place.arguments(given))
        return provenance_of(context.integration, model, source, fields, sees_personal=context.sees_personal_data)

    return resolve


def custom_fields(place: Place) -> Resolver:
    """Custom fields of the record."""

    async def resolve(source: Any, info: Info, **given: Any) -> Any:
        model = place.type_name
        loader: Loader[Definitions] = info.context.answers.loader(Question(DEFINITIONS))
        definitions = await loader.load(model) or Definitions()
        return custom_fields_of(source, definitions, chosen(definitions, place.arguments(given)))

    return resolve


def custom_field(place: Place) -> Resolver:
    """One of them."""
    several = custom_fields(place)

    async def resolve(source: Any, info: Info, **given: Any) -> Any:
        (only,) = await several(source, info, **given)
        return only

    return resolve


def raw(_: Place) -> Resolver:
    """What stands in a column."""

    def resolve(source: Any, _info: Info) -> Any:
        if source.withheld:
            raise withheld(source.withheld)
        return source.stands

    return resolve


def reference(place: Place) -> Resolver:
    """The id of another record."""
    model, key = place.definition.metadata["reference"]

    def resolve(source: Any, info: Info) -> str | None:
        held = getattr(source, key)
        return None if held is None else info.context.ids.encode(model, held)

    return resolve


def one(place: Place) -> Resolver:
    """The record whose key the object holds."""
    relation: Relation = place.definition.metadata["relation"]

    def resolve(source: Any, info: Info) -> Any:
        _check_reading(source, info)
        held = getattr(source, relation.key)
        return None if held is None else info.context.answers.loader(Question(relation.to)).load(held)

    return resolve


def each(place: Place) -> Resolver:
    """The records whose keys the object holds, in order, without those that do not exist."""
    relation: Relation = place.definition.metadata["relation"]

    async def records(keys: list[str], info: Info) -> list[Any]:
        loader = info.context.answers.loader(Question(relation.to))
        found = await asyncio.gather(*(loader.load(key) for key in keys))
        return [record for record in found if record is not None]

    def resolve(source: Any, info: Info) -> Any:
        _check_reading(source, info)
        held = getattr(source, relation.key)
        return None if held is None else records(held, info)

    return resolve


def many(place: Place) -> Resolver:
    """The objects that hold the record's key."""
    relation: Relation = place.definition.metadata["relation"]

    async def found(key: str, info: Info) -> list[Any]:
        loader = info.context.answers.loader(Question(relation.to, relation.key))
        return list((await loader.load(key) or NO_CHILDREN).records)

    def resolve(source: Any, info: Info) -> Any:
        _check_reading(source, info)
        return found(source.key, info)

    return resolve


def connection(place: Place) -> Resolver:
    """A page of the records that hold the record's key."""
    relation: Relation = place.definition.metadata["relation"]

    async def page(key: str, info: Info, window: Window) -> Any:
        context = info.context
        asked = asked_of(context.ids, relation, key, window, sees_personal=context.sees_personal_data)
        loader = context.answers.loader(Question(relation.to, relation.key, limit_of(asked)))
        return among(context.ids, relation, key, asked, await loader.load(key) or NO_CHILDREN)

    def resolve(source: Any, info: Info, **given: Any) -> Any:
        _check_reading(source, info)
        return page(source.key, info, Window(**place.arguments(given)))

    return resolve


def subject(_: Place) -> Resolver:
    """The record a change is about, unless it is gone."""

    async def resolve(source: Any, info: Info) -> Any:
        record = await info.context.answers.loader(Question(source.model.value)).load(source.key)
        return record if record is None or record.remote_deleted_at is None else None

    return resolve


def listed(place: Place) -> Resolver:
    """A page of a model."""
    model: Model = place.definition.metadata["list"]

    async def resolve(_: None, info: Info, **given: Any) -> Any:
        context = info.context
        counted = selects(info.field_nodes, info.fragments, "totalCount")
        asked = page_question(context, model, Window(**place.arguments(given)), counted=counted)
        page: Page = await context.answers.loader(Question(model.name, page=asked)).load(PAGE)  # type: ignore[assignment]  # never null
        return page_of(context.ids, model, asked, page)

    return resolve


def look_up(place: Place) -> Resolver:
    """One record of a model."""
    model: Model = place.definition.metadata["look_up"]

    async def resolve(_: None, info: Info, **given: Any) -> Any:
        key = info.context.ids.key(model.name, place.arguments(given)["id"], "id")
        return await info.context.answers.loader(Question(model.name)).load(key)

    return resolve


def node(place: Place) -> Resolver:
    """One record of any model."""

    async def resolve(_: None, info: Info, **given: Any) -> Any:
        return await _record(info, (info.path.key,), place.arguments(given)["id"], "id")

    return resolve


def nodes(place: Place) -> Resolver:
    """Records of any models, in order; what fails is an error in its slot."""

    async def slot(info: Info, number: int, global_id: str) -> Any:
        try:
            return await _record(info, (info.path.key, number), global_id, "ids")
        except AtsError as error:
            return error

    async def resolve(_: None, info: Info, **given: Any) -> Any:
        global_ids = place.arguments(given)["ids"]
        check_number(global_ids)
        return list(await asyncio.gather(*(slot(info, *numbered) for numbered in enumerate(global_ids))))

    return resolve


def attachments(place: Place) -> Resolver:
    """The files of one candidate."""

    async def resolve(_: None, info: Info, **given: Any) -> Any:
        key = info.context.ids.key("Candidate", place.arguments(given)["candidate_id"], "candidateId")
        found = await info.context.answers.loader(Question("Attachment", "candidate_key")).load(key)
        if found is None:
            raise MISSING_CANDIDATE.again()
        return list(found.records)

    return resolve


def accounts(place: Place) -> Resolver:
    """The same of several accounts; one that may not be asked is an error in its slot."""

    def resolve(_: None, info: Info, **given: Any) -> Any:
        names = chosen_accounts(place.arguments(given))
        chosen = info.context.accounts if names is None else names
        return [_account(info, *numbered) for numbered in enumerate(chosen)]

    return resolve


def status(_: Place) -> Resolver:
    """Whether the account answers."""

    async def resolve(source: Any, info: Info) -> Any:
        return await info.context.answers.loader(Question(STATUS)).load(source.name)

    return resolve


def _account(info: Info, number: int, name: str) -> AccountFacts | AtsError:
    """An account; below it, the request that is put to it takes the place of the operation's."""
    try:
        context = info.context.of(name)
    except AtsError as error:
        return error
    info.context.places[info.path.key, number] = context
    return account_of(context)


async def _record(info: Info, place: tuple[str | int, ...], global_id: str, argument: str) -> Any:
    context, model, key = info.context.holding(global_id, argument)
    if context is not info.context:
        info.context.places[place] = context
    return await context.answers.loader(Question(model)).load(key)


def _check_reading(parent: Any, info: Info) -> None:
    """Callers who may only write see what was written, but cannot follow relations from there."""
    if isinstance(parent, Tracked):
        info.context.caller.require(READING)
