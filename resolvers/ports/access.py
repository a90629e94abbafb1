"""Whether an account can be used at all: whose key it is, what its owner may read, and what is in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from resolvers.errors import AtsError, UpstreamUnauthorized


class Obstacle(Enum):
    """Why an account cannot be used."""

    KEY = "key"
    """The key was refused."""
    ADDRESS = "address"
    """There is nothing at the address, or not this ATS's API."""
    RIGHTS = "rights"
    """The key is good, and its owner may read nothing."""
    BUSY = "busy"
    """The ATS cannot answer for the moment."""


class CannotConnect(Exception):
    """The account cannot be used.

    Attributes:
        obstacle: Why.
        sentence: The same for a person, with what to do; never holds a key.
    """

    def __init__(self, obstacle: Obstacle, sentence: str) -> None:
        self.obstacle = obstacle
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Owner:
    """The user a key belongs to.

    Attributes:
        name: Null when the ATS does not say.
        server_time: The ATS's clock when it answered, or null.
    """

    name: str | None = None
    server_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """The result of reading one row of a list.

    Attributes:
        list: What the ATS calls the list.
        gives: What of the unified model it gives.
        error: Why it could not be read, or null.
        total: Rows in the whole list, or null.
    """

    list: str
    gives: str
    error: AtsError | None = None
    total: int | None = None

    @property
    def refused(self) -> bool:
        """Whether a right is missing, rather than anything else in the way."""
        return isinstance(self.error, UpstreamUnauthorized)


@dataclass(frozen=True, slots=True)
class Access:
    """What a key opens.

    Attributes:
        owner: The user it belongs to.
        rights: One for each list that the gateway reads.
    """

    owner: Owner
    rights: Sequence[Right]
