"""The register of assumptions, in the code and in the manual."""

from dataclasses import fields

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.register import BELIEFS
from tests.markdown import MANUAL

ROWS = MANUAL["crelate"].section("7. Assumptions").tables["Number"]


def test_the_manual_has_every_assumption_with_its_settings() -> None:
    """In the register's order, each with what happens if it is false."""
    expected = [[belief.number, ", ".join(f"`{name}`" for name in belief.settings)] for belief in BELIEFS]
    assert [[number, settings] for number, _, settings, _ in ROWS] == expected
    assert all(says and otherwise for _, says, _, otherwise in ROWS)


def test_every_setting_belongs_to_an_assumption() -> None:
    """Nothing can be set that the register does not speak of."""
    assert {name for belief in BELIEFS for name in belief.settings} == {field.name for field in fields(Assumptions)}
