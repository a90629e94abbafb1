"""The spans of an operation."""

from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gateway.observability import tracing
from gateway.simulator import FaultKind, FaultRule, SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, World, gateway_over

FIRST_API = "/domain/workflowTypes"
PERSON = "grace.hopper@example.com"


@pytest.fixture(scope="module")
def exporter() -> InMemorySpanExporter:
    """Where all spans of the process go; OpenTelemetry takes one provider for good."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> Iterator[InMemorySpanExporter]:
    """The same, without what other tests left."""
    exporter.clear()
    yield exporter
    exporter.clear()


def split(spans: InMemorySpanExporter) -> tuple[list[ReadableSpan], list[ReadableSpan]]:
    """The finished spans of operations, and those of requests to the ATS."""
    finished = spans.get_finished_spans()
    return (
        [span for span in finished if span.kind is trace.SpanKind.SERVER],
        [span for span in finished if span.kind is trace.SpanKind.CLIENT],
    )


async def test_an_operation_is_a_span_over_its_requests(spans: InMemorySpanExporter, world: World) -> None:
    """Named by its type; each request to the ATS is a child, named by its route."""
    await world.data("query Team { jobs(first: 3) { nodes { hiringTeam { user { lastName } } } } }")
    (operation,), requests = split(spans)
    assert operation.name == "query"
    assert operation.attributes == {"graphql.operation.type": "query", "graphql.operation.name": "Team"}
    assert operation.context
    assert len(requests) == sum(world.calls.values()) > 1
    for request in requests:
        assert request.parent
        assert request.parent.span_id == operation.context.span_id
        assert request.attributes
        assert request.attributes["url.template"] == request.name
        assert request.attributes["http.response.status_code"] == 200


async def test_operations_do_not_nest(spans: InMemorySpanExporter, world: World) -> None:
    """Each has a trace of its own, also after one that failed."""
    for document in ("{", "{ __typename }", "query Again { __typename }"):
        await world.ask(document)
    operations, _ = split(spans)
    assert [(span.name, span.parent) for span in operations] == [("graphql", None), ("query", None), ("query", None)]
    assert not trace.get_current_span().is_recording()


async def test_a_streamed_operation_is_one_span_too(spans: InMemorySpanExporter, world: World) -> None:
    """However the answer travels, what it took is below the operation."""
    headers = {"Accept": "text/event-stream"}
    query = {"query": "query Streamed { users { nodes { id } } }"}
    assert "event: next" in (await world.http.post("/graphql", json=query, headers=headers)).text
    (operation,), requests = split(spans)
    assert operation.attributes
    assert operation.attributes["graphql.operation.name"] == "Streamed"
    assert operation.context
    assert {span.parent and span.parent.span_id for span in requests} == {operation.context.span_id}


async def test_failures_are_marked(spans: InMemorySpanExporter, world: World) -> None:
    """By status and codes."""
    world.simulator.faults.rules.append(FaultRule(FaultKind.DROP, "/users", times=None))
    await world.ask("{ users { nodes { id } } }")
    (operation,), requests = split(spans)
    assert {span.status.status_code for span in (operation, *requests)} == {trace.StatusCode.ERROR}
    assert operation.attributes
    assert operation.attributes["ats_gateway.codes"] == ("UPSTREAM_UNAVAILABLE",)


async def test_no_argument_is_in_a_span(spans: InMemorySpanExporter, world: World) -> None:
    """Nor a key or an id."""
    user = (await world.data("{ users(first: 1) { nodes { id remoteId } } }"))["users"]["nodes"][0]
    await world.ask("query($id: ID!) { node(id: $id) { id } }", id=user["id"])
    await world.ask(f'{{ node(id: "{PERSON}") {{ id }} }}')
    text = "".join(span.to_json() for span in spans.get_finished_spans())
    assert len(spans.get_finished_spans()) > 3
    assert [value for value in (PERSON, user["id"], user["remoteId"]) if value in text] == []


async def test_nothing_is_traced_where_it_is_not_installed(
    spans: InMemorySpanExporter, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra is an extra."""
    monkeypatch.setattr(tracing, "INSTALLED", False)
    tracing.start_tracing()
    async with gateway_over(world.simulator) as bare:
        await bare.data("{ users { nodes { id } } }")
    assert spans.get_finished_spans() == ()


@pytest.mark.parametrize(
    "kind", [None, FaultKind.UNAUTHORIZED, FaultKind.ERROR_TEXT, FaultKind.DROP, FaultKind.TRUNCATED]
)
async def test_a_key_in_an_address_is_nowhere_to_be_seen(
    kind: FaultKind | None, spans: InMemorySpanExporter, capfd: pytest.CaptureFixture[str]
) -> None:
    """The first API takes it as a parameter: it is in no answer, log, metric or span, whatever comes of the call."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    simulator.knobs.recruiting_workflow = "10000000-0000-4000-8000-000000000009"  # so that it has to be asked for
    if kind is not None:
        simulator.faults.add(kind, f".*{FIRST_API}", times=None)
    async with gateway_over(simulator) as world:
        answer = await world.ask('{ applicationStages { nodes { name } } passthrough(path: "/nothing") { status } }')
        metrics = (await world.http.get("/metrics")).text
    assert "query" in {call.key_in for call in simulator.log if call.path.endswith(FIRST_API)}
    told = "".join(span.to_json() for span in spans.get_finished_spans())
    assert told
    shown = f"{answer}{metrics}{told}{''.join(capfd.readouterr())}"
    assert KEY not in shown
