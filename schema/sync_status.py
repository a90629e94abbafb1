"""How the copies of an integration's records are kept up to date."""

from datetime import datetime
from enum import Enum

import strawberry

from schema.actions.problem import ActionWarning, UserError
from schema.change import ModelName


@strawberry.enum(description="How much of the ATS a sync reads.")
class SyncMode(Enum):
    """The two kinds of syncs."""

    DELTA = strawberry.enum_value("DELTA", description="What changed since the last one. Deletions are not seen.")
    FULL = strawberry.enum_value("FULL", description="Everything: what is gone from the ATS is marked as deleted.")


@strawberry.type(description="How up to date the copies of one model are.")
class ModelSyncStatus:
    """What is known about the syncs of one model."""

    model: ModelName = strawberry.field(description="The model.")
    records: int = strawberry.field(description="Copies of records that exist in the ATS.")
    synced_at: datetime | None = strawberry.field(
        description="The copies are complete and right as of then; null before the first sync, when lists are read "
        "from the ATS itself."
    )
    last_delta_at: datetime | None = strawberry.field(description="Start of the last delta that reached its end.")
    last_full_at: datetime | None = strawberry.field(description="Start of the last full sync that reached its end.")
    watermark: datetime | None = strawberry.field(
        description="The ATS's own clock then: the next delta asks for what changed since, and a little before."
    )
    complete: bool = strawberry.field(description="Whether a full list has proved to hold every record.")
    running: bool = strawberry.field(description="Whether a sync is reading this model now.")
    read: int | None = strawberry.field(
        description="How many rows that sync has read, or of how many parents the lists; null when none is running."
    )
    expected: int | None = strawberry.field(description="How many there are in all, as far as the ATS says.")
    last_error: str | None = strawberry.field(
        description="Code of the error that ended the last sync of this model, `INCOMPLETE` when its list could not "
        "be proved complete, `DATABASE_UNAVAILABLE` when the gateway's own database was out of reach or full; null "
        "after one that reached its end."
    )
    skipped: int = strawberry.field(
        description="Records that came and could not be read or stored. Copies of them stay as they were, and are not "
        "marked as deleted; a later sync that can take them does."
    )
    skipped_ids: list[strawberry.ID] = strawberry.field(description="Ids of the first hundred of them.")


@strawberry.type(description="How up to date the copies of this integration's records are.")
class SyncStatus:
    """One integration's syncs."""

    running: SyncMode | None = strawberry.field(description="The sync at work; null when there is none.")
    started_at: datetime | None = strawberry.field(description="When it was asked for.")
    next_delta_at: datetime | None = strawberry.field(description="When the next delta is due; null without schedule.")
    next_full_at: datetime | None = strawberry.field(description="When the next full sync is due; likewise.")
    models: list[ModelSyncStatus] = strawberry.field(description="The models, one by one.")


@strawberry.input(description="A sync to begin.")
class SyncInput:
    """What `sync` takes."""

    mode: SyncMode = strawberry.field(default=SyncMode.DELTA, description="How much of the ATS is read.")


@strawberry.type(description="What came of asking for a sync.")
class SyncPayload:
    """A sync is begun and goes on by itself; `syncStatus` shows how far it is."""

    mode: SyncMode = strawberry.field(description="The kind that is at work now.")
    already_running: bool = strawberry.field(
        description="Whether one was at work before, and no other was begun: there is one at a time."
    )
    user_errors: list[UserError] = strawberry.field(description="What was wrong with the request.")
    warnings: list[ActionWarning] = strawberry.field(description="What there is to say about it.")
