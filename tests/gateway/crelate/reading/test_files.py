"""The files of candidates, and how many requests they cost."""

from typing import Any

import pytest

from gateway.simulator import FilterMode
from resolvers.errors import AtsError
from tests.gateway.crelate.conftest import World

NOBODY = "00000000-0000-4000-8000-000000000000"


def cvs(world: World) -> dict[str, str | None]:
    """Contact -> id of its CV, of all contacts."""
    rows = world.simulator.state["contacts"].values()
    return {row["Id"]: (row.get("PrimaryDocumentAttachmentId") or {}).get("Id") for row in rows}


def asked_for(world: World, most: int = 20) -> dict[str, str | None]:
    """Some contacts with a CV, one without, and its id."""
    held = cvs(world)
    some = {name: cv for name, cv in held.items() if cv}
    without = next(name for name, cv in held.items() if not cv)
    return {**dict(list(some.items())[:most]), without: None}


def ids(found: Any) -> dict[str, list[str]]:
    """The ids of each candidate's files."""
    return {name: [file.remote_id for file in files] for name, files in found.items()}


async def test_the_cvs_of_many_candidates_cost_two_requests(world: World) -> None:
    """One for the contacts, one for the files, once both filters have been proven; nobody has no files."""
    wanted = asked_for(world)
    await world.connector.files.attachments([*wanted][:2])
    world.simulator.reset_log()

    found = await world.connector.files.attachments([*wanted, NOBODY])

    assert ids(found) == {name: [cv] if cv else [] for name, cv in wanted.items()}
    assert world.counts == {"GET /contacts": 1, "GET /artifacts": 1}


async def test_the_cv_of_one_candidate_costs_two_requests_and_no_proof(world: World) -> None:
    """Two records, each read by itself; upper case makes no difference."""
    name, cv = next((name, cv) for name, cv in cvs(world).items() if cv)

    found = await world.connector.files.attachments([name.upper()])

    assert ids(found) == {name.upper(): [cv]}
    assert world.counts == {"GET /contacts/{id}": 1, "GET /artifacts/{id}": 1}


@pytest.mark.parametrize("mode", [FilterMode.OFF, FilterMode.REFUSE, FilterMode.SINGLE])
async def test_filters_that_do_not_work_make_no_difference(mode: FilterMode, world: World) -> None:
    """Then every record is read by itself."""
    world.switch(mode, "contacts.ids", "artifacts.ids")
    wanted = asked_for(world, 5)

    found = await world.connector.files.attachments([*wanted])

    assert ids(found) == {name: [cv] if cv else [] for name, cv in wanted.items()}
    assert world.counts["GET /artifacts/{id}"] == 5


async def test_a_file_that_cannot_be_read_fails_its_candidate_alone(world: World) -> None:
    """The others are answered."""
    world.switch(FilterMode.OFF, "contacts.ids", "artifacts.ids")
    wanted = list(asked_for(world, 3))[:3]
    await world.connector.files.attachments(wanted)
    world.simulator.faults.add("403", "/artifacts/{id}", times=1)

    found = await world.connector.files.attachments(wanted)

    assert sorted(isinstance(files, AtsError) for files in found.values()) == [False, False, True]
