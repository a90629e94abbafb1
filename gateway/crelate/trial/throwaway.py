"""The made-up contact of a trial: told from a real one by its name, its address and every text on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from resolvers.ports.writing import File

AVAILABLE_ON = "2031-03-14"
SALARY = 91_234.0
JOB_TITLE = "Test Person"
CITY, ABROAD = "Berlin", "DE"
NOTE = "This note was written by a test of the ATS gateway and will be deleted."
FOREIGN_NUMBER = {"Value": "+49 30 23125 000", "IsPrimary": True}
"""A number that Crelate refuses (crelate-api 0, row 10); the range is kept free for fiction."""


@dataclass(frozen=True, slots=True)
class Throwaway:
    """A person who does not exist.

    Attributes:
        first, last: The name; the last one is new with every person.
        email: An address that no mail can be sent to.
    """

    first: str
    last: str
    email: str

    @classmethod
    def invented(cls) -> Throwaway:
        """Somebody new."""
        mark = token_hex(6)
        return cls("Test", f"Gateway-Test-{mark}", f"ats-gateway-test-{mark}@example.com")

    def candidate(self) -> dict[str, Any]:
        """The person as an action's input has them."""
        return {"first_name": self.first, "last_name": self.last, "email_address": self.email}

    def namesake(self) -> Throwaway:
        """Another address under the same name."""
        return Throwaway(self.first, self.last, Throwaway.invented().email)

    def housemate(self) -> Throwaway:
        """Another name under the same address."""
        other = Throwaway.invented()
        return Throwaway(other.first, other.last, self.email)

    def marks(self) -> Mapping[str, str]:
        """What the person can be found by."""
        return {"first": self.first, "last": self.last, "email": self.email}


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of that person.

    Attributes:
        file: As an action sends it.
        content: Its bytes.
    """

    file: File
    content: bytes

    @classmethod
    def of(cls, person: Throwaway, *, is_cv: bool) -> Paper:
        """A CV, or another document."""
        kind = "cv" if is_cv else "document"
        content = f"{person.first} {person.last}\n{person.email}\nA test of the ATS gateway.\n".encode()
        name = f"{kind}-{person.last}.txt".lower()
        return cls(File(kind, (kind,), None, name, "text/plain", len(content), is_cv), content)
