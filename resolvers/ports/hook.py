"""What a connector calls after each attempt to reach its ATS."""

from collections.abc import Callable

Hook = Callable[[str, int | None, float], None]
"""Called after each attempt to reach an ATS: path template, status (null without an answer), seconds it took."""


def unobserved(template: str, status: int | None, seconds: float) -> None:
    """No-op telemetry hook."""
