"""How tools ask: over the gateway's own endpoint, so that tokens, scopes, limits and audit are every client's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from gateway.callers.headers import ACCOUNT
from resolvers.errors import UpstreamUnavailable

Answer = dict[str, Any]
"""`data` and `errors` as the endpoint gives them."""

Ask = Callable[[str, Mapping[str, Any]], Awaitable[Answer]]
"""Document and variables to the answer."""

NO_ANSWER = "The gateway does not answer."


@dataclass(frozen=True, slots=True)
class Gateway:
    """The endpoint of a gateway.

    Attributes:
        http: The client.
        address: Where the endpoint is.
        headers: Sent with every question, as they go over the wire: who asks, and about which account.
    """

    http: httpx.AsyncClient
    address: str
    headers: Mapping[bytes, bytes]

    async def ask(self, document: str, variables: Mapping[str, Any]) -> Answer:
        """The answer to a document; a gateway that cannot be reached is an error in it."""
        content = orjson.dumps({"query": document, "variables": variables})
        headers = {**self.headers, b"Content-Type": b"application/json"}
        try:
            response = await self.http.post(self.address, content=content, headers=headers)
            answer: Answer = orjson.loads(response.content)
        except (httpx.HTTPError, orjson.JSONDecodeError):
            return refusal(UpstreamUnavailable(NO_ANSWER).extensions["code"], NO_ANSWER)
        return {name: answer[name] for name in ("data", "errors") if answer.get(name) is not None}


def refusal(code: str, message: str, argument: str | None = None) -> Answer:
    """An answer with one error and nothing else."""
    extensions = {"code": code} | ({"argument": argument} if argument else {})
    return {"errors": [{"message": message, "extensions": extensions}]}


def account_header(account: str | None) -> dict[bytes, bytes]:
    """The header that names an account, where one is named."""
    return {ACCOUNT.encode(): account.encode()} if account else {}
