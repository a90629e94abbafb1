"""Who asks, and what they may do."""

from dataclasses import dataclass
from enum import Enum

from resolvers.errors import Forbidden


class Scope(Enum):
    """One thing a caller may be allowed to do."""

    __hash__ = object.__hash__  # enums hash their members by name, in Python

    READ = "read"
    """Ask for records, and follow changes."""
    WRITE = "write"
    """Carry out actions."""
    PASSTHROUGH = "passthrough"
    """Send requests to the ATS's own API."""
    SYNC = "sync"
    """Begin syncs."""
    PII = "pii"
    """See personal data."""


EVERY_SCOPE = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request.

    Attributes:
        name: Name of the access token, or subject of the JSON Web Token; null without either.
        scopes: What they may do.
        integrations: The accounts they may ask, such as `crelate:default`; null for all.
    """

    name: str | None
    scopes: frozenset[Scope]
    integrations: frozenset[str] | None = None

    def may_ask(self, integration: str) -> bool:
        """Whether an account is among theirs."""
        return self.integrations is None or integration in self.integrations

    def refusal(self, needed: frozenset[Scope]) -> Forbidden | None:
        """Why the caller may not do what needs these scopes, or null when they may; names the missing ones."""
        if needed <= self.scopes:
            return None
        missing = ", ".join(sorted(scope.value for scope in needed - self.scopes))
        return Forbidden(f"This caller lacks the scope {missing}.")

    def require(self, needed: frozenset[Scope]) -> None:
        """Let the caller pass.

        Raises:
            Forbidden: they lack a scope; names the missing ones.
        """
        if refusal := self.refusal(needed):
            raise refusal


LOCAL = Caller(name=None, scopes=EVERY_SCOPE)
"""The caller of a gateway without access tokens, which only listens to its own machine."""
