"""From a request to its answer: which path it is for, and what is around the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from gateway.http.errors import RequestError
from gateway.http.limits import Limits
from gateway.http.request import read_body, read_headers
from gateway.rest.actions import ACTIONS, Action, act, files
from gateway.rest.asking import Ask
from gateway.rest.errors import ACTION_NOT_AVAILABLE, INPUT_INVALID, MODEL_NOT_AVAILABLE, RefusedError
from gateway.rest.lists import LISTS, Listing, page

KEY = "Idempotency-Key"

MODELS_ELSEWHERE = ("attachments", "notes", "offers", "rejection-reasons", "scorecards", "tags")
"""Paths of lists that other systems have."""

ACTIONS_ELSEWHERE = (
    ("GET", "applications/{id}/attachments"),
    ("POST", "applications/{id}/reject"),
    ("POST", "applications/{id}/result-links"),
    ("POST", "applications/{id}/interviews"),
    ("PATCH", "applications/{id}/interviews/{interview_id}"),
    ("POST", "candidates/{id}/attachments"),
    ("POST", "candidates/{id}/result-links"),
    ("POST", "candidates/{id}/tags"),
    ("DELETE", "candidates/{id}/tags"),
    ("POST", "import-tracked-application"),
)
"""Method and path of actions that other systems have."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, and what is needed to answer it.

    Attributes:
        request: As it came.
        path: What its path says.
        ask: Asks the endpoint.
        limits: Of its body.
        at: Instant of the answer.
    """

    request: Request
    path: Mapping[str, str]
    ask: Ask
    limits: Limits
    at: str


Serve = Callable[[Exchange], Awaitable[Response]]


async def _list(listing: Listing, exchange: Exchange) -> Response:
    found = await page(listing, exchange.ask, _parameters(exchange.request), exchange.at)
    return found.response(warns=False)


async def _act(action: Action, exchange: Exchange) -> Response:
    request = exchange.request
    body = await _body(request, exchange.limits)
    done = await act(action, exchange.ask, exchange.path, body, request.headers.get(KEY), exchange.at)
    return done.response(warns=True)


async def _files(exchange: Exchange) -> Response:
    found = await files(exchange.ask, exchange.path["candidate_id"], exchange.at)
    return found.response(warns=True)


async def _unavailable(code: str, _: Exchange) -> Response:
    raise RefusedError(code, "The ATS does not offer this.")


WAYS: Mapping[tuple[str, str], Serve] = {
    **{("GET", path): partial(_list, listing) for path, listing in LISTS.items()},
    **{(action.method, path): partial(_act, action) for path, action in ACTIONS.items()},
    ("GET", "candidates/{candidate_id}/attachments"): _files,
    **{("GET", path): partial(_unavailable, MODEL_NOT_AVAILABLE) for path in MODELS_ELSEWHERE},
    **dict.fromkeys(ACTIONS_ELSEWHERE, partial(_unavailable, ACTION_NOT_AVAILABLE)),
}
"""Method and path below `/ats/` -> what is there."""

_BY_PATH = [(method, compile_path(f"ats/{path}")[0], serve) for (method, path), serve in WAYS.items()]


async def serve(request: Request, ask: Ask, limits: Limits, at: str) -> Response:
    """The answer to a request.

    Raises:
        RefusedError: there is none.
        ClientGoneError: the client hung up.
    """
    there = {
        method: (serve, found.groupdict())
        for method, pattern, serve in _BY_PATH
        if (found := pattern.fullmatch(request.path_params["path"]))
    }
    if not there:
        raise RefusedError(INPUT_INVALID, "There is nothing at this path.", 404)
    if request.method not in there:
        raise RefusedError(INPUT_INVALID, "This path has other methods.", 405, {"Allow": ", ".join(sorted(there))})
    answer, path = there[request.method]
    return await answer(Exchange(request, path, ask, limits, at))


async def _body(request: Request, limits: Limits) -> object:
    try:
        return await read_body(read_headers(request.scope), request.receive, limits)
    except RequestError as error:
        raise RefusedError(INPUT_INVALID, str(error), error.status, error.headers) from None


def _parameters(request: Request) -> dict[str, str]:
    """The parameters of the query string; one that comes several times is a list."""
    parameters: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return parameters
