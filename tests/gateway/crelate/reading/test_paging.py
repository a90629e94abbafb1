"""Lists: every record once, whatever moves, and only conditions that are really applied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.simulator import FaultKind, FilterMode
from resolvers.errors import BadUserInput, FilterNeedsSync
from resolvers.ports.source import Children, Page, PageQuestion
from schema.criterion import Criterion, Operator, Order
from schema.job import JobVisibility
from schema.model import MODELS
from schema.role import RoleScope
from tests.gateway.crelate.conftest import World

WHOLE = ["User", "ApplicationStage", "Role", "UserRole"]
WALKED = [model for model in MODELS if model not in WHOLE]
STRANGER = "10000000-0000-4000-8000-000000000009"
LISTS = {"/jobs", "/contacts", "/activities"}


async def page(world: World, model: str, **question: Any) -> Page:
    """One page, by a request of its own."""
    return await world.session().page(model, PageQuestion(**{"size": 10_000, **question}))


async def walked(world: World, model: str, size: int, between: Callable[[], None] = lambda: None) -> list[str]:
    """Keys of all records, page after page; `between` happens after the first one."""
    keys: list[str] = []
    position, pages = None, 0
    while pages == 0 or position is not None:
        found = await page(world, model, size=size, position=position)
        keys += [record.key for record in found.records]
        assert found.has_previous is (pages > 0)
        position = found.positions[-1] if found.has_next else None
        pages += 1
        if pages == 1:
            between()
    return keys


def condition(attribute: str, *values: Any) -> Criterion:
    """One of these values."""
    return Criterion(attribute, Operator.IN, values, "theArgument")


def keys_of(found: Page) -> list[str]:
    """Keys of a page."""
    return [record.key for record in found.records]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("size", [7, 250])
async def test_pages_add_up_to_the_whole_list(world: World, model: str, size: int) -> None:
    """Each record once, in the same order, and the last page says that it is the last."""
    everything = keys_of(await page(world, model))
    assert await walked(world, model, size) == everything
    assert len(everything) == len(set(everything)) > 0


@pytest.mark.parametrize("most", [1, 7, 15])
async def test_pages_shorter_than_the_overlap_add_up_as_well(world: World, most: int) -> None:
    """The place of a cursor is found however few rows come at a time (ASM-01)."""
    world.simulator.knobs.max_page = most
    keys = await walked(world, "Candidate", 30)
    assert len(keys) == len(set(keys))
    world.simulator.knobs.max_page = 100
    assert keys == await walked(world, "Candidate", 250)


@pytest.mark.parametrize("model", MODELS)
async def test_a_whole_list_knows_its_length(world: World, model: str) -> None:
    """And a part of one says only what it knows."""
    found = await page(world, model)
    assert found.total == len(found.records)
    first = await page(world, model, size=3)
    assert first.total == (found.total if model in WHOLE else None)


@pytest.mark.parametrize("model", ["Job", "Candidate", "Interview", "JobHiringTeamMember", "Application"])
async def test_rows_that_move_between_pages_are_not_skipped(world: World, model: str) -> None:
    """Records that were there all the time are all shown, though others came and went in front of them."""
    before = keys_of(await page(world, model))
    entity = {"Candidate": "contacts", "Interview": "activities"}.get(model, "jobs")
    table = world.simulator.state[entity]
    first = table.ordered()[0]

    def move() -> None:
        for number in range(6):
            table.insert(first | {"Id": f"{number:08}{STRANGER[8:]}", "CreatedOn": "2000-01-01T00:00:00Z"})
        for row in table.ordered()[7:10]:
            world.simulator.state.remove(entity, row["Id"])

    seen = await walked(world, model, 9, move)
    after = set(keys_of(await page(world, model)))
    assert set(before) & after <= set(seen)


async def test_the_record_under_the_cursor_may_be_gone(world: World) -> None:
    """The list goes on with what followed it."""
    jobs = world.jobs()
    first = await page(world, "Job", size=10)
    world.simulator.state.remove("jobs", keys_of(first)[-1])
    rest = await page(world, "Job", position=first.positions[-1])
    assert set(jobs[10:]) <= set(keys_of(rest))


async def test_a_row_that_shows_up_twice_while_a_page_is_made_counts_once(world: World) -> None:
    """Upstream pages may overlap."""
    world.simulator.faults.add(FaultKind.INSERT_ROW, "/contacts")
    found = keys_of(await page(world, "Candidate"))
    assert len(found) == len(set(found))


SHRINKING = [("Candidate", "/contacts"), ("Interview", "/activities"), ("Job", "/jobs"), ("Application", "/jobs")]


@pytest.mark.parametrize("rows", [1, 60])
@pytest.mark.parametrize(("model", "path"), SHRINKING)
async def test_a_list_that_shrinks_while_a_page_is_made_loses_no_other_row(
    world: World, model: str, path: str, rows: int
) -> None:
    """The rows that moved up are read again, for one more call."""
    world.simulator.knobs.max_page = 80 if path == "/contacts" else 20
    rows = min(rows, world.simulator.knobs.max_page - 5)
    before = keys_of(await page(world, model))
    calls = world.counts[f"GET {path}"]
    world.simulator.faults.add(FaultKind.SHRINK_LIST, path, rows=rows)
    seen = keys_of(await page(world, model))
    assert world.counts[f"GET {path}"] <= 2 * calls + 1
    after = keys_of(await page(world, model))
    assert len(after) < len(before)
    assert set(after) <= set(seen)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("limit", [None, 45])
@pytest.mark.parametrize("times", [1, 2])
async def test_a_pipeline_that_shrinks_while_it_is_read_loses_no_other_row(
    world: World, limit: int | None, times: int
) -> None:
    """It is begun anew: nobody who was taken off the job is shown, nor anybody left out."""
    world.simulator.knobs.max_page = 20
    job = max(world.jobs(), key=lambda name: len(world.simulator.state.pipeline.of_job(name)))
    world.simulator.faults.add(FaultKind.SHRINK_LIST, "/jobs/{id}/contacts", rows=1, times=times)
    found = (await world.session().by_parents("Application", "job_key", [job], limit))[job]
    assert isinstance(found, Children)
    there = [item.contact_id.lower() for item in world.simulator.state.pipeline.of_job(job)]
    assert [record.key for record in found.records] == [f"{job}:{contact}" for contact in there[:limit]]
    assert found.total == len(there)


@pytest.mark.parametrize("position", ["", "x", "1,2", "a,b,c,d,e", ",-,-,,"])
async def test_a_position_that_is_none_is_refused(world: World, position: str) -> None:
    """By the name of the argument it came in."""
    for model in ("Job", "User"):
        with pytest.raises(BadUserInput) as caught:
            await page(world, model, position=position)
        assert caught.value.argument == "after"


async def test_a_position_in_a_list_that_is_read_differently_now_is_refused(world: World) -> None:
    """Offsets of a filtered list mean nothing in the unfiltered one."""
    first = await page(world, "Interview", size=5)
    world.switch(FilterMode.OFF, "activities.verb_ids")
    with pytest.raises(BadUserInput):
        await page(world, "Interview", size=5, position=first.positions[-1])
    assert len(keys_of(await page(world, "Interview", size=5))) == 5


@pytest.mark.parametrize("model", WHOLE)
async def test_small_models_are_paged_from_either_end(world: World, model: str) -> None:
    """They are held whole."""
    everything = keys_of(await page(world, model))
    last = await page(world, model, size=2, backward=True)
    assert keys_of(last) == everything[-2:]
    assert (last.has_next, last.has_previous) == (False, True)
    before = await page(world, model, size=1, backward=True, position=last.positions[0])
    assert keys_of(before) == everything[-3:-2]


async def test_small_models_take_any_order_and_condition(world: World) -> None:
    """Applied here."""
    users = await page(world, "User", orders=(Order("last_name", descending=True),))
    names: list[Any] = [user.last_name for user in users.records]  # type: ignore[attr-defined]  # they are users
    assert names == sorted(names, key=str.casefold, reverse=True)
    one = users.records[3]
    address = one.email.upper()  # type: ignore[attr-defined]  # it is a user
    assert keys_of(await page(world, "User", criteria=(condition("email", address),))) == [one.key]
    jobs = await page(world, "Role", criteria=(condition("scope", RoleScope.JOB),))
    assert keys_of(jobs) == ["job:owner"]


@pytest.mark.parametrize("model", WALKED)
@pytest.mark.parametrize(
    ("question", "argument"),
    [
        ({"orders": (Order("key", descending=False),)}, "orderBy"),
        ({"backward": True}, "last"),
        ({"include_deleted": True}, "includeDeleted"),
        ({"criteria": (Criterion("remote_url", Operator.CONTAINS, "x", "someArgument"),)}, "someArgument"),
    ],
)
async def test_what_crelate_cannot_do_is_refused_by_name(
    world: World, model: str, question: dict[str, Any], argument: str
) -> None:
    """Never ignored, never answered with nothing."""
    with pytest.raises(FilterNeedsSync) as caught:
        await page(world, model, **question)
    assert caught.value.argument == argument


@pytest.mark.parametrize("model", WHOLE)
async def test_conditions_that_need_a_clock_of_ours_are_refused(world: World, model: str) -> None:
    """Crelate does not say when these change."""
    for question in (
        {"criteria": (Criterion("updated_at", Operator.AFTER, datetime.now(UTC), "updatedAfter"),)},
        {"include_deleted": True},
    ):
        with pytest.raises(FilterNeedsSync):
            await page(world, model, **question)


@pytest.mark.parametrize("model", MODELS)
async def test_any_model_can_be_narrowed_to_ids(world: World, model: str) -> None:
    """Then any order will do, since all of it is at hand."""
    wanted = keys_of(await page(world, model, size=40))[::-1][:5]
    found = await page(world, model, criteria=(condition("key", *wanted, STRANGER, "x"),))
    assert set(keys_of(found)) == set(wanted)
    assert found.total == len(wanted)
    sorted_ = await page(
        world, model, size=2, criteria=(condition("key", *wanted),), orders=(Order("key", descending=True),)
    )
    assert keys_of(sorted_) == sorted(wanted, reverse=True)[:2]
    assert sorted_.has_next
    rest = await page(
        world,
        model,
        criteria=(condition("key", *wanted),),
        orders=(Order("key", descending=True),),
        position=sorted_.positions[-1],
    )
    assert keys_of(rest) == sorted(wanted, reverse=True)[2:]


async def test_conditions_hold_together(world: World) -> None:
    """All of them."""
    first, second = keys_of(await page(world, "Job", size=2))
    found = await page(
        world, "Job", criteria=(condition("key", first, second), condition("visibility", JobVisibility.PUBLIC))
    )
    jobs = await world.session().by_ids("Job", [first, second])
    assert set(keys_of(found)) == {key for key, job in jobs.items() if job.visibility is JobVisibility.PUBLIC}


PARENTS = [
    ("Application", "job_key"),
    ("Application", "candidate_key"),
    ("Application", "current_stage_key"),
    ("Interview", "application_key"),
    ("JobHiringTeamMember", "job_key"),
    ("JobHiringTeamMember", "user_key"),
    ("JobUserRoleAssignment", "job_user_key"),
    ("JobUserRoleAssignment", "role_key"),
    ("UserRole", "user_key"),
    ("UserRole", "role_key"),
    ("InterviewingTeamMember", "interview_key"),
    ("InterviewingTeamMember", "user_key"),
]


@pytest.mark.parametrize(("model", "attribute"), PARENTS)
async def test_a_list_can_be_narrowed_to_parents(world: World, model: str, attribute: str) -> None:
    """The same records that hang on them."""
    everything: list[Any] = list((await page(world, model)).records)
    parents = list(dict.fromkeys(getattr(record, attribute) for record in everything))[:3]
    parents = [parent for parent in parents if parent]
    expected = {record.key for record in everything if getattr(record, attribute) in parents}
    asked = condition(attribute, *parents)
    assert set(keys_of(await page(world, model, criteria=(asked,)))) == expected
    pieces: list[str] = []
    position = None
    while True:
        piece = await page(world, model, size=4, criteria=(asked,), position=position)
        pieces += keys_of(piece)
        if not piece.has_next:
            break
        position = piece.positions[-1]
    assert len(pieces) == len(expected)
    assert set(pieces) == expected


async def test_a_page_of_a_long_pipeline_reads_no_more_than_it_shows(world: World) -> None:
    """And knows how long it is."""
    long = max(world.jobs(), key=lambda job: len(world.application_keys(job)))
    found = await page(world, "Application", size=25, criteria=(condition("job_key", long),))
    assert (len(found.records), found.has_next) == (25, True)
    assert found.total == len(world.application_keys(long))
    assert world.counts == {"GET /jobs/{id}/contacts": 1}


async def test_candidates_are_found_by_address(world: World) -> None:
    """In any case of letters, by one request."""
    await world.prepared()
    row = next(row for row in world.simulator.state["contacts"].values() if row.get("EmailAddresses_Personal"))
    asked = condition("email_addresses.email_address", row["EmailAddresses_Personal"]["Value"].upper())
    assert keys_of(await page(world, "Candidate", criteria=(asked,))) == [row["Id"]]
    assert world.counts["GET /contacts"] == 1


@pytest.mark.parametrize("prepared", [False, True])
@pytest.mark.parametrize(
    ("held", "asked"),
    [
        ("r&d@example.com", "R&D@example.com"),
        ("o'neil/x@example.com", "o'neil/x@example.com"),
        ("ada+jobs@example.com", "ada+jobs@example.com"),
        ("jos\u00e9@example.com", "jos\u00e9@example.com"),
        ("ana@b\u00fccher.example", "ana@b\u00fccher.example"),
        ("ana@b\u00fccher.example", "ana@xn--bcher-kva.example"),
        ("ana@xn--bcher-kva.example", "ana@B\u00fccher.example"),
        ('"ada okafor"@example.com', '"Ada Okafor"@example.com'),
        ("ada@localhost", "ada@localhost"),
    ],
)
async def test_a_candidate_is_found_by_what_the_ats_holds_as_its_address(
    world: World, held: str, asked: str, *, prepared: bool
) -> None:
    """In either spelling of a domain, shown as it is held, and counted."""
    row = next(row for row in world.simulator.state["contacts"].ordered() if row.get("EmailAddresses_Personal"))
    row["EmailAddresses_Personal"]["Value"] = held
    if prepared:
        await world.prepared()
    found = await page(world, "Candidate", criteria=(condition("email_addresses.email_address", asked),))
    assert (keys_of(found), found.total) == ([row["Id"]], 1)
    shown = found.records[0].email_addresses  # type: ignore[attr-defined]  # it is a candidate
    assert held in [entry.email_address for entry in shown]


async def test_an_address_that_is_not_shown_is_not_counted(world: World) -> None:
    """One that Crelate guesses brings its contact, and is none of the candidate's."""
    row = next(row for row in world.simulator.state["contacts"].ordered() if row.get("EmailAddresses_Personal"))
    row["EmailAddresses_Potential"] = {"Id": STRANGER, "Value": "guess@example.com", "IsPrimary": False}
    found = await page(world, "Candidate", criteria=(condition("email_addresses.email_address", "guess@example.com"),))
    assert (found.records, found.total) == ([], 0)


async def test_candidates_are_found_by_several_addresses_one_each_if_need_be(world: World) -> None:
    """Where the comma list does not work (ASM-04)."""
    world.switch(FilterMode.SINGLE, "contacts.emails")
    await world.prepared()
    rows = [row for row in world.simulator.state["contacts"].values() if row.get("EmailAddresses_Personal")]
    rows = [row for row in rows if row["RecordType"] & 1][:3]
    addresses = [row["EmailAddresses_Personal"]["Value"] for row in rows]
    found = await page(world, "Candidate", criteria=(condition("email_addresses.email_address", *addresses),))
    assert set(keys_of(found)) == {row["Id"] for row in rows}
    assert world.counts["GET /contacts"] == 3


async def test_without_the_address_filter_the_condition_is_refused(world: World) -> None:
    """Also when it stops working while it is trusted."""
    asked = Criterion("email_addresses.email_address", Operator.IN, ("nobody@example.com",), "email")
    assert keys_of(await page(world, "Candidate", criteria=(asked,))) == []
    world.switch(FilterMode.OFF, "contacts.emails")
    for _ in range(2):
        with pytest.raises(FilterNeedsSync) as caught:
            await page(world, "Candidate", criteria=(asked,))
        assert caught.value.argument == "email"


async def test_candidates_are_found_by_job(world: World) -> None:
    """Everybody on the pipeline, whatever the record type; together with ids, those of both."""
    job = next(job for job in world.jobs() if world.application_keys(job))
    expected = {key.partition(":")[2] for key in world.application_keys(job)}
    asked = condition("applications.job_key", job)
    assert set(keys_of(await page(world, "Candidate", criteria=(asked,)))) == expected
    one = min(expected)
    both = await page(world, "Candidate", criteria=(asked, condition("key", one, world.keys("contacts")[0], STRANGER)))
    assert set(keys_of(both)) == {one, world.keys("contacts")[0]} & expected


async def test_interviews_are_found_by_job(world: World) -> None:
    """Over the application."""
    everything: list[Any] = list((await page(world, "Interview")).records)
    job = next(record.application_key.partition(":")[0] for record in everything if record.application_key)
    expected = {record.key for record in everything if (record.application_key or "").startswith(job)}
    assert set(keys_of(await page(world, "Interview", criteria=(condition("application.job_key", job),)))) == expected


@pytest.mark.parametrize("model", ["Job", "Candidate", "Interview"])
async def test_changes_are_asked_for_where_the_filter_works(world: World, model: str) -> None:
    """Strictly later, to the microsecond."""
    await world.prepared()
    everything: list[Any] = list((await page(world, model)).records)
    limit = sorted(record.remote_updated_at for record in everything)[-6]
    world.simulator.reset_log()
    asked = Criterion("updated_at", Operator.AFTER, limit, "updatedAfter")
    found = await page(world, model, size=3, criteria=(asked,))
    rest = await page(world, model, criteria=(asked,), position=found.positions[-1])
    assert {*keys_of(found), *keys_of(rest)} == {
        record.key for record in everything if record.remote_updated_at > limit
    }
    read = [logged.query for logged in world.simulator.log if logged.template in LISTS]
    assert all("modified_after" in query for query in read if query.get("limit") == "100")
    later = Criterion("updated_at", Operator.AFTER, limit + timedelta(days=999), "updatedAfter")
    assert keys_of(await page(world, model, criteria=(later,))) == []


async def test_changes_are_refused_where_it_does_not(world: World) -> None:
    """Reading everything would be the only way."""
    world.switch(FilterMode.OFF, "jobs.modified_after")
    asked = Criterion("updated_at", Operator.AFTER, datetime(2026, 1, 1, tzinfo=UTC), "updatedAfter")
    with pytest.raises(FilterNeedsSync) as caught:
        await page(world, "Job", criteria=(asked,))
    assert caught.value.argument == "updatedAfter"


async def test_a_change_filter_that_stops_working_is_found_out(world: World) -> None:
    """By the first row that is too old."""
    await world.prepared()
    world.switch(FilterMode.OFF, "jobs.modified_after")
    asked = Criterion("updated_at", Operator.AFTER, datetime(2025, 12, 31, tzinfo=UTC), "updatedAfter")
    with pytest.raises(FilterNeedsSync):
        await page(world, "Job", criteria=(asked,))


async def test_applications_in_a_stage_are_paged(world: World) -> None:
    """Reading only as many pipelines as a page takes."""
    stage = next(iter(await world.connector.account.tables.stages()))
    world.simulator.reset_log()
    found = await page(world, "Application", size=2, criteria=(condition("current_stage_key", stage),))
    assert len(found.records) == 2
    assert world.counts["GET /jobs/{id}/contacts"] < len(world.jobs()) / 2
