"""Which account a request is about."""

from collections.abc import Collection

from starlette.requests import HTTPConnection

from gateway.callers.headers import Params, header_of
from resolvers.callers import Caller
from resolvers.errors import IntegrationNotFound
from resolvers.ports.integration import IntegrationName

HEADER = "X-Integration-Id"


def integration_of(
    connection: HTTPConnection, params: Params, caller: Caller, names: Collection[str]
) -> IntegrationName:
    """The account that the request names; where there is only one, it need not be named.

    Args:
        connection: The request.
        params: The payload of a WebSocket's `connection_init`, or null.
        caller: Who asks.
        names: The connected accounts, such as `crelate:default`.

    Raises:
        IntegrationNotFound: it names none, or one that there is not; one that is not the caller's looks the same.
    """
    named = header_of(connection, params, HEADER)
    if named is None and len(names) == 1:
        named = next(iter(names))
    if named is None or named not in names or not (caller.integrations is None or named in caller.integrations):
        raise IntegrationNotFound
    return IntegrationName(named)
