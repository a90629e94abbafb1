"""Syncs of a simulated account: what they bring, what they cost, and what they never do."""

from dataclasses import fields, replace
from datetime import timedelta
from math import ceil
from typing import Any

import pytest

from gateway.changes.log import changes_after, last_position
from gateway.database.engine import Database
from gateway.quota import WindowQuota
from gateway.replica.store import Store
from gateway.replica.sync_state import ModelSync, sync_states
from gateway.simulator import FaultKind, FilterMode
from gateway.simulator.seed.size import Size
from gateway.sync.reading import is_complete
from resolvers.ports.source import PageQuestion
from schema.model import MODELS
from schema.record import Tracked
from schema.sync_status import SyncMode
from tests.gateway.replica.records import INTEGRATION, value
from tests.gateway.sync.firm import Firm, Time

pytestmark = pytest.mark.long

LISTED = {"/users": "users", "/jobs": "jobs", "/contacts": "contacts", "/activities": "activities"}
"""Path of a list -> the simulator's name of what is in it."""


@pytest.fixture
def time() -> Time:
    """Everybody's clock."""
    return Time()


@pytest.fixture
def firm(database: Database, time: Time) -> Firm:
    """A small firm whose records are not yet here."""
    return Firm(Store(database, time), time)


async def _keys(firm: Firm, model: str, *, deleted: bool = False) -> set[str]:
    question = PageQuestion(size=100_000, include_deleted=deleted)
    page = await firm.account.store.page(INTEGRATION, model, question)
    return {copy.record.key for copy in page.copies}


async def _record(firm: Firm, model: str, key: str) -> Tracked:
    return (await firm.account.store.by_keys(INTEGRATION, model, [key]))[key].record


async def _state(firm: Firm, model: str) -> ModelSync:
    return (await sync_states(firm.account.store.database, INTEGRATION))[model]


class Changes:
    """What was logged since this was made."""

    def __init__(self, firm: Firm) -> None:
        self._database = firm.account.store.database
        self._after = 0

    async def skip(self) -> None:
        """Forget what was logged so far."""
        self._after = await last_position(self._database, INTEGRATION)

    async def seen(self) -> set[tuple[str, str, str]]:
        """Model, kind and key of each; none may appear twice."""
        log = await changes_after(self._database, INTEGRATION, self._after, 100_000)
        found = [(entry.model, entry.kind.name, entry.key) for entry in log]
        assert len(found) == len(set(found))
        return set(found)


@pytest.fixture
async def changes(firm: Firm) -> Changes:
    """Changes after a first full sync."""
    await firm.sync(SyncMode.FULL)
    made = Changes(firm)
    await made.skip()
    return made


def _content(record: Any) -> dict[str, Any]:
    own = {"changed_at", "remote_deleted_at", "remote_data"}
    return {field.name: getattr(record, field.name) for field in fields(record) if field.init and field.name not in own}


def _row(firm: Firm, entity: str, **wanted: Any) -> dict[str, Any]:
    """The first of the simulator's rows that has these columns."""
    table = firm.simulator.state[entity]
    return next(row for row in map(table.__getitem__, table) if all(row.get(name) == v for name, v in wanted.items()))


async def test_a_full_sync_brings_everything(firm: Firm) -> None:
    """Every model is complete, and what the live source says of a record the replica says, too."""
    await firm.sync(SyncMode.FULL)
    states = await sync_states(firm.account.store.database, INTEGRATION)
    assert {model for model, state in states.items() if state.complete and state.last_error is None} == set(MODELS)
    live = firm.connector.source()
    for model in MODELS:
        keys = sorted(await _keys(firm, model))
        assert keys
        asked = await live.by_ids(model, keys)
        held = await firm.account.store.by_keys(INTEGRATION, model, keys)
        assert {key: _content(record) for key, record in asked.items()} == {
            key: _content(copy.record) for key, copy in held.items()
        }


async def test_stages_keep_the_order_of_the_pipeline(firm: Firm) -> None:
    """As the live source lists them."""
    await firm.sync(SyncMode.FULL)
    question = PageQuestion(size=100)
    live = await firm.connector.source().page("ApplicationStage", question)
    held = await firm.account.store.page(INTEGRATION, "ApplicationStage", question)
    assert [copy.record.key for copy in held.copies] == [record.key for record in live.records]


async def test_whoever_is_on_a_pipeline_is_a_candidate_and_other_contacts_are_not(firm: Firm) -> None:
    """Whatever the record type says of the former."""
    await firm.sync(SyncMode.FULL)
    applied = {
        value(await _record(firm, "Application", key), "candidate_key") for key in await _keys(firm, "Application")
    }
    candidates = await _keys(firm, "Candidate")
    assert applied <= candidates
    contacts = {row["Id"].lower(): row["RecordType"] for row in firm.simulator.state["contacts"].ordered()}
    assert {key for key, kind in contacts.items() if not kind & 1} - applied == contacts.keys() - candidates


async def test_syncs_of_a_whole_firm_keep_to_their_number_of_requests(database: Database, time: Time) -> None:
    """FULL: the pages, one pipeline per job, and 10. DELTA without a change: 10, and one per job still open."""
    firm = Firm(Store(database, time), time, Size(jobs=200, contacts=5000, activities=3000))
    pages = sum(ceil(len(firm.simulator.state[entity]) / 100) for entity in LISTED.values()) + 1
    assert await firm.sync(SyncMode.FULL) <= pages + 200 + 10
    await firm.sync(SyncMode.DELTA)
    position = await last_position(database, INTEGRATION)
    requests = await firm.sync(SyncMode.DELTA)
    assert requests <= 10 + sum([await _is_open(firm, key, time) for key in await _keys(firm, "Job")])
    assert await last_position(database, INTEGRATION) == position


async def _is_open(firm: Firm, key: str, time: Time) -> bool:
    closed_at = value(await _record(firm, "Job", key), "closed_at")
    return closed_at is None or closed_at > time()


async def test_a_delta_brings_what_changed(firm: Firm, changes: Changes) -> None:
    """A changed contact, a new one, and a move on the pipeline; of the rest, nothing is logged."""
    old = _row(firm, "contacts", RecordType=1)["Id"]
    await firm.call("PATCH", f"/contacts/{old}", json={"entity": {"NickName": "Zed", "LastName": "Zed"}})
    new = await firm.call(
        "POST", "/contacts", json={"entity": {"FirstName": "Uma", "LastName": "Nova", "RecordType": 1}}
    )
    job = _row(firm, "jobs", IsLead=False, ClosedOn=None)["Id"]
    stage = min(await _keys(firm, "ApplicationStage"))
    await firm.call("POST", f"/jobs/{job}/contacts?contact_ids={new}", json={"statusId": stage})
    requests = await firm.sync(SyncMode.DELTA)
    assert requests < 30
    assert await changes.seen() == {
        ("Candidate", "UPDATED", old.lower()),
        ("Candidate", "CREATED", new.lower()),
        ("Application", "CREATED", f"{job}:{new}".lower()),
    }
    assert value(await _record(firm, "Application", f"{job}:{new}".lower()), "current_stage_key") == stage


async def test_an_owner_who_left_leaves_with_the_next_delta(firm: Firm, changes: Changes) -> None:
    """A job's row names all its owners, so whoever is not named any more is gone, with the role held there."""
    job = next(row for row in firm.simulator.state["jobs"].ordered() if len(row.get("Owners") or []) > 1)
    kept, left = job["Owners"][:2]
    await firm.call("PATCH", f"/jobs/{job['Id']}", json={"entity": {"Owners": [kept]}})
    await firm.sync(SyncMode.DELTA)
    member = f"{job['Id']}:{left['Id']}".lower()
    assert await changes.seen() == {
        ("Job", "UPDATED", job["Id"].lower()),
        ("JobHiringTeamMember", "DELETED", member),
        ("JobUserRoleAssignment", "DELETED", f"{member}:job:owner"),
    }


@pytest.mark.parametrize("mode", [FilterMode.OFF, FilterMode.REFUSE])
async def test_a_delta_does_without_filters(firm: Firm, changes: Changes, mode: FilterMode) -> None:
    """Where Crelate ignores or refuses `modified_after`, everything is read and compared."""
    for entity in LISTED.values():
        firm.simulator.knobs.filters[f"{entity}.modified_after"] = mode
    firm = _reconnected(firm)
    old = _row(firm, "contacts", RecordType=1)["Id"]
    await firm.call("PATCH", f"/contacts/{old}", json={"entity": {"LastName": "Zed"}})
    await firm.sync(SyncMode.DELTA)
    assert firm.simulator.counts["GET /contacts"] > 2
    assert await changes.seen() == {("Candidate", "UPDATED", old.lower())}


def _reconnected(firm: Firm) -> Firm:
    """The same account for a process that has just started."""
    again = Firm(firm.account.store, firm.time)
    again.connect(firm.simulator)
    return again


async def test_a_full_sync_finds_what_is_gone(firm: Firm, changes: Changes) -> None:
    """With all that hung on it, once; a delta does not see it."""
    job = _row(firm, "jobs", IsLead=False, ClosedOn=None)["Id"].lower()
    contact = _row(firm, "contacts", RecordType=1)["Id"].lower()
    hung = {key for model in MODELS for key in await _keys(firm, model) if job in key or contact in key}
    await firm.call("DELETE", f"/jobs/{job}")
    await firm.call("DELETE", f"/contacts/{contact}")
    await firm.sync(SyncMode.DELTA)
    assert not {kind for _, kind, _ in await changes.seen()} - {"UPDATED"}
    await changes.skip()
    await firm.sync(SyncMode.FULL)
    seen = await changes.seen()
    assert {(model, key) for model, kind, key in seen if kind == "DELETED"} >= {("Job", job), ("Candidate", contact)}
    assert {key for _, kind, key in seen if kind == "DELETED"} >= hung
    assert (await _record(firm, "Job", job)).remote_deleted_at is not None
    await changes.skip()
    await firm.sync(SyncMode.FULL)
    assert await changes.seen() == set()


async def test_who_is_no_user_any_more_is_known_as_far_as_records_say(firm: Firm, changes: Changes) -> None:
    """As when read live: by name or by the id alone, in no list, and without a change each time."""
    job, user = _row(firm, "jobs", IsLead=False), _row(firm, "users")["Id"]
    name = (_row(firm, "users")["FirstName"], _row(firm, "users")["LastName"])
    nameless = "ffffffff-0000-4000-8000-00000000000b"
    owners = [{"Id": user, "Title": None, "IsPrimary": True}, {"Id": nameless, "Title": None}]
    firm.simulator.state["jobs"].insert(job | {"Owners": owners, "ModifiedOn": "2026-03-02T09:00:30Z"})
    del firm.simulator.state["users"][user]
    await firm.sync(SyncMode.FULL)
    assert ("User", "DELETED", user.lower()) in await changes.seen()
    held = await firm.store.by_keys(INTEGRATION, "User", [user.lower(), nameless])
    names = [(copy.record.first_name, copy.record.last_name) for copy in held.values()]  # type: ignore[attr-defined]
    assert sorted(names, key=str) == sorted([name, (None, None)], key=str)
    assert {copy.record.remote_deleted_at for copy in held.values()} == {None}
    assert not {user.lower(), nameless} & await _keys(firm, "User", deleted=True)
    await changes.skip()
    await firm.sync(SyncMode.FULL)
    assert await changes.seen() == set()
    for row in firm.simulator.state["jobs"].ordered():
        firm.simulator.state["jobs"].insert(row | {"Owners": []})
    await firm.sync(SyncMode.FULL)
    assert nameless not in await firm.store.by_keys(INTEGRATION, "User", [nameless])


async def test_a_record_that_returns_is_restored(firm: Firm, changes: Changes) -> None:
    """With whatever changed meanwhile."""
    table = firm.simulator.state["contacts"]
    row = _row(firm, "contacts", RecordType=1)
    del table[row["Id"]]
    await firm.sync(SyncMode.FULL)
    await changes.skip()
    table.insert(row)
    await firm.sync(SyncMode.FULL)
    assert ("Candidate", "RESTORED", row["Id"].lower()) in await changes.seen()
    assert (await _record(firm, "Candidate", row["Id"].lower())).remote_deleted_at is None


async def test_a_row_lost_to_paging_is_not_taken_for_gone(firm: Firm, changes: Changes) -> None:
    """A row deleted behind the reader's back pushes another one out of sight: the list is read again."""
    before = await firm.all_ids("/contacts")
    firm.simulator.faults.add(FaultKind.DELETE_RECORD, "/contacts", method="GET")
    await firm.sync(SyncMode.FULL)
    assert (await _state(firm, "Candidate")).complete
    assert {found for found in await changes.seen() if found[0] == "Candidate"} == set()
    await firm.sync(SyncMode.FULL)
    gone = {key for model, kind, key in await changes.seen() if (model, kind) == ("Candidate", "DELETED")}
    assert gone == before - await firm.all_ids("/contacts")
    assert len(gone) == 1


async def test_a_list_that_looks_complete_is_still_probed(firm: Firm, changes: Changes) -> None:
    """A row comes and another one goes while the list is read: the numbers add up, and none is lost."""
    firm.simulator.faults.add(FaultKind.DELETE_RECORD, "/contacts", method="GET")
    firm.simulator.config.clock.pass_by(seconds=1)  # type: ignore[attr-defined]  # it is our clock
    extra = {**_row(firm, "contacts", RecordType=1), "Id": "ffffffff-0000-4000-8000-00000000000a"}

    async def insert(name: str, do: Any) -> Any:
        answer = await Firm.run(firm, name, do)
        if name.startswith("contacts") and extra["Id"] not in firm.simulator.state["contacts"]:
            extra["CreatedOn"] = "2026-03-02T09:59:59.0000000Z"
            firm.simulator.state["contacts"].insert(extra)
        return answer

    firm.run = insert  # type: ignore[method-assign]  # something else happens between two steps
    await firm.sync(SyncMode.FULL)
    left = await firm.all_ids("/contacts")
    deleted = await _keys(firm, "Candidate", deleted=True) - await _keys(firm, "Candidate")
    assert not deleted & left
    assert (await _state(firm, "Candidate")).last_error is None
    firm.run = Firm.run.__get__(firm)  # type: ignore[method-assign]  # and now nothing does
    await firm.sync(SyncMode.FULL)
    assert await _keys(firm, "Candidate") <= left
    assert (await _state(firm, "Candidate")).last_error is None


async def test_what_is_hidden_is_not_gone(firm: Firm, changes: Changes) -> None:
    """Among many that are: each is asked for by itself."""
    state = firm.simulator.state
    rows = [row["Id"] for row in state["contacts"].ordered() if row["RecordType"] == 1]
    hidden, deleted = rows[::30], {row for number, row in enumerate(rows) if number % 30}
    for row in hidden:
        state.hide("contacts", row)
    for row in deleted:
        del state["contacts"][row]
    before = await _keys(firm, "Candidate")
    await firm.sync(SyncMode.FULL)
    assert before - await _keys(firm, "Candidate") == {row.lower() for row in deleted} & before
    assert (await _state(firm, "Candidate")).last_error is None


async def test_what_cannot_be_asked_for_now_waits_for_later(firm: Firm, changes: Changes) -> None:
    """Each sync asks for as many as it may, until all are known; hidden ones hold nobody up."""
    state = firm.simulator.state
    rows = [row["Id"] for row in state["contacts"].ordered() if row["RecordType"] == 1][:12]
    for row in rows[:6]:
        state.hide("contacts", row)
    for row in rows[6:]:
        del state["contacts"][row]
    before = await _keys(firm, "Candidate")
    firm.account = replace(firm.account, confirmed=4)
    left = [before]
    for _ in range(12):
        await firm.sync(SyncMode.FULL)
        left.append(await _keys(firm, "Candidate"))
        assert len(left[-2] - left[-1]) <= 4
    assert before - left[-1] == {row.lower() for row in rows[6:]}


async def test_what_belongs_to_a_hidden_record_stays(firm: Firm, changes: Changes) -> None:
    """A job's hiring team, its roles and its applications."""
    state = firm.simulator.state
    job = next(row for row in state["jobs"].ordered() if row.get("Owners") and state.pipeline.of_job(row["Id"]))
    before = {model: await _keys(firm, model) for model in MODELS}
    state.hide("jobs", job["Id"])
    await firm.sync(SyncMode.FULL)
    assert {model: await _keys(firm, model) for model in MODELS} == before


@pytest.mark.parametrize("kind", [FaultKind.FORBIDDEN, FaultKind.UNAVAILABLE, FaultKind.ERROR_TEXT])
async def test_only_a_404_means_gone(firm: Firm, changes: Changes, kind: FaultKind) -> None:
    """What may not be read, or not now, stays."""
    row = _row(firm, "contacts", RecordType=1)
    firm.simulator.state.hide("contacts", row["Id"])
    del firm.simulator.state["contacts"][row["Id"]]
    firm.simulator.faults.add(kind, "/contacts/{id}", times=None)
    before = await _keys(firm, "Candidate")
    await firm.sync(SyncMode.FULL)
    assert await _keys(firm, "Candidate") == before


@pytest.mark.parametrize("path", ["/users", "/workflowstatuses", "/jobs", "/contacts"])
async def test_a_missing_right_costs_its_own_list_alone(firm: Firm, path: str) -> None:
    """Rights are given record type by record type (crelate-api 1); what needs no other list is read."""
    firm.simulator.faults.add(FaultKind.FORBIDDEN, path, times=None)
    await firm.sync(SyncMode.FULL)
    alone = {"/users": "User", "/workflowstatuses": "ApplicationStage", "/jobs": "Job", "/contacts": "Candidate"}
    states = {model: await _state(firm, model) for model in alone.values()}
    assert {model for model, state in states.items() if state.last_error} == {alone[path]}
    assert (await _state(firm, "Interview")).complete


@pytest.mark.parametrize(
    ("table", "model"), [("workflowstatuses", "ApplicationStage"), ("users", "User"), ("activitytypes", "Interview")]
)
async def test_a_small_table_is_never_empty(firm: Firm, changes: Changes, table: str, model: str) -> None:
    """An empty list is an error, and nothing goes."""
    before = {name: await _keys(firm, name) for name in MODELS}
    last_full = (await _state(firm, model)).last_full_at
    firm.connect(firm.simulator)  # whose small tables are not remembered
    rows = firm.simulator.state[table]
    for row in list(rows.values()):
        firm.simulator.state.hide(table, row["Id"])
    await firm.sync(SyncMode.FULL)
    assert {name: await _keys(firm, name) for name in MODELS} == before
    state = await _state(firm, model)
    assert (state.last_error is None, state.last_full_at) == (False, last_full)


async def test_what_the_ats_refuses_stays_as_it_was(firm: Firm, changes: Changes) -> None:
    """The other lists are read; of the refused one nothing is touched but the error."""
    before = await _keys(firm, "Interview")
    await firm.call("DELETE", f"/activities/{min(before)}")
    firm.simulator.faults.add(FaultKind.FORBIDDEN, "/activities", times=None)
    await firm.sync(SyncMode.FULL)
    assert await _keys(firm, "Interview") == before
    assert await changes.seen() == set()
    assert (await _state(firm, "Interview")).last_error in {"UPSTREAM_REJECTED", "UPSTREAM_UNAUTHORIZED"}
    assert (await _state(firm, "Candidate")).last_error is None


async def test_lists_of_parents_need_the_list_of_the_parents(firm: Firm) -> None:
    """Where jobs cannot be listed nobody knows of all applications, and none would be no right answer."""
    firm.simulator.faults.add(FaultKind.FORBIDDEN, "/jobs", times=None)
    await firm.sync(SyncMode.FULL)
    state, jobs = await _state(firm, "Application"), await _state(firm, "Job")
    assert (state.last_error, state.synced_at, state.complete) == (jobs.last_error, None, False)
    firm.simulator.faults.clear()
    await firm.sync(SyncMode.FULL)
    assert (await _state(firm, "Application")).complete


async def test_pipelines_of_known_jobs_are_read_where_jobs_cannot_be_listed(firm: Firm, changes: Changes) -> None:
    """Only that they are all there are is not said."""
    before = await _state(firm, "Application")
    key = min(await _keys(firm, "Application"))
    _, contact = key.split(":")
    await firm.call("DELETE", f"/contacts/{contact}")
    firm.simulator.faults.add(FaultKind.FORBIDDEN, "/jobs", times=None)
    await firm.sync(SyncMode.FULL)
    state = await _state(firm, "Application")
    assert key not in await _keys(firm, "Application")
    assert (state.last_error is None, state.synced_at) == (False, before.synced_at)


async def test_an_ats_that_is_down_ends_the_sync(firm: Firm, changes: Changes) -> None:
    """After patient attempts; what was complete before still counts as complete then."""
    synced_at = (await _state(firm, "Job")).synced_at
    firm.simulator.faults.add(FaultKind.UNAVAILABLE, "/jobs", times=None)
    began = firm.time()
    await firm.sync(SyncMode.DELTA)
    assert (firm.time() - began).total_seconds() > 60
    state = await _state(firm, "Job")
    assert (state.last_error, state.synced_at, state.running) == ("UPSTREAM_UNAVAILABLE", synced_at, None)
    assert not firm.simulator.counts.get("GET /contacts")


async def test_a_sync_leaves_most_of_the_quota_to_others(firm: Firm) -> None:
    """With ten pages a minute as its share, a sync takes its time, and there are requests left at any moment."""
    share = WindowQuota(10, firm.time.seconds, firm.time.sleep)
    left: list[int] = []

    async def pace() -> None:
        await share.acquire(None)
        left.append(firm.connector.rate_limit().remaining)

    firm.account = replace(firm.account, pace=pace)
    began = firm.time()
    await firm.sync(SyncMode.FULL)
    assert firm.time() - began >= timedelta(minutes=len(left) // 10 - 1)
    assert min(left) >= 100 - 10 - 15  # pages, and what has to be found out beside them


async def test_a_short_outage_is_waited_out(firm: Firm, changes: Changes) -> None:
    """Nobody notices."""
    firm.simulator.faults.add(FaultKind.UNAVAILABLE, "/jobs", times=8)
    await firm.sync(SyncMode.DELTA)
    assert (await _state(firm, "Job")).last_error is None


@pytest.mark.parametrize(
    ("rows", "totals", "complete"),
    [
        (200, [200, 200], True),
        (201, [200, 201], True),
        (200, [200, 201], False),
        (199, [200, 199], False),
        (0, [0], True),
        (5, [None], False),
        (5, [5, None], False),
    ],
)
def test_completeness_is_a_matter_of_numbers(rows: int, totals: list[int | None], complete: bool) -> None:
    """As many different rows as the list last claimed, and it never got shorter."""
    assert is_complete(rows, totals) is complete
