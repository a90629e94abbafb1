"""What was asked, for tests and for the curious."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

_KEPT_HEADERS = {"accept", "content-type", "idempotency-key", "traceparent", "user-agent", "x-request-id"}
_LENGTH = 20_000

KEPT_BODY = 65_536


@dataclass(frozen=True, slots=True)
class Logged:
    """One request: never its key, only whether it came as `header` or `query`."""

    method: str
    path: str
    template: str
    query: dict[str, str]
    headers: dict[str, str]
    key_in: str | None
    body: bytes
    """The first 64 KiB: files need not be kept."""
    status: int | None
    """None when there was no reply."""

    def to_json(self) -> dict[str, Any]:
        """The entry with its body as text, files included as far as they are text."""
        return {**asdict(self), "body": self.body.decode(errors="replace")}


class RequestLog:
    """The last requests in order, and how many of each kind there were."""

    def __init__(self) -> None:
        self.entries: deque[Logged] = deque(maxlen=_LENGTH)
        self.counts: Counter[str] = Counter()

    def add(self, entry: Logged) -> None:
        """Notes a request that has been answered, or dropped."""
        self.entries.append(entry)
        self.counts[f"{entry.method} {entry.template}"] += 1

    def reset(self) -> None:
        """Forgets all."""
        self.entries.clear()
        self.counts.clear()


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Those that say something about the client and nothing about its key."""
    return {name: value for name, value in headers.items() if name in _KEPT_HEADERS}
