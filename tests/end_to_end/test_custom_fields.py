"""Custom fields with their types, over the whole way."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from gateway.simulator import Simulator, SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, World, gateway_over

TYPED = "key label type value text number date boolean option { key label } options { key label }"
JOB = f"query ($id: ID!, $key: String!) {{ job(id: $id) {{ customField(key: $key) {{ {TYPED} }} }} }}"
ALL = f"""query ($id: ID!, $keys: [String!]) {{
    job(id: $id) {{ typedCustomFields(keys: $keys) {{ {TYPED} }} customFields }}
}}"""
NOTHING = dict.fromkeys(("text", "number", "date", "boolean", "option", "options"))


def keeping(simulator: Simulator, folder: Path) -> AbstractAsyncContextManager[World]:
    """A gateway that answers from copies where it can."""
    return gateway_over(simulator, database_url=f"sqlite:///{folder / 'gateway.sqlite'}", max_age=86400)


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[World]:
    """One that has none yet."""
    async with keeping(create_simulator(SimulatorConfig(api_keys=(KEY,))), tmp_path) as world:
        yield world


def fill(world: World, **columns: Any) -> str:
    """Give a job these custom fields and no others; its id."""
    row = next(row for row in world.account["jobs"].ordered() if not row.get("IsLead"))
    row.update({name: None for name in row if name.startswith("CustomField")} | columns)
    return f"remote:{row['Id']}"


PRIORITY = {"Id": "0c7d1f52-3a0e-4c0b-8d53-5b1f0a6e1101", "Title": "High"}
OPTION = {"key": PRIORITY["Id"], "label": "High"}
VALUES: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "CustomField1": ("TEXT", "Hybrid", {"text": "Hybrid"}),
    "CustomField11": ("NUMBER", 3.5, {"number": 3.5}),
    "CustomField21": ("DATE", "2026-03-01T00:00:00", {"date": "2026-03-01T00:00:00Z"}),
    "CustomField31": ("OPTION", "High", {"option": OPTION}),
}


@pytest.mark.parametrize("key", VALUES)
async def test_a_custom_field_has_its_type(world: World, key: str) -> None:
    """The value stands under its type and in `value`, whether it is asked for by name or by label."""
    kind, value, typed = VALUES[key]
    job = fill(world, **{key: PRIORITY if key == "CustomField31" else value})
    found = (await world.data(JOB, id=job, key=key))["job"]["customField"]
    assert world.calls["GET /jobs/info"] == 1
    options = found.pop("options")
    label = found["label"]
    assert found == {"key": key, "label": label, "type": kind, "value": value} | _typed(typed)
    assert (options is not None) == (key == "CustomField31")
    again = (await world.data(JOB, id=job, key=label))["job"]["customField"]
    assert again["key"] == key
    assert world.calls["GET /jobs/info"] == 0


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (NOTHING | values).items() if name != "options"}


async def test_all_that_have_a_value_are_listed(world: World) -> None:
    """In the ATS's order; those that are named come in the order of their names, with or without a value."""
    job = fill(world, CustomField11=0, CustomField1="x")
    found = (await world.data(ALL, id=job))["job"]
    assert [(each["key"], each["value"]) for each in found["typedCustomFields"]] == [
        ("CustomField1", "x"),
        ("CustomField11", 0),
    ]
    assert found["customFields"] == {each["label"]: each["value"] for each in found["typedCustomFields"]}
    named = (await world.data(ALL, id=job, keys=["CustomField2", "Work Arrangement"]))["job"]["typedCustomFields"]
    assert [(each["key"], each["value"]) for each in named] == [("CustomField2", None), ("CustomField1", "x")]


@pytest.mark.parametrize(("document", "argument"), [(JOB, "key"), (ALL, "keys")], ids=["one", "several"])
async def test_an_unknown_field_is_refused_by_name_of_the_argument(world: World, document: str, argument: str) -> None:
    """And the rest is answered."""
    given: Any = {"id": fill(world), argument: "Shoe Size" if argument == "key" else ["Shoe Size"]}
    answer = await world.ask(document, **given)
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["argument"]) == ("BAD_USER_INPUT", argument)
    assert "Shoe" not in error["message"]


async def test_copies_need_no_request(kept: World) -> None:
    """Nor does a second record; what the ATS says of its fields is asked for once."""
    job = fill(kept, CustomField31=PRIORITY)
    first = await kept.data(JOB, id=job, key="Priority")
    second = await kept.ask(JOB, {"Cache-Control": "only-if-cached"}, id=job, key="Priority")
    assert second["data"] == first
    assert kept.calls.total() == 0


async def test_when_the_ats_does_not_say_its_fields_copies_go_by_name(tmp_path: Path) -> None:
    """The type is told by the name, the label by the copy; by label it may be there and is not found now."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with keeping(simulator, tmp_path) as first:
        job = fill(first, CustomField1="x")
        await first.data("query ($id: ID!) { job(id: $id) { customFields } }", id=job)
    simulator.faults.add("503", "/jobs/info", times=None)
    async with keeping(simulator, tmp_path) as restarted:
        found = (await restarted.data(JOB, id=job, key="CustomField1"))["job"]["customField"]
        assert (found["label"], found["type"], found["text"]) == ("Work Arrangement", "TEXT", "x")
        answer = await restarted.ask(JOB, id=job, key="Work Arrangement")
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["UPSTREAM_UNAVAILABLE"]


async def test_nothing_is_asked_about_fields_that_are_not_selected(world: World) -> None:
    """A record without custom fields needs no labels."""
    job = fill(world)
    await world.data("query ($id: ID!) { job(id: $id) { name } }", id=job)
    assert world.calls["GET /jobs/info"] == 0
