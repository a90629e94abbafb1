"""The register, and what an examination says about it, leave nothing out."""

from __future__ import annotations

from dataclasses import fields

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.beliefs import examine_beliefs
from gateway.crelate.examination import FALLBACKS
from gateway.crelate.filters import FILTERS
from gateway.crelate.register import BELIEFS
from tests.gateway.crelate.conftest import World


def test_the_register_is_whole() -> None:
    """Thirty-six entries in order, each with a sentence and a way to check it."""
    assert [belief.number for belief in BELIEFS] == [f"ASM-{number:02}" for number in range(1, 37)]
    assert all(belief.says.endswith(".") and belief.check.endswith(".") for belief in BELIEFS)


def test_every_setting_belongs_to_a_belief() -> None:
    """And no belief names a setting that is not there."""
    named = {setting for belief in BELIEFS for setting in belief.settings}
    assert named == {field.name for field in fields(Assumptions)}


def test_every_filter_has_a_fallback() -> None:
    """And nothing else has."""
    assert set(FALLBACKS) == set(FILTERS)


async def test_what_is_read_off_is_what_the_register_says_is(world: World) -> None:
    """A belief is left unchecked if and only if a person has to check it."""
    found = await examine_beliefs(world.connector.account)
    unchecked = {one.belief.number for one in found if one.state.value == "not checked"}
    assert unchecked == {belief.number for belief in BELIEFS if "examination" not in belief.check}
