"""The change log, read page by page."""

from typing import Annotated

import strawberry

from resolvers.errors import Forbidden
from resolvers.ids import Ids
from resolvers.info import Info
from resolvers.ports.changes import ID_SCOPE, SCOPE, ChangeLog, LogEntry
from resolvers.questions import page_size
from schema.change import Change, ModelName, shown_as
from schema.connection import Connection, Edge, First, PageInfo

Since = Annotated[
    str | None,
    strawberry.argument(description="Start behind this cursor, given out by `changes` as a query or a subscription."),
]
Models = Annotated[list[ModelName] | None, strawberry.argument(description="Only changes of records of these models.")]


async def changes(
    info: Info, after: Since = None, first: First = None, models: Models = None
) -> Connection[Change] | None:
    """What the gateway saw happen to records, oldest first; without `after` from the beginning of its log."""
    size = page_size(first)
    position = position_of(info.context.ids, after)
    entries = await change_log(info).after(position or 0, size + 1, names(models))
    page = [change(info.context.ids, entry) for entry in entries[:size]]
    return Connection(
        edges=[Edge(cursor=item.cursor, node=item) for item in page],
        nodes=page,
        page_info=PageInfo(
            has_next_page=len(entries) > size,
            has_previous_page=bool(position),
            start_cursor=page[0].cursor if page else after,
            end_cursor=page[-1].cursor if page else after,
        ),
        total_count=None,
    )


def change_log(info: Info) -> ChangeLog:
    """The log.

    Raises:
        Forbidden: the gateway keeps no database.
    """
    if info.context.changes is None:
        raise Forbidden("Changes need a database: DATABASE_URL is off.")
    return info.context.changes


def position_of(ids: Ids, cursor: str | None) -> int | None:
    """The position behind a cursor.

    Raises:
        BadUserInput: it is not a cursor of the log.
    """
    return None if cursor is None else int(ids.position(SCOPE, cursor, "after"))


def names(models: list[ModelName] | None) -> list[str] | None:
    """Names of the models wanted, or null for all."""
    return None if models is None else [str(model.value) for model in models]


def change(ids: Ids, entry: LogEntry) -> Change:
    """An entry of the log as clients see it."""
    fields = [shown_as(entry.model, name) for name in entry.properties]
    return Change(
        key=entry.key,
        id=strawberry.ID(ids.cursor(ID_SCOPE, str(entry.position))),
        record_id=strawberry.ID(ids.encode(entry.model, entry.key)),
        fields=fields,
        changed_fields=fields,
        cursor=ids.cursor(SCOPE, str(entry.position)),
        model=ModelName(entry.model),
        kind=entry.kind,
        at=entry.at,
        hash_before=entry.hash_before,
        hash_after=entry.hash_after,
    )
