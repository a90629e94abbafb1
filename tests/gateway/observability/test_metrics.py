"""What Prometheus sees."""

import re

from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from gateway.observability.metrics import MAX_NAMES, Labels, Metrics
from gateway.simulator import FaultKind, FaultRule, SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, World, gateway_over

TOKEN = "hq3vN0sV8uX2mYc7kD5wTz1rBf6gJp9L"


async def sample(world: World, metric: str, **labels: str) -> float | None:
    """The value of a metric with exactly these labels."""
    answer = await world.http.get("/metrics")
    assert answer.status_code == 200
    for family in text_string_to_metric_families(answer.text):
        for found in family.samples:
            if found.name == metric and found.labels == labels:
                return found.value
    return None


async def test_operations_are_counted_by_name_type_and_outcome(world: World) -> None:
    """Also those that are no operations; the rest has the code of its first error."""
    await world.ask("query Names { users { nodes { id } } }")
    await world.ask("query Names { users { nodes { id } } }")
    await world.ask("{")
    await world.ask('query Bad { node(id: "x") { id } }')
    metric = "ats_gateway_operations_total"
    assert await sample(world, metric, name="Names", type="query", outcome="ok") == 2
    assert await sample(world, metric, name="none", type="none", outcome="GRAPHQL_PARSE_FAILED") == 1
    assert await sample(world, metric, name="Bad", type="query", outcome="BAD_USER_INPUT") == 1
    assert await sample(world, "ats_gateway_operation_seconds_count", name="Names", type="query") == 2


async def test_root_fields_are_counted_by_the_way_they_were_answered(world: World) -> None:
    """By their plan, or by graphql-core."""
    await world.ask("{ users { nodes { id } } jobs { totalCount } coverage { models { name } } }")
    await world.ask("{ rateLimit { limit } __schema { queryType { name } } }")
    metric = "ats_gateway_root_fields_total"
    found = [await sample(world, metric, way=way) for way in ("planned", "core", "failed")]
    assert found == [2, 3, 0]


async def test_names_of_operations_are_bounded(world: World) -> None:
    """A client that makes up names cannot fill the memory."""
    for number in range(MAX_NAMES + 7):
        await world.ask(f"query Made{number} {{ __typename }}")
    metric = "ats_gateway_operations_total"
    assert await sample(world, metric, name=f"Made{MAX_NAMES - 1}", type="query", outcome="ok") == 1
    assert await sample(world, metric, name="other", type="query", outcome="ok") == 7


def test_a_name_has_to_look_like_one() -> None:
    """Whatever else it is, it is no label."""
    labels = Labels(re.compile("[a-z]{1,4}"), 2)
    assert [labels.of(value) for value in ("a", "a@b", "long-one", "bb", "cc", "a", None)] == [
        *("a", "other", "other", "bb", "other", "a", "none")
    ]


async def test_requests_to_the_ats_are_counted_by_route_and_status(world: World) -> None:
    """By template, so that no key becomes a label; a lost answer has no status."""
    world.simulator.faults.rules += [
        FaultRule(FaultKind.BAD_GATEWAY_HTML, "/users"),
        FaultRule(FaultKind.DROP, "/users"),
    ]
    await world.data("{ users { nodes { id } } }")
    route = {"integration": "crelate:default", "route": "/users"}
    for status in ("502", "none", "200"):
        assert await sample(world, "ats_gateway_upstream_requests_total", **route, status=status) == 1
    assert await sample(world, "ats_gateway_upstream_seconds_count", **route) == 3


async def test_quota_and_batches_are_shown() -> None:
    """What is left of the quota, and how many keys the loaders collect."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, crelate_requests_per_minute=50) as world:
        await world.data("{ jobs(first: 3) { nodes { hiringTeam { user { id } } } } }")
        left = await sample(world, "ats_gateway_quota_remaining", integration="crelate:default")
        assert left == 50 - sum(world.calls.values())
        assert await sample(world, "ats_gateway_quota_limit", integration="crelate:default") == 50
        assert await sample(world, "ats_gateway_loader_batch_keys_sum", model="JobHiringTeamMember") == 3
        assert await sample(world, "ats_gateway_loader_batch_keys_count", model="JobHiringTeamMember") == 1


async def test_two_apps_in_one_process_count_apart(world: World) -> None:
    """Each has a registry of its own."""
    async with gateway_over(world.simulator) as other:
        await world.ask("query Here { __typename }")
        labels = {"name": "Here", "type": "query", "outcome": "ok"}
        assert await sample(world, "ats_gateway_operations_total", **labels) == 1
        assert await sample(other, "ats_gateway_operations_total", **labels) is None


async def test_metrics_are_behind_the_tokens() -> None:
    """A gateway that asks for tokens asks Prometheus too; probes need none."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, api_tokens=SecretStr(f"prometheus:{TOKEN}:read")) as world:
        refused = await world.http.get("/metrics")
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == "Bearer"
        assert refused.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert (await world.http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).status_code == 200
        assert (await world.http.get("/health/live")).status_code == 200


def test_a_route_with_an_address_is_no_label() -> None:
    """Should a template ever hold a value, it does not get out here."""
    metrics = Metrics(dict)
    metrics.request("crelate:default", "/find/jane@example.com", 200, 0.1)
    assert b"jane" not in metrics.exposition()
