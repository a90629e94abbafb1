"""The commands for people, where accounts of two ATSs stand in the settings."""

from __future__ import annotations

import asyncio
import io
import json
import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from gateway.ats import Surroundings
from gateway.connect import Exit, Visit, Wish, connect, doctor
from gateway.connectors import CONNECTORS
from gateway.explain import explain
from gateway.integration import IntegrationSettings
from gateway.profile import AccountProfile
from gateway.profiles import forget, keep, kept_profiles
from gateway.settings import PREFIX, Settings, SettingsError, read_settings
from gateway.simulator import SimulatorConfig, create_simulator
from resolvers.ports.connector import Connector
from resolvers.ports.integration import IntegrationName
from schema.profile import LearntBy
from tests.second_ats.ats import ADDRESS, Toy, settings_over
from tests.second_ats.service import Service, small_firm

KEY = "simulated-key"
ACME, PLANT = IntegrationName("crelate:acme"), IntegrationName("toy:plant")
ACCOUNTS = {
    "acme": {"crelate_api_key": KEY, "crelate_base_url": "http://simulator/api3"},
    "plant": {"toy_api_key": "any-key-does"},
}


@pytest.fixture
def service() -> Service:
    """What is behind the toy."""
    return small_firm()


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file to be, in a folder of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv(f"{PREFIX}CONFIG", str(tmp_path / "ats-gateway.toml"))
    return tmp_path / "ats-gateway.toml"


def over_both(service: Service, **given: Any) -> Settings:
    """Settings of a gateway that can connect both."""
    return settings_over(*CONNECTORS.values(), Toy({ADDRESS: service}), **given)


def answer(question: str, *, hidden: bool = False) -> str:
    """A key, and leave."""
    return "any-key-does" if hidden else "y"


def test_the_doctor_examines_each_as_its_ats_does(service: Service, config: Path) -> None:
    """With what its connector finds, under its own name; one request of the toy's."""
    assert not config.exists()
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    settings = over_both(service, integrations=ACCOUNTS, database_url="off")

    def opened(name: IntegrationName, account: IntegrationSettings) -> Connector:
        return settings.ats_of(account).connect(name, account, Surroundings(httpx.ASGITransport(simulator)))

    screen = io.StringIO()
    console = Console(file=screen, width=250)
    assert doctor(console, console, answer, Visit(settings, opened), as_json=True) == Exit.DONE
    acme, plant = json.loads(screen.getvalue())["accounts"]
    assert [(each["name"], each["tool"]) for each in (acme, plant)] == [("acme", "crelate"), ("plant", "toy")]
    assert [(each["topic"], each["text"]) for each in plant["findings"]] == [
        ("settings", "the key is in the settings"),
        ("people", "7 people"),
    ]
    assert (plant["filters"], plant["assumptions"]) == ([], [])
    assert "ASM-28" in {each["number"] for each in acme["assumptions"]}
    assert (service.calls, len(simulator.log) > 0) == ({"list people": 1}, True)
    tried = Visit(settings, opened, account="plant", wish=Wish(agreed=True))
    assert doctor(console, console, answer, tried) == Exit.SETTINGS
    assert "There is no trial by writing for accounts of Toyshop" in screen.getvalue()
    described = Visit(settings, opened, openapi=str(config))
    assert doctor(console, console, answer, described) == Exit.SETTINGS
    assert "say by --integration whose account is meant" in screen.getvalue()


def test_the_guide_connects_an_account_of_either(service: Service, config: Path) -> None:
    """Beside one of the other; what it writes is what the settings read, and names the tool."""
    config.write_text("[integrations.acme]\ncrelate_api_key_file = '/acme'\n")
    screen, toy = io.StringIO(), Toy({ADDRESS: service})
    console, connectors = Console(file=screen, width=250), {**CONNECTORS, "toy": toy}

    def guide(name: str) -> int:
        return connect(console, answer, toy, Surroundings(), connectors=connectors, name=name)

    assert guide("plant") == Exit.DONE
    assert "X-Integration-Id: toy:plant" in screen.getvalue()
    assert f"Think of a key for {ADDRESS}." in screen.getvalue()
    assert list(tomllib.loads(config.read_text())["integrations"]["plant"]) == ["toy_api_key_file"]
    settings = read_settings(type(over_both(service)))
    assert settings.connected().keys() == {ACME, PLANT}
    assert (settings.name_of("plant"), settings.name_of("acme"), settings.name_of("gone")) == (
        PLANT,
        ACME,
        "crelate:gone",
    )
    assert settings.accounts()["plant"].api_key == "any-key-does"
    before = config.read_text()
    assert guide("acme") == Exit.SETTINGS
    assert "has an account acme of another ATS" in screen.getvalue()
    assert config.read_text() == before
    assert service.calls == {"list people": 1}


def test_a_plan_takes_the_calls_of_its_ats(tmp_path: Path) -> None:
    """One for each job where that is so, one for all of them elsewhere."""
    file, screen = tmp_path / "operation.graphql", io.StringIO()
    file.write_text("{ jobs(first: 20) { nodes { applications { nodes { id } } } } }", "utf-8")
    for ats in (CONNECTORS["crelate"], Toy({})):
        explain(Console(file=screen, width=250), ats, file, None, None)
    assert "Estimated calls to Crelate, where nothing is held: 21" in screen.getvalue()
    assert "Estimated calls to Toyshop, where nothing is held: 2" in screen.getvalue()


async def test_profiles_are_kept_by_whole_names(service: Service, tmp_path: Path) -> None:
    """Each with the address of its own ATS, and one can be forgotten alone."""
    settings = over_both(service, integrations=ACCOUNTS, database_url=f"sqlite:///{tmp_path}/gateway.sqlite")
    seen = {name: AccountProfile() for name in settings.connected()}
    for profile in seen.values():
        profile.learnt("a fact", "so")
    assert await keep(settings, seen, LearntBy.DOCTOR) == []
    assert await forget(settings, "plant") == {PLANT: ["a fact"]}
    async with kept_profiles(settings) as profiles:
        facts = await asyncio.gather(*(profile.current() for profile in profiles.values()))
        assert {name: len(each) for name, each in zip(profiles, facts, strict=True)} == {ACME: 1, PLANT: 0}
    assert service.calls.total() == 0


@pytest.mark.parametrize(
    ("given", "tools"),
    [
        ({}, {"default": "crelate"}),
        ({"tool": "toy"}, {"default": "toy"}),
        ({"toy_api_key": "any"}, {"default": "toy"}),
        (
            {"crelate_concurrency": 2, "integrations": {"a": {"toy_api_key": "any"}, "b": {}}},
            {"a": "toy", "b": "crelate"},
        ),
        ({"tool": "toy", "integrations": {"a": {}, "b": {"tool": "crelate"}}}, {"a": "toy", "b": "crelate"}),
    ],
)
def test_which_ats_an_account_is_of_stands_in_its_settings(given: dict[str, Any], tools: dict[str, str]) -> None:
    """By name, or by the settings that one ATS alone has; the first ATS where nothing says so."""
    settings = over_both(small_firm(), **given)
    assert {name: account.tool for name, account in settings.accounts().items()} == tools
    assert {settings.ats_of(account).tool for account in settings.accounts().values()} == set(tools.values())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"tool": "other"}, "tool: this is none of crelate, toy"),
        ({"integrations": {"a": {"tool": "other"}}}, r"integrations\.a: .*tool: this is none of crelate, toy"),
        ({"integrations": {"a": {"tool": "toy", "crelate_api_key": "x"}}}, r"integrations\.a\.crelate_api_key: Extra"),
        ({"toy_api_key": "x", "integrations": {"a": {}}}, "either at the top or under"),
    ],
)
def test_settings_of_another_ats_are_refused(given: dict[str, Any], message: str) -> None:
    """By name, and without a value."""
    with pytest.raises(SettingsError, match=message):
        read_settings(type(over_both(small_firm())), **given)
