"""Application stages (crelate-api 4.5 and 5): the statuses of the recruiting workflow."""

from __future__ import annotations

from gateway.crelate.entities import Status
from gateway.crelate.mapping.table import Computed, Field, Table, endpoint
from gateway.crelate.readers import key, text
from schema.application_stage import ApplicationStage

APPLICATION_STAGE = Table(
    ApplicationStage,
    Status,
    Field("key", "Id", key),
    Field("remote_id", "Id", key),
    Field("name", "Name ?? Title", text),
    Computed("remote_data", endpoint("/workflowstatuses")),
)
