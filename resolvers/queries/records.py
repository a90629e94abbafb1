"""For each model its connection and its look-up, made from the model table."""

from collections.abc import Iterator
from typing import Annotated, Any

import strawberry

from resolvers.info import Info
from resolvers.selections import selects
from schema.connection import Connection, Window, windowed
from schema.model import MODELS, Model


def record_fields() -> list[Any]:
    """The root fields of all models: a connection each, and a look-up for those that have one."""
    return [field for model in MODELS.values() for field in _fields(model)]


def _fields(model: Model) -> Iterator[Any]:
    yield _list(model)
    if model.singular:
        yield _single(model, model.singular)


def _list(model: Model) -> Any:
    async def resolve(_root: None, info: Info, window: Window) -> Any:
        raw = info._raw_info  # noqa: SLF001  Strawberry's own view of it costs a copy of everything selected
        counted = selects(raw.field_nodes, raw.fragments, "totalCount")
        return await info.context.page(model, window, counted=counted)

    result_type = Connection[model.record] | None  # type: ignore[name-defined]  # a type made at run time
    resolver = windowed(resolve, model.filter, model.order, result_type)
    resolver.__name__ = model.plural
    words = model.plural.replace("_", " ")
    return strawberry.field(resolver=resolver, description=f"All {words}, by page.", metadata={"list": model})


def _single(model: Model, name: str) -> Any:
    async def resolver(
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id, or `remote:<remote id>`.")],
    ) -> Any:
        return await info.context.record(model.name, info.context.ids.key(model.name, id, "id"))

    resolver.__name__ = name
    resolver.__annotations__["return"] = model.record | None
    words = name.replace("_", " ")
    return strawberry.field(
        resolver=resolver, description=f"One {words}; null when there is none.", metadata={"look_up": model}
    )
