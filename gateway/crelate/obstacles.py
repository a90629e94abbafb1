"""What an error of the first calls to Crelate means for a person who connects an account, and what to do about it."""

from __future__ import annotations

import httpx

from resolvers.errors import AtsError, Rejected, UpstreamUnauthorized, UpstreamUnavailable, UpstreamUnreadable
from resolvers.ports.access import CannotConnect, Obstacle

UNREACHABLE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
"""What happens before anything at the address has answered."""


def cannot_connect(error: AtsError, address: str) -> CannotConnect:
    """Why an account cannot be used, by an error of the first calls to an address."""
    if isinstance(error, UpstreamUnauthorized):
        return _refused_key(address) if error.concerns_all else no_rights()
    if isinstance(error, UpstreamUnreadable | Rejected):
        return CannotConnect(
            Obstacle.ADDRESS,
            f"Something answers at {address}, but it is not Crelate's API. Its address ends in /api3.",
        )
    if isinstance(error, UpstreamUnavailable) and isinstance(error.__cause__, UNREACHABLE):
        return CannotConnect(
            Obstacle.ADDRESS,
            f"Nothing answers at {address}. Check the address, and whether this machine may reach it.",
        )
    return CannotConnect(
        Obstacle.BUSY, f"Crelate cannot answer for the moment ({error.code}). Try again in a few minutes."
    )


def no_rights() -> CannotConnect:
    """The key opens nothing."""
    return CannotConnect(
        Obstacle.RIGHTS,
        "Crelate knows the key, but its owner may read nothing. An administrator has to switch on 'API access' in the "
        "owner's user role, and the role needs rights to the records.",
    )


def _refused_key(address: str) -> CannotConnect:
    return CannotConnect(
        Obstacle.KEY,
        f"Crelate refused the key at {address}. It may be mistyped, disabled, replaced by a newer one, or of another "
        "environment: the sandbox has keys of its own.",
    )
