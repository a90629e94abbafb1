"""Where people read what a command says; what draws there is loaded when there is something to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def complaints() -> Console:
    """Where commands say what went wrong."""
    from rich.console import Console  # noqa: PLC0415  large, and a server that works says nothing

    return Console(stderr=True, style="red", highlight=False)


def complain(sentence: str) -> None:
    """Say in a sentence what went wrong."""
    complaints().print(sentence)
