"""Filters are used only once they have shown that they filter."""

from __future__ import annotations

import pytest

from gateway.crelate.canary import UNDECIDED_SECONDS, Proof
from gateway.crelate.filters import (
    ACTIVITY_REGARDING,
    CONTACT_EMAILS,
    CONTACT_IDS,
    FILTERS,
    JOB_IDS,
    MODIFIED_AFTER,
    Filter,
)
from gateway.simulator import FaultKind, FilterMode
from resolvers.errors import UpstreamUnauthorized, UpstreamUnavailable
from tests.gateway.crelate.conftest import MakeWorld, World

NAMES = [judged.name for judged in FILTERS]


def knob(judged: Filter) -> str:
    """What the simulator calls a filter."""
    return f"{judged.template.removeprefix('/')}.{judged.param}"


async def proof(world: World, judged: Filter = CONTACT_IDS) -> Proof:
    """What the account's canary says."""
    return await world.connector.account.canary.proof(judged)


@pytest.mark.parametrize("judged", FILTERS, ids=NAMES)
async def test_a_filter_that_works_is_trusted(world: World, judged: Filter) -> None:
    """With several values, where it takes any; moments come one at a time."""
    assert await proof(world, judged) is (Proof.ONE if judged.later else Proof.MANY)


@pytest.mark.parametrize("judged", FILTERS, ids=NAMES)
@pytest.mark.parametrize("mode", [FilterMode.OFF, FilterMode.REFUSE])
async def test_a_filter_that_is_ignored_or_refused_is_not(world: World, judged: Filter, mode: FilterMode) -> None:
    """Whatever comes back for a value that cannot exist gives it away."""
    world.switch(mode, knob(judged))
    assert await proof(world, judged) is Proof.NONE


async def test_a_filter_that_knows_one_value_only_is_used_for_one(world: World) -> None:
    """The comma list has to prove itself too (ASM-04)."""
    world.switch(FilterMode.SINGLE, "contacts.ids")
    assert await proof(world) is Proof.ONE


async def test_the_judgement_costs_a_sample_and_three_questions(world: World) -> None:
    """One page, nothing for nowhere, one value, two values; the sample serves all filters of a list."""
    await proof(world)
    assert world.counts == {"GET /contacts": 4}
    await proof(world, CONTACT_EMAILS)
    assert world.counts == {"GET /contacts": 7}
    assert world.simulator.log[1].query["limit"] == "1"


@pytest.mark.parametrize("gone", [1, 2])
async def test_rows_that_went_since_the_sample_do_not_count_against_a_filter(world: World, gone: int) -> None:
    """The sample of a filter judged before is kept for minutes, a judgement for weeks."""
    await proof(world, CONTACT_EMAILS)
    for key in world.keys("contacts")[:gone]:
        world.simulator.state.remove("contacts", key)
    assert await proof(world) is Proof.MANY


async def test_a_judgement_is_remembered(world: World) -> None:
    """For as long as the account is connected."""
    await proof(world)
    world.simulator.reset_log()
    world.time.seconds += 1_000_000
    assert await proof(world) is Proof.MANY
    assert world.counts == {}


async def test_an_empty_list_proves_nothing_for_the_moment(world: World) -> None:
    """It is judged again some minutes later."""
    for key in world.keys("jobs"):
        world.simulator.state.remove("jobs", key)
    assert await proof(world, JOB_IDS) is Proof.UNDECIDED
    world.simulator.state["jobs"].insert({"Id": "10000000-0000-4000-8000-000000000001"})
    world.simulator.state["jobs"].insert({"Id": "10000000-0000-4000-8000-000000000002"})
    assert await proof(world, JOB_IDS) is Proof.UNDECIDED
    world.time.seconds += UNDECIDED_SECONDS
    assert await proof(world, JOB_IDS) is Proof.MANY


async def test_rows_that_nothing_points_at_prove_nothing(world: World) -> None:
    """A filter by job cannot be judged without a row about one."""
    for row in world.simulator.state["activities"].values():
        row["RegardingId"] = None
    assert await proof(world, ACTIVITY_REGARDING) is Proof.UNDECIDED


async def test_a_stray_ends_the_trust(world: World) -> None:
    """A filter that worked once may stop working."""
    await proof(world)
    world.connector.account.canary.distrust(CONTACT_IDS)
    assert await proof(world) is Proof.NONE


async def test_a_filter_can_be_distrusted_beforehand(make_world: MakeWorld) -> None:
    """Without asking anything."""
    world = make_world(distrusted_filters=frozenset({"/contacts?ids"}))
    assert await proof(world) is Proof.NONE
    assert world.counts == {}


@pytest.mark.parametrize(
    ("fault", "error"), [(FaultKind.ERROR_TEXT, UpstreamUnavailable), (FaultKind.UNAUTHORIZED, UpstreamUnauthorized)]
)
async def test_a_judgement_that_fails_is_no_judgement(world: World, fault: FaultKind, error: type[Exception]) -> None:
    """It is made when Crelate answers again."""
    world.simulator.faults.add(fault, "/contacts", times=None)
    with pytest.raises(error):
        await proof(world)
    world.simulator.faults.clear()
    assert await proof(world) is Proof.MANY


async def test_changes_are_judged_by_the_stamps_of_known_rows(world: World) -> None:
    """A filter that lets older rows through is ignored (ASM-06)."""
    world.switch(FilterMode.OFF, "jobs.modified_after")
    assert await proof(world, MODIFIED_AFTER["/jobs"]) is Proof.NONE
    assert await proof(world, MODIFIED_AFTER["/contacts"]) is Proof.ONE


async def test_everything_can_be_judged_beforehand(world: World) -> None:
    """So that no request pays for it."""
    proofs = await world.connector.prepare()
    assert set(proofs) == set(NAMES)
    assert Proof.NONE not in proofs.values()
