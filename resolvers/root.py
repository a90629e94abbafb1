"""The roots of the graph: the API's table of contents."""

from collections.abc import Callable
from functools import cache
from inspect import getdoc
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type

from resolvers.engine.kinds import install
from resolvers.mutations.add_attachment_to_application import add_attachment_to_application
from resolvers.mutations.add_note_to_application import add_note_to_application
from resolvers.mutations.create_application import create_application
from resolvers.mutations.create_candidate import create_candidate
from resolvers.mutations.move_application import move_application
from resolvers.mutations.passthrough import passthrough as send_passthrough
from resolvers.mutations.sync import sync
from resolvers.queries.account import coverage, rate_limit
from resolvers.queries.accounts import accounts_field
from resolvers.queries.actions import action, actions
from resolvers.queries.candidate_attachments import candidate_attachments
from resolvers.queries.changes import changes
from resolvers.queries.node import node_fields
from resolvers.queries.passthrough import passthrough
from resolvers.queries.records import record_fields
from resolvers.queries.sync_status import sync_status
from resolvers.subscriptions.changes import changes as follow_changes
from schema.model import MODELS
from schema.scalars import SCALARS
from schema.strawberry_bridge import executable

Resolver = Callable[..., Any]

OF_AN_ACCOUNT: tuple[Resolver, ...] = (changes, action, actions, coverage, sync_status)
"""Resolvers that stand below each account of `accounts` as well, beside all that the engine answers."""

QUERIES: tuple[Resolver, ...] = (*OF_AN_ACCOUNT, rate_limit, passthrough)
"""Root fields of Query that are resolvers; the engine answers all others."""

MUTATIONS: tuple[Resolver, ...] = (
    create_candidate,
    create_application,
    add_attachment_to_application,
    add_note_to_application,
    move_application,
    send_passthrough,
    sync,
)
"""Root fields of Mutation."""

SUBSCRIPTIONS: tuple[Resolver, ...] = (follow_changes,)
"""Root fields of Subscription."""


def _field(resolver: Resolver) -> Any:
    """A root field whose description is the first paragraph of its resolver's docstring."""
    return strawberry.field(resolver=resolver, description=_words(resolver))


def _mutation(resolver: Resolver) -> Any:
    return strawberry.mutation(resolver=resolver, description=_words(resolver))


def _subscription(resolver: Resolver) -> Any:
    return strawberry.subscription(resolver=resolver, description=_words(resolver))


def _words(resolver: Resolver) -> str:
    return (getdoc(resolver) or "").partition("\n\n")[0].replace("\n", " ")


def _by_engine() -> list[Any]:
    """Declarations of the lists and look-ups; each type needs its own."""
    return [*record_fields(), *node_fields(), candidate_attachments()]


@cache
def build_schema() -> strawberry.Schema:
    """The schema of the gateway, with the engine's resolvers; root fields and personal fields check the caller.

    Nothing changes it once it is built, so a process builds it once, however many apps it makes.
    """
    schema = strawberry.Schema(
        query=create_type(
            "Query",
            [*_by_engine(), *map(_field, QUERIES), accounts_field([*_by_engine(), *map(_field, OF_AN_ACCOUNT)])],
            description="Everything that can be read.",
        ),
        mutation=create_type("Mutation", [*map(_mutation, MUTATIONS)], description="Everything that can be written."),
        subscription=create_type(
            "Subscription",
            [*map(_subscription, SUBSCRIPTIONS)],
            description="Everything that can be followed as it happens.",
        ),
        types=[model.record for model in MODELS.values()],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    install(executable(schema))
    return schema
