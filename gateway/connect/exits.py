"""How `connect` and `doctor` end."""

from __future__ import annotations

from enum import IntEnum

import httpx

from resolvers.errors import AtsError, Rejected, UpstreamUnauthorized, UpstreamUnavailable, UpstreamUnreadable

FORBIDDEN = 403


class Exit(IntEnum):
    """Exit codes. 2 is left out: the command line itself ends with it when it is called wrongly."""

    DONE = 0
    """Connected; or nothing is wrong."""
    WRONG = 1
    """Something that `doctor` looked at is wrong."""
    NO_KEY = 3
    """What was given is no API key, or nothing was given."""
    REFUSED_KEY = 4
    """Crelate refused the key."""
    WRONG_HOST = 5
    """There is nothing at the address, or it is not Crelate's API."""
    NO_RIGHTS = 6
    """The key is good, and its owner may read nothing."""
    TRY_AGAIN = 7
    """Crelate cannot answer for the moment."""
    SETTINGS = 8
    """The settings are wrong, or were left as they are."""
    NOT_WRITTEN = 9
    """The files could not be written."""


class Stop(Exception):
    """The end of the way, with the sentence that says why.

    Attributes:
        exit: Exit code.
        sentence: For the person at the terminal; never holds a key.
    """

    def __init__(self, exit: Exit, sentence: str) -> None:
        self.exit = exit
        self.sentence = sentence
        super().__init__(sentence)


UNREACHABLE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
"""What happens before anything at the address has answered."""


def stop_for(error: AtsError, address: str) -> Stop:
    """What an error of the first calls to an address means for whoever wants to connect."""
    if isinstance(error, UpstreamUnauthorized):
        return no_rights() if error.upstream and error.upstream.status == FORBIDDEN else _refused_key(address)
    if isinstance(error, UpstreamUnreadable | Rejected):
        return Stop(
            Exit.WRONG_HOST,
            f"Something answers at {address}, but it is not Crelate's API. Its address ends in /api3.",
        )
    if isinstance(error, UpstreamUnavailable) and isinstance(error.__cause__, UNREACHABLE):
        return Stop(
            Exit.WRONG_HOST,
            f"Nothing answers at {address}. Check the address, and whether this machine may reach it.",
        )
    return Stop(Exit.TRY_AGAIN, f"Crelate cannot answer for the moment ({error.code}). Try again in a few minutes.")


def no_rights() -> Stop:
    """The key opens nothing."""
    return Stop(
        Exit.NO_RIGHTS,
        "Crelate knows the key, but its owner may read nothing. An administrator has to switch on 'API access' in the "
        "owner's user role, and the role needs rights to the records.",
    )


def _refused_key(address: str) -> Stop:
    return Stop(
        Exit.REFUSED_KEY,
        f"Crelate refused the key at {address}. It may be mistyped, disabled, replaced by a newer one, or of another "
        "environment: the sandbox has keys of its own.",
    )
