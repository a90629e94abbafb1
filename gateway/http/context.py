"""What an operation runs in, as the endpoint sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeAlias

from starlette.requests import HTTPConnection


class RequestContext(Protocol):
    """What an operation runs in; resolvers get it as `info.context`."""

    def extensions(self) -> dict[str, Any]:
        """What the answer's `extensions` say of this operation; the keys of `cost` join the estimate."""

    def response_headers(self) -> dict[str, str]:
        """Further HTTP headers of the answer, such as `Age`."""

    def close(self) -> None:
        """End it: the operation has been answered, or nobody waits for it any more."""


OpenContext: TypeAlias = Callable[[HTTPConnection, dict[str, Any] | None], Awaitable[RequestContext]]
"""Opens the context of one operation, inside the running loop; raises AtsError when there is to be none.

The second argument is the payload of a WebSocket's `connection_init`, null elsewhere. A subscription gets one context
for its source and a fresh one for each event.
"""

OpenAgain: TypeAlias = Callable[[], Awaitable[RequestContext]]
"""Opens a fresh context for the same caller."""
