"""What is said of an OpenAPI file: everything that it lacks, by name, and which assumptions it settles."""

from __future__ import annotations

import copy
from typing import Any

import httpx
import pytest

from gateway.crelate.connector import connect
from gateway.crelate.openapi.comparison import compare
from gateway.crelate.openapi.described import Described, NotOpenApi
from gateway.crelate.openapi.needs import Kind, Need, needs
from gateway.crelate.settings import CrelateSettings
from gateway.simulator import SimulatorConfig, create_simulator
from resolvers.ports.examination import Comparison
from tests.gateway.crelate.conftest import KEY, FakeTime
from tests.gateway.crelate.openapi.description import describing
from tests.gateway.crelate.trial.conftest import Notebook


def missing(comparison: Comparison) -> set[tuple[str, str]]:
    """Kind and name of everything that is missing."""
    return {(one.topic, one.text) for one in comparison.findings if one.topic.startswith("missing")}


def states(comparison: Comparison) -> dict[str, str]:
    """Assumption -> what the file says of it."""
    return {one.number: one.state.value for one in comparison.assumptions}


def test_of_a_whole_file_nothing_is_missing() -> None:
    """And what it cannot settle it does not."""
    comparison = compare(describing())
    assert missing(comparison) == set()
    assert [one.verdict.value for one in comparison.findings] == ["ok"]
    found = states(comparison)
    assert "does not hold" not in found.values()
    assert {number for number, state in found.items() if state == "undecided"} == {
        "ASM-01",
        "ASM-04",
        "ASM-16",
        "ASM-17",
        "ASM-22",
        "ASM-27",
        "ASM-35",
        "ASM-36",
    }
    assert all(one.public for one in comparison.findings)
    assert all(one.public for one in comparison.assumptions)


def place_of(need: Need) -> tuple[Kind, str, str]:
    """Where in a file it stands."""
    return need.kind, need.method, need.template


LOSABLE = [need for need in needs() if need.kind is not Kind.PATH]


@pytest.mark.parametrize("place", range(0, len(LOSABLE), 9))
def test_what_a_file_lacks_is_named(place: int) -> None:
    """A parameter, a column that is read or written, a part of a form."""
    for need in LOSABLE[place : place + 9]:
        alike = [each for each in LOSABLE if place_of(each) == place_of(need)]
        lost = [each for each in alike if set(each.names) & set(need.names)]
        if len(lost) == len(alike):  # then the operation is not described at all
            continue
        comparison = compare(describing(without=lost))
        name = f"{need.method} {need.template}: {' or '.join(need.names)}"
        assert (f"missing {need.kind.value}", name) in missing(comparison)
        assert all(kind == f"missing {need.kind.value}" for kind, _ in missing(comparison))


def test_a_path_that_is_missing_is_named_once() -> None:
    """And not what would be under it."""
    for need in [need for need in needs() if need.kind is Kind.PATH]:
        assert missing(compare(describing(without=[need]))) == {("missing path", f"{need.method} {need.template}")}


@pytest.mark.parametrize(
    ("number", "kind", "method", "template", "name"),
    [
        ("ASM-05", Kind.PARAMETER, "GET", "/jobs", "ids"),
        ("ASM-06", Kind.PARAMETER, "GET", "/activities", "modified_after"),
        ("ASM-09", Kind.PATH, "GET", "/contacts/{id}/jobs", None),
        ("ASM-10", Kind.ANSWER, "GET", "/artifacts", "FileName"),
        ("ASM-17", Kind.ANSWER, "GET", "/jobs", "PortalVisibility"),
        ("ASM-24", Kind.ANSWER, "GET", "/workflowstatuses", "SortOrder"),
        ("ASM-28", Kind.BODY, "POST", "/notes", "RegardingId"),
        ("ASM-29", Kind.PATH, "POST", "/artifacts", None),
    ],
)
def test_an_assumption_without_what_it_is_about_does_not_hold(
    number: str, kind: Kind, method: str, template: str, name: str | None
) -> None:
    """The file names what is lacking."""
    lost = [
        need for need in needs() if place_of(need) == (kind, method, template) and (name is None or name in need.names)
    ]
    comparison = compare(describing(without=lost))
    assert states(comparison)[number] == "does not hold"
    (found,) = [one for one in comparison.assumptions if one.number == number]
    assert f"the file lacks {method} {template}" in found.detail


def parameter(document: dict[str, Any], path: str, name: str) -> dict[str, Any]:
    """A parameter in a file."""
    found: dict[str, Any] = next(each for each in document["paths"][path]["get"]["parameters"] if each["name"] == name)
    return found


def test_the_largest_page_and_sorting_are_read_off_parameters() -> None:
    """ASM-01 and ASM-03."""
    document = describing()
    for largest, state in ((100, "holds"), (50, "does not hold")):
        parameter(document, "/api3/contacts", "limit")["schema"]["maximum"] = largest
        assert states(compare(document))["ASM-01"] == state
    assert states(compare(document))["ASM-03"] == "holds"
    document["paths"]["/api3/contacts"]["parameters"] = [{"name": "Sort_By", "in": "query"}]
    assert states(compare(document))["ASM-03"] == "does not hold"
    del document["paths"]["/api3/contacts"]
    assert states(compare(document))["ASM-03"] == "undecided"


def test_the_place_of_jobs_is_one_column_though_others_will_do() -> None:
    """ASM-18: nothing is missing then, and the assumption is false."""
    document = describing()
    schema = document["paths"]["/api3/jobs"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    del schema["properties"]["Data"]["items"]["allOf"][1]["properties"]["Locations_Business"]
    comparison = compare(document)
    assert (missing(comparison), states(comparison)["ASM-18"]) == (set(), "does not hold")
    del document["paths"]["/api3/jobs"]["get"]["responses"]
    assert states(compare(document))["ASM-18"] == "undecided"


def test_lists_of_values_hold_where_the_file_says_how_they_are_sent() -> None:
    """ASM-04: in one text, parted by commas."""
    document = describing()
    for path, name in (("contacts", "emails"), ("contacts", "job_ids")):
        parameter(document, f"/api3/{path}", name)["explode"] = False
    assert states(compare(document))["ASM-04"] == "holds"
    document["paths"]["/api3/contacts"]["get"]["parameters"].remove(parameter(document, "/api3/contacts", "emails"))
    assert states(compare(document))["ASM-04"] == "does not hold"


def test_a_column_in_another_spelling_is_missing_with_a_hint() -> None:
    """JSON tells cases apart."""
    document = describing()
    schema = document["paths"]["/api3/jobs"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    row = schema["properties"]["Data"]["items"]["allOf"][1]["properties"]
    row["onPortal"] = row.pop("OnPortal")
    assert missing(compare(document)) == {("missing column", "GET /jobs: OnPortal (there as onPortal)")}


def test_what_a_file_does_not_describe_is_not_missing() -> None:
    """It is said to be not described."""
    document = describing()
    document["paths"]["/api3/users"]["get"]["responses"] = {"200": {"description": "OK"}}
    comparison = compare(document)
    assert missing(comparison) == set()
    assert ("columns not described", "GET /users") in [(one.topic, one.text) for one in comparison.findings]
    assert states(comparison)["ASM-15"] == "undecided"


def test_files_of_version_two_are_read() -> None:
    """With definitions, bodies among the parameters, and forms."""
    document: dict[str, Any] = {
        "swagger": "2.0",
        "definitions": {"Job": {"properties": {"Id": {}}}, "Loop": {"$ref": "#/definitions/Loop"}},
        "paths": {
            "/jobs/": {
                "get": {"responses": {"200": {"schema": {"type": "array", "items": {"$ref": "#/definitions/Job"}}}}},
                "post": {
                    "parameters": [{"in": "body", "schema": {"properties": {"Entity": {"properties": {"Name": {}}}}}}]
                },
            },
            "/artifacts": {"post": {"parameters": [{"in": "formData", "name": "file"}]}},
            "/loop": {"get": {"responses": {"200": {"schema": {"$ref": "#/definitions/Loop"}}}}},
        },
    }
    described = Described(document)
    assert described.answer("GET", "/jobs") == {"Id"}
    assert described.body("POST", "/jobs") == {"Name"}
    assert described.body("POST", "/artifacts") == {"file"}
    assert described.answer("GET", "/loop") == frozenset()


@pytest.mark.parametrize("document", [None, [], {}, {"openapi": "3.0.0"}, {"paths": {}}, {"openapi": "3", "paths": []}])
def test_what_is_no_description_is_refused(document: Any) -> None:
    """In one sentence."""
    with pytest.raises(NotOpenApi, match="no OpenAPI description"):
        compare(document)


def test_a_file_may_hold_anything() -> None:
    """What is not as it should be is not described."""
    whole = describing()
    odd: tuple[Any, ...] = (None, [], "text", 1, {"$ref": "elsewhere.json"}, {"$ref": 5}, {"$ref": "#/nowhere/at/all"})
    for broken in odd:
        document = copy.deepcopy(whole)
        for path in document["paths"].values():
            for operation in path.values():
                operation["responses"] = operation["requestBody"] = broken
                operation["parameters"] = [broken]
        compare(document)
        compare({"openapi": "3.0.0", "paths": dict.fromkeys(whole["paths"], broken)})


async def test_whatever_is_sent_is_relied_on() -> None:
    """Every path and parameter of an examination and a trial is among the needs; so is every column that is written."""
    time = FakeTime()
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,), clock=time.now, sleep=time.sleep))
    settings = CrelateSettings(KEY, "https://crelate.test/api3", requests_per_minute=10**6)
    connector = connect(settings, transport=httpx.ASGITransport(simulator), timing=time.timing)
    await connector.examine(time.now)
    trials = connector.trials(Notebook(), time.now)
    await trials.run((await trials.jobs())[0].key)
    known = {(need.method, need.template) for need in needs()}
    named = {(need.template, name) for need in needs() if need.kind is Kind.PARAMETER for name in need.names}
    used = [entry for entry in simulator.log if entry.path.startswith("/api3") and entry.method != "DELETE"]
    trial_only = {("GET", "/companies"), ("GET", "/notes/{id}")}
    assert {(entry.method, entry.template) for entry in used} <= known | trial_only
    asked = {(entry.template, name) for entry in used for name in entry.query}
    lists = {(template, "limit") for template in ("/companies", "/companies/search", "/workflowstatuses")}
    assert asked <= named | lists | {("/contacts", "record_types")}


def test_each_need_is_named_once() -> None:
    """Nothing is looked for twice for the same assumption."""
    found = needs()
    assert len(found) == len(set(found))
    assert all(isinstance(need, Need) and (need.names or need.kind is Kind.PATH) for need in found)
