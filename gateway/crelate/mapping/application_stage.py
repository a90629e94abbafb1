"""Application stages (crelate-api 4.5 and 5): the statuses of the recruiting workflow."""

from __future__ import annotations

from gateway.crelate.entities import Status
from gateway.crelate.mapping.table import Field, Table, raw_row
from gateway.crelate.readers import key, text
from schema.application_stage import ApplicationStage

APPLICATION_STAGE = Table(
    ApplicationStage,
    Status,
    "/workflowstatuses",
    Field("key", "Id", key),
    Field("remote_id", "Id", key, "ASM-16"),
    Field("name", "Name ?? Title", text),
    raw_row("/workflowstatuses"),
)
