"""The simulator as an ASGI application."""

import dataclasses
from datetime import datetime
from typing import TypeAlias

from starlette.types import Receive, Scope, Send

from gateway.simulator import control
from gateway.simulator.account import Account
from gateway.simulator.answers import Answer, Bare, Content, Enveloped, RefusedError
from gateway.simulator.call import Call
from gateway.simulator.choices import FirstVersionKey
from gateway.simulator.config import SimulatorConfig
from gateway.simulator.disguise import Disguise
from gateway.simulator.envelope import envelope
from gateway.simulator.faults import Faults
from gateway.simulator.first_version import PREFIX as FIRST_VERSION
from gateway.simulator.knobs import Knobs
from gateway.simulator.limits import SlidingWindow
from gateway.simulator.log import KEPT_BODY, Logged, RequestLog, kept_headers
from gateway.simulator.reply import Reply, Silence, drop_connection, hang, json_reply
from gateway.simulator.request import Request, read_request
from gateway.simulator.route import PREFIX, Route, Router, Segments
from gateway.simulator.routes import all_routes
from gateway.simulator.seed import seeded_account
from gateway.simulator.strike import AFTERMATHS, REPLACEMENTS

_ROUTER = Router(all_routes())

_CHANCE = 7919
"""The seed of the first account; any number would do, as long as every run has the same."""

_RECORD_REFUSED = {400, 409, 422}
"""Statuses that speak of the record that was sent."""

_WARNING = "The record was saved, but a related item could not be updated."

Found: TypeAlias = tuple[Route, Segments] | None
"""The route of a request and what its path names, or None for an unknown path."""


class Simulator:
    """A stateful Crelate: one account per API key, and the knobs, faults and log around them."""

    def __init__(self, config: SimulatorConfig) -> None:
        self.config = config
        self.knobs = dataclasses.replace(config.knobs, filters=dict(config.knobs.filters))
        self.faults = Faults()
        self.requests = RequestLog()
        self.limiter = SlidingWindow()
        self.accounts = {
            key: seeded_account(
                key, _CHANCE + place, config.size, config.clock(), guid_variants=config.knobs.guid_variants
            )
            for place, key in enumerate(config.api_keys)
        }

    @property
    def state(self) -> Account:
        """The data behind the first key."""
        return next(iter(self.accounts.values()))

    @property
    def log(self) -> list[Logged]:
        """The requests so far."""
        return list(self.requests.entries)

    @property
    def counts(self) -> dict[str, int]:
        """How often each method and path template was asked, such as `GET /jobs/{id}/contacts`."""
        return dict(self.requests.counts)

    def reset_log(self) -> None:
        """Forgets the requests so far."""
        self.requests.reset()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one ASGI connection."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        request = await read_request(scope, receive)
        if request.path.startswith(control.PREFIX):
            reply: Reply | Silence = control.reply(self, request)
        else:
            reply = await self._reply_and_log(request)
        if isinstance(reply, Reply):
            await reply.send(send)
        elif reply is Silence.HANGING:
            await hang(receive)
        else:
            await drop_connection(receive, send)

    async def _reply_and_log(self, request: Request) -> Reply | Silence:
        path = request.path.removeprefix(PREFIX)
        found = _ROUTER.find(request.method, path) if path != request.path or path.startswith(FIRST_VERSION) else None
        template = found[0].template if found else path
        reply = await self._reply(request, found, template, path)
        self.requests.add(
            Logged(
                method=request.method,
                path=request.path,
                template=template,
                query={name: value for name, value in request.query.items() if name != "api_key"},
                headers=kept_headers(request.headers),
                key_in=request.key_in,
                body=request.body[:KEPT_BODY],
                status=reply.status if isinstance(reply, Reply) else None,
            )
        )
        return reply

    async def _reply(self, request: Request, found: Found, template: str, path: str) -> Reply | Silence:
        """The answer, or what a fault makes of it."""
        rule = self.faults.take(request.method, template, path)
        if rule is None:
            return self._answer(request, found)
        early = self._answer(request, found) if rule.after_write else None
        if rule.seconds:
            await self.config.sleep(rule.seconds)
        if rule.kind in REPLACEMENTS:
            return REPLACEMENTS[rule.kind](rule, request, self.config.clock())
        reply = early or self._answer(request, found)
        return AFTERMATHS[rule.kind](rule, reply, self.accounts.get(request.key or ""), path)

    def _answer(self, request: Request, found: Found) -> Reply:
        now = self.config.clock()
        disguise = Disguise.of(self.knobs, first_version=_is_first_version(request))
        try:
            answer = self._ask(request, found, now, disguise)
        except RefusedError as refused:
            frame = envelope(Enveloped(None), url=request.url, verb=request.method, now=now, errors=[refused.message])
            return disguise.write(json_reply(frame, self._refusal_status(refused), refused.headers))
        return disguise.write(self._reply_with(answer, request, now))

    def _reply_with(self, answer: Answer, request: Request, now: datetime) -> Reply:
        if isinstance(answer, Content):
            return Reply(200, answer.body, answer.media_type)
        if isinstance(answer, Bare):
            return json_reply(answer.data, answer.status)
        errors = [_WARNING] if self.knobs.warnings_in_success and request.method != "GET" else []
        frame = envelope(answer, url=request.url, verb=request.method, now=now, errors=errors)
        return json_reply(frame, answer.status)

    def _refusal_status(self, refused: RefusedError) -> int:
        """The status of a refusal: 200 where refusals of records come as successes (ASM-13)."""
        return 200 if self.knobs.refusals_in_success and refused.status in _RECORD_REFUSED else refused.status

    def _ask(self, request: Request, found: Found, now: datetime, disguise: Disguise) -> Answer:
        """Checks the key and the quota and calls the endpoint."""
        account = self.accounts.get(self._key(request) or "")
        if account is None:
            raise RefusedError(401, "The API key is missing or not valid.")
        payer = "" if self.knobs.shared_quota else account.api_key
        if wait := self.limiter.admit(payer, now, self.knobs.requests_per_minute):
            raise RefusedError(429, "Too many requests.", {"retry-after": str(wait)} if self.knobs.retry_after else {})
        if found is None:
            raise _no_route(request)
        route, ids = found
        account.settle(now)
        account.guid_variants = self.knobs.guid_variants
        return route.endpoint(_call(account, self.knobs, now, ids, request, disguise))

    def _key(self, request: Request) -> str | None:
        """The key, where the version asked looks for it (ASM-32)."""
        if not _is_first_version(request):
            return request.key
        return {
            FirstVersionKey.ANYWHERE: request.key,
            FirstVersionKey.QUERY: request.query_key,
            FirstVersionKey.NOWHERE: None,
        }[self.knobs.v1_key]


def create_simulator(config: SimulatorConfig | None = None) -> Simulator:
    """A simulator with seeded data, to be used through `httpx.ASGITransport` or served by uvicorn (one process)."""
    return Simulator(config or SimulatorConfig())


def _is_first_version(request: Request) -> bool:
    return request.path.startswith(FIRST_VERSION)


def _call(account: Account, knobs: Knobs, now: datetime, ids: Segments, request: Request, disguise: Disguise) -> Call:
    """The request in the words of the tables."""
    content_type = request.headers.get("content-type", "")
    return Call(
        account=account,
        knobs=knobs,
        now=now,
        ids=tuple(map(disguise.read, ids)),
        query={name: disguise.read(value) for name, value in request.query.items()},
        content_type=content_type,
        body=disguise.read_body(request.body, content_type),
    )


def _no_route(request: Request) -> RefusedError:
    if _ROUTER.methods(request.path.removeprefix(PREFIX)):
        return RefusedError(405, "The requested resource does not support this method.")
    return RefusedError(404, "The requested resource was not found.")


async def _live(receive: Receive, send: Send) -> None:
    """Nothing needs starting or stopping."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
