"""`/metrics`, for every caller of the gateway."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.callers.callers import Callers
from gateway.http.errors import refused_by
from gateway.observability.metrics import Metrics
from resolvers.errors import AtsError

HEADERS = {"Cache-Control": "no-store"}


def metrics_route(metrics: Metrics, callers: Callers) -> Route:
    """`/metrics`: open where the gateway is, behind any access token where it asks for one."""

    async def scrape(request: Request) -> Response:
        try:
            await callers.admit(request, None)
        except AtsError as error:
            refused = refused_by(error)
            return JSONResponse({"errors": refused.errors}, refused.status, HEADERS | refused.headers)
        return Response(metrics.exposition(), media_type=CONTENT_TYPE_PLAIN_0_0_4, headers=HEADERS)

    return Route("/metrics", scrape)
