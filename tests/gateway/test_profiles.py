"""Commands that learn about accounts, and one that forgets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from gateway.commands import app
from gateway.crelate.integration import CrelateIntegration
from gateway.profile import AccountProfile
from gateway.profiles import NOTHING, forget, keep, kept_profiles, summaries
from gateway.settings import Settings, SettingsError
from resolvers.ports.integration import IntegrationName
from schema.profile import LearntBy
from tests.gateway.simulator.serving import serving
from tests.gateway.sync.firm import SMALL

KEY = "simulated-key"
NORTH, SOUTH = IntegrationName("crelate:north"), IntegrationName("crelate:south")
FACT = "filter /people?ids"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two accounts and a database."""
    account = CrelateIntegration(crelate_api_key=SecretStr(KEY), crelate_base_url="http://simulator/api3")
    accounts = {"north": account, "south": account}
    return Settings(integrations=accounts, database_url=f"sqlite:///{tmp_path}/gateway.sqlite")


def seen(value: object) -> dict[IntegrationName, AccountProfile]:
    """What a command has found out."""
    profile = AccountProfile()
    profile.learnt(FACT, value)
    return {NORTH: profile}


async def test_what_a_command_finds_out_is_kept(settings: Settings) -> None:
    """It says what has changed since, and who looked."""
    assert await keep(settings, seen("many"), LearntBy.CONNECT) == []
    assert await keep(settings, seen("none"), LearntBy.DOCTOR) == [
        f"{NORTH} is not as it was: {FACT} is none and was many."
    ]
    async with kept_profiles(settings) as profiles:
        (fact,) = await profiles[NORTH].current()
        assert (fact.value, fact.before, fact.learnt_by) == ("none", "many", LearntBy.DOCTOR)
        known, drifted = await summaries(profiles)
    assert known == {NORTH: "1 fact, the newest less than a minute old", SOUTH: NOTHING}
    assert drifted == [f"{NORTH} {FACT}"]


async def test_an_account_that_is_connected_anew_begins_anew(settings: Settings) -> None:
    """Its key may be that of another one."""
    await keep(settings, seen("many"), LearntBy.REQUEST)
    other = AccountProfile()
    other.learnt("key form", "header")
    assert await keep(settings, {NORTH: other}, LearntBy.CONNECT, anew=True) == []
    assert await forget(settings) == {NORTH: ["key form"], SOUTH: []}


async def test_one_account_can_be_forgotten(settings: Settings) -> None:
    """By either of its names."""
    await keep(settings, seen("many"), LearntBy.DOCTOR)
    assert await forget(settings, "south") == {SOUTH: []}
    assert await forget(settings, NORTH) == {NORTH: [FACT]}
    with pytest.raises(SettingsError, match="no account east"):
        await forget(settings, "east")


async def test_where_nothing_was_found_out_no_database_is_made(settings: Settings, tmp_path: Path) -> None:
    """Such as by a doctor without an account."""
    assert await keep(settings, {NORTH: AccountProfile()}, LearntBy.DOCTOR) == []
    assert not (tmp_path / "gateway.sqlite").exists()


async def test_without_a_database_nothing_is_kept(settings: Settings) -> None:
    """And what there is not cannot be forgotten; finding out works all the same."""
    off = settings.model_copy(update={"database_url": "off"})
    assert await keep(off, seen("many"), LearntBy.DOCTOR) == []
    async with kept_profiles(off) as profiles:
        assert (await summaries(profiles))[0] == {NORTH: NOTHING, SOUTH: NOTHING}
    with pytest.raises(SettingsError, match="DATABASE_URL is off"):
        await forget(off)


async def test_a_database_that_cannot_be_used_is_in_nobodys_way(settings: Settings) -> None:
    """Things are found out again."""
    away = settings.model_copy(update={"database_url": "postgresql://127.0.0.1:9/nowhere"})
    assert await keep(away, seen("many"), LearntBy.DOCTOR) == []


def test_commands_keep_what_they_find_out_until_they_are_told_to_forget(tmp_path: Path) -> None:
    """`connect` what it sees, `doctor` everything, found out anew each time."""

    def run(*arguments: str) -> str:
        environment = {
            "ATS_GATEWAY_CONFIG": str(tmp_path / "gateway.toml"),
            "ATS_GATEWAY_DATABASE_URL": f"sqlite:///{tmp_path}/gateway.sqlite",
            "XDG_CONFIG_HOME": str(tmp_path),
            "COLUMNS": "2000",
        }
        return str(CliRunner().invoke(app, arguments, input=f"{KEY}\n", env=environment).output)

    with serving(KEY, SMALL) as crelate:
        assert "Written" in run("connect", "--base-url", f"{crelate}/api3")
        assert run("doctor", "--forget") == "crelate:default: key form /api3 forgotten.\n"
        for _ in range(2):
            assert json.loads(run("doctor", "--json"))["ok"] is True
    told = run("doctor", "--forget")
    assert told.startswith("crelate:default: ")
    assert "filter /contacts?ids" in told
    assert "key form /api3" in told
    assert told.endswith("forgotten.\n")
    assert run("doctor", "--forget") == "crelate:default: nothing was known.\n"
    assert run("doctor", "--forget", "--integration", "acme") == "There is no account acme.\n"
