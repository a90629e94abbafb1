"""What a type may ask of the request it is answered in."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, Protocol

import strawberry

if TYPE_CHECKING:
    from schema.connection import Window
    from schema.relation import Relation


class Context(Protocol):
    """The request, as far as the types see it: ids to show, and relations to follow."""

    def global_id(self, model: str, key: str) -> str:
        """The opaque id under which clients know the record of `model` that the source calls `key`."""

    def follow(self, relation: "Relation", parent: Any) -> Awaitable[Any]:
        """The record or records at the other end of a relation of `parent`."""

    def connect(self, relation: "Relation", parent: Any, window: "Window") -> Awaitable[Any]:
        """The part of a relation of `parent` that `window` asks for, as a connection."""

    def attachments(self, candidate_key: str) -> Awaitable[Any]:
        """The files of a candidate that can be read back."""


Info = strawberry.Info[Context, None]
"""Strawberry's resolver info over this context."""
