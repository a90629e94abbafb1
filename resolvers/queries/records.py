"""For each model its connection and its look-up, declared from the model table."""

from collections.abc import Iterator
from inspect import Parameter
from typing import Annotated, Any

import strawberry

from schema.connection import Connection, paging
from schema.model import MODELS, Model
from schema.strawberry_bridge import declared

ID = Annotated[strawberry.ID, strawberry.argument(description="Its id, or `remote:<remote id>`.")]


def record_fields() -> list[Any]:
    """The root fields of all models: a connection each, and a look-up for those that have one."""
    return [field for model in MODELS.values() for field in _fields(model)]


def _fields(model: Model) -> Iterator[Any]:
    yield _list(model)
    if model.singular:
        yield _single(model, model.singular)


def _list(model: Model) -> Any:
    words = model.plural.replace("_", " ")
    returns = Connection[model.record] | None  # type: ignore[name-defined]  # a type made at run time
    arguments = paging(model.filter, model.order)
    return declared(f"All {words}, by page.", {"list": model}, arguments, returns, model.plural)


def _single(model: Model, name: str) -> Any:
    words = name.replace("_", " ")
    arguments = [Parameter("id", Parameter.KEYWORD_ONLY, annotation=ID)]
    return declared(f"One {words}; null when there is none.", {"look_up": model}, arguments, model.record | None, name)
