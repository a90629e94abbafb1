"""`/metrics`, for whoever may use the gateway."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.callers.callers import Callers
from gateway.observability.metrics import Metrics
from resolvers.errors import AtsError

HEADERS = {"Cache-Control": "no-store"}


def metrics_route(metrics: Metrics, callers: Callers) -> Route:
    """`/metrics`: open where the gateway is, behind any access token where it asks for one."""

    async def scrape(request: Request) -> Response:
        try:
            await callers.admit(request, None)
        except AtsError as error:
            body = {"errors": [{"message": error.message, "extensions": error.extensions}]}
            return JSONResponse(body, status_code=401, headers=HEADERS | {"WWW-Authenticate": "Bearer"})
        return Response(metrics.exposition(), media_type=CONTENT_TYPE_PLAIN_0_0_4, headers=HEADERS)

    return Route("/metrics", scrape)
