"""A sync of an account full of awkward records: each model comes whole, in either database."""

import pytest

from gateway.database.engine import Database
from gateway.replica.store import Store
from gateway.replica.sync_state import sync_states
from gateway.simulator.seed.size import Size
from resolvers.ports.source import PageQuestion
from schema.model import MODELS
from schema.sync_status import SyncMode
from tests.gateway.replica.records import INTEGRATION
from tests.gateway.sync.firm import Firm, Time

AWKWARD = Size(jobs=12, contacts=150, activities=20, contacts_per_job=3, awkward=True)

OF_ENTITY = {
    "user": "User",
    "job": "Job",
    "contact": "Candidate",
    "stage": "ApplicationStage",
    "interview": "Interview",
}
"""The simulator's name of what a record is -> its model."""


@pytest.fixture
def firm(database: Database) -> Firm:
    """A small firm in which anything stands."""
    time = Time()
    return Firm(Store(database, time), time, AWKWARD)


async def test_awkward_records_keep_no_other_from_coming(firm: Firm) -> None:
    """Every model is synced without an error, and every row that is a record is there."""
    await firm.sync(SyncMode.FULL)
    await firm.sync(SyncMode.DELTA)
    states = await sync_states(firm.store.database, INTEGRATION)
    assert {model: state.last_error for model, state in states.items()} == dict.fromkeys(MODELS)
    there = {
        (model, copy.record.key)
        for model in MODELS
        for copy in (await firm.store.page(INTEGRATION, model, PageQuestion(size=100_000))).copies
    }
    spoilt = {
        (OF_ENTITY[entity], key)
        for what, key in firm.simulator.state.awkward.items()
        for entity, _, oddity in [what.partition(": ")]
        if entity in OF_ENTITY and oddity.startswith(("text with", "long"))
    }
    assert len(spoilt) > 60
    assert spoilt <= there


async def test_a_lead_is_a_job_as_long_as_somebody_is_on_its_pipeline(firm: Firm) -> None:
    """Its application comes with it, and goes with it."""
    awkward = firm.simulator.state.awkward
    lead, empty = awkward["job: lead with a pipeline"], awkward["job: lead without a pipeline"]
    application = f"{lead}:{awkward['contact: on a lead']}"
    await firm.sync(SyncMode.FULL)
    assert list(await firm.store.by_keys(INTEGRATION, "Job", [lead, empty])) == [lead]
    assert await firm.store.by_keys(INTEGRATION, "Application", [application])
    await firm.call("DELETE", f"/jobs/{lead}/contacts/{awkward['contact: on a lead']}")
    await firm.sync(SyncMode.FULL)
    gone = (*(await firm.store.by_keys(INTEGRATION, "Job", [lead])).values(),)
    gone += (*(await firm.store.by_keys(INTEGRATION, "Application", [application])).values(),)
    assert [copy.record.remote_deleted_at is None for copy in gone] == [False, False]
