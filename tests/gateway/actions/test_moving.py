"""Moving an application to another stage: once, to where it was asked to go, or not at all."""

from itertools import product

import httpx
import pytest

from gateway.actions.actions import Actions
from gateway.crelate.transport.exchange import Timing
from gateway.database.engine import Database
from gateway.simulator import PipelineProfile, SecondPost, Simulator
from resolvers.ports.actions import Result
from schema.actions.action import ActionName, ActionOutcome
from tests.gateway.actions.conftest import INTEGRATION, account_at, running
from tests.gateway.actions.inputs import move, stages, writes
from tests.gateway.actions.test_carrying import LOST
from tests.gateway.simulator.conftest import Clock

POST, PUT = ("POST", "/jobs/{id}/contacts"), ("PUT", "/api/pub/v1/jobs/{id}/contacts/{contact_id}")
SALES = "11111111-2222-4333-8444-555555555555"


def applied(simulator: Simulator, number: int = 0) -> str:
    """Key of an application."""
    items = [item for job in simulator.state["jobs"] for item in simulator.state.pipeline.of_job(job)]
    return f"{items[number].job_id}:{items[number].contact_id}"


def moves(simulator: Simulator, application: str) -> list[str]:
    """The stages it went through."""
    item = simulator.state.pipeline.get(*application.split(":"))
    assert item is not None
    return [each.stage_id for each in item.moves]


def other(simulator: Simulator, application: str, *, but: str = "") -> str:
    """A stage it was never in."""
    return next(key for key in stages(simulator) if key not in {*moves(simulator, application), but})


def said(result: Result) -> list[tuple[str, list[str] | None]]:
    """Code and field of what the result has to say."""
    errors = [(each.code.name, each.field) for each in result.user_errors]
    return errors + [(each.code.name, each.field) for each in result.warnings]


async def test_a_move_is_written_once_looked_at_and_read_back(actions: Actions, simulator: Simulator) -> None:
    """One write; the same key again answers the same, and with another stage it is refused."""
    application = applied(simulator)
    stage, before = other(simulator, application), moves(simulator, application)
    simulator.reset_log()

    result = await actions.of(INTEGRATION).perform(move(application, stage, idempotency_key="k"), None)

    assert (result.outcome, said(result), writes(simulator)) == (ActionOutcome.DONE, [], [POST])
    # looked at before and after the move, which is on the same path, and read back
    assert [entry.template for entry in simulator.log if entry.template == POST[1]] == [POST[1]] * 4
    assert moves(simulator, application) == [*before, stage]
    (record,) = result.records["Application"]
    assert record.current_stage_key == stage  # type: ignore[attr-defined]  # an application
    again = await actions.of(INTEGRATION).perform(move(application, stage, idempotency_key="k"), None)
    assert (again.replayed, again.application_key, writes(simulator)) == (True, application, [POST])
    reused = await actions.of(INTEGRATION).perform(move(application, before[0], idempotency_key="k"), None)
    assert said(reused) == [("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"])]
    action = await actions.of(INTEGRATION).action(str(result.action_id))
    assert action is not None
    assert (action.name, action.application_key) == (ActionName.MOVE_APPLICATION, application)


async def test_keys_are_taken_in_any_case(actions: Actions, simulator: Simulator) -> None:
    """As the ATS takes them."""
    application = applied(simulator)
    stage = other(simulator, application)
    result = await actions.of(INTEGRATION).perform(move(application.upper(), stage.upper()), None)
    assert (said(result), moves(simulator, application)[-1]) == ([], stage)


async def test_staying_where_it_is_writes_nothing(actions: Actions, simulator: Simulator) -> None:
    """And says so, in a dry run as well, whatever a row of the pipeline looks like."""
    application = applied(simulator)
    for profile, dry_run in product(PipelineProfile, (True, False)):
        simulator.knobs.pipeline_profile = profile
        asked = move(application, moves(simulator, application)[-1], dry_run=dry_run)
        result = await actions.of(INTEGRATION).perform(asked, None)
        assert (result.outcome, said(result)) == (ActionOutcome.DONE, [("STAGE_UNCHANGED", ["stageId"])])
        assert (list(result.planned_calls or ()), writes(simulator)) == ([], [])


async def test_all_that_is_wrong_is_said_at_once(actions: Actions, simulator: Simulator) -> None:
    """An application and a stage that are not there, or a stage of another workflow; in a dry run as well."""
    rows = simulator.state["workflowstatuses"].values()
    sales = next(str(row["Id"]) for row in rows if row["Id"] not in stages(simulator))
    nowhere, unknown = ("APPLICATION_NOT_FOUND", ["applicationId"]), ("STAGE_NOT_FOUND", ["stageId"])
    for application, stage, expected in (
        (f"{SALES}:{SALES}", SALES, [nowhere, unknown]),
        ("nothing", sales, [nowhere, unknown]),
        (applied(simulator), sales, [unknown]),
    ):
        for dry_run in (True, False):
            result = await actions.of(INTEGRATION).perform(move(application, stage, dry_run=dry_run), None)
            assert (result.outcome, said(result)) == (ActionOutcome.FAILED, expected)
    assert writes(simulator) == []


async def test_a_dry_run_shows_the_call(actions: Actions, simulator: Simulator) -> None:
    """And sends nothing."""
    application = applied(simulator)
    stage = other(simulator, application)
    result = await actions.of(INTEGRATION).perform(move(application, stage, dry_run=True), None)
    (call,) = result.planned_calls or ()
    assert [call.method, call.path, call.body] == [*POST, {"statusId": stage}]
    assert (said(result), writes(simulator)) == ([], [])
    assert result.application_key == application


async def test_a_lost_answer_moves_once(actions: Actions, simulator: Simulator) -> None:
    """Whatever becomes of the answer, the pipeline is looked at before the move is sent again."""
    for number, (fault, rule) in enumerate(LOST.items()):
        application = applied(simulator, number)
        stage, before = other(simulator, application), moves(simulator, application)
        simulator.faults.add(path=POST[1], method="POST", **rule)

        result = await actions.of(INTEGRATION).perform(move(application, stage), None)

        assert (result.outcome, said(result)) == (ActionOutcome.DONE, []), fault
        assert (moves(simulator, application), simulator.faults.rules) == ([*before, stage], []), fault


class Meanwhile(httpx.AsyncBaseTransport):
    """Somebody moves the application on, or takes it off the job, while the answer to the move is lost."""

    def __init__(self, simulator: Simulator, application: str, stage: str | None) -> None:
        self._inner, self._simulator = httpx.ASGITransport(simulator), simulator
        self._application, self._stage = application.split(":"), stage
        self._lost = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer everything but the first write."""
        response = await self._inner.handle_async_request(request)
        if request.method == "GET" or self._lost:
            return response
        await response.aread()
        self._lost = True
        await self._interfere()
        raise httpx.ReadError("lost")

    async def _interfere(self) -> None:
        job, contact = self._application
        path, headers = f"https://sim/api3/jobs/{job}/contacts", {"X-Api-Key": "simulated-key"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._simulator), headers=headers) as client:
            if self._stage is None:
                await client.delete(f"{path}/{contact}")
            else:
                await client.post(f"{path}?contact_ids={contact}", json={"statusId": self._stage})


@pytest.mark.parametrize("goes", ["on", "off"])
async def test_what_others_did_meanwhile_stays(goes: str, sqlite: Database, simulator: Simulator, clock: Clock) -> None:
    """The answer is lost and the application moved on, or taken off the job: the move is not sent again."""
    application = applied(simulator)
    stage, before = other(simulator, application), moves(simulator, application)
    further = other(simulator, application, but=stage) if goes == "on" else None
    account = account_at(Meanwhile(simulator, application, further), "https://sim/api3", Timing(sleep=clock.sleep))
    async with running(sqlite, account, clock) as actions:
        result = await actions.of(INTEGRATION).perform(move(application, stage), None)
    await account.client.aclose()
    if further is None:
        assert said(result) == [("OUTCOME_UNKNOWN", ["stageId"])]
        assert simulator.state.pipeline.get(*application.split(":")) is None
    else:
        assert (result.outcome, said(result)) == (ActionOutcome.DONE, [])
        assert moves(simulator, application) == [*before, stage, further]


@pytest.mark.parametrize("second", [SecondPost.STAYS, SecondPost.REFUSED])
async def test_where_a_second_post_does_not_move_the_first_api_does(
    second: SecondPost, actions: Actions, simulator: Simulator
) -> None:
    """ASM-25: whether it is refused or has no effect; and where that is no way either, the caller hears of it."""
    simulator.knobs.second_post = second
    application = applied(simulator)
    stage, before = other(simulator, application), moves(simulator, application)

    result = await actions.of(INTEGRATION).perform(move(application, stage), None)

    assert (result.outcome, said(result)) == (ActionOutcome.DONE, [])
    assert (moves(simulator, application), writes(simulator)) == ([*before, stage], [POST, PUT])

    simulator.faults.add("404", PUT[1], method="PUT", times=None)
    result = await actions.of(INTEGRATION).perform(move(application, before[0]), None)
    assert (result.outcome, said(result)) == (ActionOutcome.FAILED, [("UPSTREAM_REJECTED", ["stageId"])])


async def test_a_move_that_never_shows_is_no_success(actions: Actions, simulator: Simulator) -> None:
    """Both ways are answered with a success, and the application stays."""
    simulator.knobs.second_post = SecondPost.STAYS
    application = applied(simulator)
    simulator.faults.add("empty", PUT[1], method="PUT", times=None)

    result = await actions.of(INTEGRATION).perform(move(application, other(simulator, application)), None)

    assert (result.outcome, said(result)) == (ActionOutcome.FAILED, [("UPSTREAM_REJECTED", ["stageId"])])
    assert result.application_key == application


async def test_a_refusal_of_crelate_is_one(actions: Actions, simulator: Simulator) -> None:
    """Such as for a job that is closed: both ways are tried, nothing is written, and the key is free again."""
    application = applied(simulator)
    before = moves(simulator, application)
    for path, method in ((POST[1], "POST"), (PUT[1], "PUT")):
        simulator.faults.add("400", path, method=method, times=1)
    asked = move(application, other(simulator, application), idempotency_key="k")

    result = await actions.of(INTEGRATION).perform(asked, None)

    assert (said(result), moves(simulator, application)) == ([("UPSTREAM_REJECTED", ["stageId"])], before)
    assert said(await actions.of(INTEGRATION).perform(asked, None)) == []
