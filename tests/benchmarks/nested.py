"""The nested question over a simulated Crelate in the same process, and what of it can be done in other ways."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import httpx
import orjson
import structlog
from graphql import parse
from graphql.execution import Executor
from pydantic import SecretStr

from gateway.app import App, create_app
from gateway.settings import Settings
from gateway.simulator import SimulatorConfig, create_simulator
from resolvers.callers import LOCAL
from resolvers.context import RequestContext
from resolvers.engine import Plans
from resolvers.errors import AtsError
from resolvers.ports.source import Children, Page, PageQuestion, Source
from resolvers.root import build_schema
from schema.record import Tracked
from schema.strawberry_bridge import executable

KEY = "simulated-key"

FIELDS = """jobs(first: 20) { nodes {
    id name
    applications(first: 250) { totalCount nodes {
        id candidate { id firstName lastName } currentStage { name }
        interviews { title startingAt interviewingTeam { user { firstName } } }
    } }
    hiringTeam { user { firstName } }
} }"""

BY_LEVEL = f"{{ {FIELDS} }}"
Work = Callable[[], Awaitable[object]]


class Recorder(httpx.ASGITransport):
    """Notes the requests that pass.

    Attributes:
        requests: All of them, in order.
    """

    requests: list[httpx.Request]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass one on."""
        self.requests.append(request)
        return await super().handle_async_request(request)


@dataclass
class Remembered:
    """A source that answers what it has been asked before from memory."""

    source: Source
    known: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """As `Source`."""
        return await self._once(self.source.by_ids, model, tuple(keys))  # type: ignore[no-any-return]  # as it came

    async def by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        """As `Source`."""
        return await self._once(self.source.by_parents, model, attribute, tuple(keys), limit)  # type: ignore[no-any-return]  # likewise

    async def page(self, model: str, question: PageQuestion) -> Page:
        """As `Source`."""
        return await self._once(self.source.page, model, question)  # type: ignore[no-any-return]  # likewise

    async def _once(self, ask: Callable[..., Awaitable[Any]], *question: Any) -> Any:
        if question not in self.known:
            self.known[question] = await ask(*question)
        return self.known[question]


@asynccontextmanager
async def works() -> AsyncIterator[dict[str, Work]]:
    """The pieces of work to compare, by name."""
    # Writing log lines is the same everywhere, and would come out between the results.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    upstream = Recorder(create_simulator(SimulatorConfig(api_keys=(KEY,))))
    upstream.requests = []
    app = create_app(
        Settings(
            crelate_api_key=SecretStr(KEY),
            crelate_base_url="http://simulator/api3",
            crelate_requests_per_minute=1_000_000,
            database_url="off",
        ),
        upstream,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
        await ask(http, BY_LEVEL)
        await walk(http)
        upstream.requests.clear()
        await ask(http, BY_LEVEL)
        requests = [(request.method, str(request.url), dict(request.headers)) for request in upstream.requests]
        async with httpx.AsyncClient(transport=httpx.ASGITransport(upstream.app)) as direct:
            yield {
                "upstream": lambda: read(direct, requests),
                "by level": lambda: ask(http, BY_LEVEL),
                "graphql-core": lambda: walk(http),
                **execution(app),
            }
    await app.process.stop()


def execution(app: App) -> dict[str, Work]:
    """Execution alone, once the source has everything in memory and decoded."""
    (connector,) = app.process.connectors.values()
    source, schema, plans = Remembered(connector.source()), executable(build_schema()), Plans()
    document = parse(BY_LEVEL)

    def build() -> tuple[Executor[Any], RequestContext]:
        context = RequestContext(connector, source)
        built = Executor.build(schema, document, context_value=context, raw_variable_values={})
        assert isinstance(built, Executor)
        return built, context

    async def by_level() -> object:
        built, context = build()
        plan = plans.plan(built, LOCAL)
        assert plan
        return await plan.run(built, context)

    async def walked() -> object:
        built, _ = build()
        answer: Any = built.execute_operation()
        return await answer

    return {"by level, in memory": by_level, "graphql-core, in memory": walked}


async def ask(http: httpx.AsyncClient, document: str) -> object:
    """Put a document to the gateway."""
    response = await http.post("/graphql", json={"query": document})
    answer = orjson.loads(response.content)
    assert "errors" not in answer, answer["errors"]
    return answer


async def walk(http: httpx.AsyncClient) -> object:
    """Put the document to the gateway as if it had no plan: graphql-core answers all of it."""
    with patch.object(Plans, "plan", return_value=None):
        return await ask(http, BY_LEVEL)


async def read(http: httpx.AsyncClient, requests: Sequence[tuple[str, str, dict[str, str]]]) -> object:
    """The same requests to Crelate with nothing around them."""
    return [
        orjson.loads((await http.request(method, url, headers=headers)).content) for method, url, headers in requests
    ]
