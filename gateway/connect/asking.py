"""Questions to the person at the terminal, or to piped input."""

from __future__ import annotations

import sys
import warnings
from getpass import GetPassWarning, getpass
from typing import Protocol, TextIO

from rich.console import Console


class Ask(Protocol):
    """Puts a question; the answer is empty when there is none."""

    def __call__(self, question: str, *, hidden: bool = False) -> str:
        """The answer; a `hidden` one is not echoed."""


def ask_on(console: Console, source: TextIO | None = None) -> Ask:
    """Questions on the terminal; where input is no terminal, its first line is the key and all other answers are empty.

    Args:
        console: Where questions are shown.
        source: Where input comes from; null for standard input.
    """
    source = source or sys.stdin
    if source.isatty():
        return _Terminal(console)
    return _Pipe(source)


class _Terminal:
    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, question: str, *, hidden: bool = False) -> str:
        try:
            return _unseen(question) if hidden else self._console.input(f"{question} ", markup=False)
        except EOFError:
            return ""


def _unseen(question: str) -> str:
    """An answer that is not echoed; empty where the terminal cannot keep it to itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(f"{question} ")
        except GetPassWarning:
            return ""


class _Pipe:
    def __init__(self, source: TextIO) -> None:
        self._source = source

    def __call__(self, question: str, *, hidden: bool = False) -> str:  # noqa: ARG002 - a pipe shows nothing
        return self._source.readline() if hidden else ""
