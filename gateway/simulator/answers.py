"""What an endpoint can answer."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Enveloped:
    """`Data` of the envelope (crelate-api 2.1); lists also say how many there are and whether more follow."""

    data: object
    status: int = 200
    total: int | None = None
    more: bool | None = None


@dataclass(frozen=True, slots=True)
class Bare:
    """JSON without the envelope, as the first version of the API gives it."""

    data: object
    status: int = 200


@dataclass(frozen=True, slots=True)
class Content:
    """A file's bytes."""

    body: bytes
    media_type: str


Answer: TypeAlias = Enveloped | Bare | Content


class RefusedError(Exception):
    """Crelate says no: a status, the sentence for `Errors`, and headers that go with it."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.message = message


def not_found() -> RefusedError:
    """The 404 of a record that is not there."""
    return RefusedError(404, "The requested record was not found")
