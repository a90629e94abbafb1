"""Copies that were made by another way of reading."""

from datetime import timedelta

from gateway.replica.freshness import NEVER
from gateway.replica.store import Store
from gateway.replica.sync_state import note_sync, sync_states
from gateway.replica.touches import news
from gateway.replica.versions import renew
from tests.gateway.replica.records import INTEGRATION, Clock, candidate, job

OTHER = "crelate:other"


async def test_another_version_outdates_the_copies_of_its_model_once(store: Store, clock: Clock) -> None:
    """As often as the versions change, back to the usual one as well; other models and accounts are left alone."""
    database, versions = store.database, {"Job": "a"}
    for integration in (INTEGRATION, OTHER):
        await store.write(integration, "Job", [job("j1")], clock.now)
        await store.write(integration, "Job", [job("j2")], clock.now)
        await store.delete(integration, "Job", ["j2"], clock.now + timedelta(seconds=1))
        await store.write(integration, "Candidate", [candidate("c1")], clock.now)
        await note_sync(database, integration, ["Job", "Candidate"], synced_at=clock.now, complete=True)
    await store.note_listed(INTEGRATION, "Job", "key", {"x": ["j1"]}, clock.now)
    newest = (await news(database, INTEGRATION, None))[0][-1].number

    assert await renew(database, INTEGRATION, versions, clock) == ["Job"]
    assert await renew(database, INTEGRATION, versions, clock) == []

    (copy,) = (await store.by_keys(INTEGRATION, "Job", ["j1"])).values()
    assert (copy.fetched_at, copy.record.remote_deleted_at) == (NEVER, None)
    assert (await store.by_keys(INTEGRATION, "Job", ["j2"]))["j2"].fetched_at != NEVER
    states = await sync_states(database, INTEGRATION)
    assert (states["Job"].synced_at, states["Job"].complete) == (None, False)
    assert (states["Candidate"].synced_at, states["Candidate"].complete) == (clock.now, True)
    assert await store.listed(INTEGRATION, "Job", "key", ["x"]) == {}
    assert [(touch.model, touch.keys) for touch in (await news(database, INTEGRATION, newest))[0][1:]] == [
        ("Job", ["j1"])
    ]
    assert (await store.by_keys(OTHER, "Job", ["j1"]))["j1"].fetched_at == clock.now

    await store.write(INTEGRATION, "Job", [job("j1", job_code="1")], clock.tick())
    assert await renew(database, INTEGRATION, {"Job": "b"}, clock) == ["Job"]
    assert await renew(database, INTEGRATION, {}, clock) == ["Job"]
    assert await renew(database, INTEGRATION, {}, clock) == []
