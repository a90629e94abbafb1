"""What is left of a person in the gateway's database once the ATS has them no more."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from sqlite3 import connect

import httpx

from gateway.clock import now
from gateway.replica.retention import null_deleted
from gateway.simulator import SimulatorConfig, Size, create_simulator
from tests.databases import open_database
from tests.end_to_end.conftest import KEY, World, gateway_over

SURNAME = "Quillfeather"
APPLY = """
mutation ($input: CreateApplicationInput!) {
  createApplication(input: $input) { application { id } userErrors { message } }
}
"""
NOTE = """
mutation ($input: AddNoteToApplicationInput!) { addNoteToApplication(input: $input) { userErrors { message } } }
"""
READ = "{ candidates(first: 250) { nodes { lastName remoteData applications { nodes { id } } } } }"


async def test_no_table_knows_a_person_who_was_deleted(tmp_path: Path) -> None:
    """Whatever was read, synced and written of them, in every table there is; that somebody existed is kept."""
    file = tmp_path / "gateway.sqlite"
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,), size=Size(jobs=4, contacts=20, activities=5)))
    async with gateway_over(simulator, database_url=f"sqlite:///{file}") as world:
        await _apply(world)
        assert f'"{SURNAME}"' in str(await world.data(READ)).replace("'", '"')
        await _sync(world)
        assert SURNAME.lower() in "".join(_texts(file)).lower()
        await _delete(world)
        await _sync(world)
        assert world.app.process.storage
        await world.app.process.storage.workflows.sweep()
    database = open_database(f"sqlite:///{file}")
    assert await null_deleted(database, lambda: now() + timedelta(days=15)) > 1
    await database.close()
    assert [text for text in _texts(file) if SURNAME.lower() in text.lower()] == []


async def _apply(world: World) -> None:
    person = {"firstName": "Ada", "lastName": SURNAME, "emailAddress": f"{SURNAME}@example.com", "company": "Acme"}
    file = {"name": f"{SURNAME}.txt", "type": "CV", "contentType": "text/plain", "data": "UXVpbGxmZWF0aGVy"}
    job = next(row["Id"] for row in world.account["jobs"].ordered() if not (row["IsLead"] or row.get("ClosedOn")))
    given = {"candidate": person, "application": {"jobId": f"remote:{job}"}, "attachments": [file]}
    made = (await world.data(APPLY, input=given))["createApplication"]
    assert made["userErrors"] == []
    note = {"applicationId": made["application"]["id"], "content": f"<p>{SURNAME} called.</p>"}
    assert (await world.data(NOTE, input=note))["addNoteToApplication"]["userErrors"] == []


async def _delete(world: World) -> None:
    """In Crelate: the person goes, and from the pipelines as well."""
    gone = next(row["Id"] for row in world.account["contacts"].ordered() if row["LastName"] == SURNAME)
    transport = httpx.ASGITransport(world.simulator)
    async with httpx.AsyncClient(transport=transport, base_url="http://simulator/api3") as crelate:
        (await crelate.delete(f"/contacts/{gone}", headers={"X-Api-Key": KEY})).raise_for_status()


async def _sync(world: World) -> None:
    """A full sync, to its end."""
    await world.data("mutation { sync(input: {mode: FULL}) { userErrors { message } } }")
    while (await world.data("{ syncStatus { running } }"))["syncStatus"]["running"]:  # noqa: ASYNC110  nothing else says so
        await asyncio.sleep(0.02)


def _texts(file: Path) -> Iterator[str]:
    """Every value of every row of every table, as text."""
    with connect(file) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  a name from the database itself
                for value in row:
                    yield value.decode("latin-1") if isinstance(value, bytes) else str(value)
