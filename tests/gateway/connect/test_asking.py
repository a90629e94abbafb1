"""Questions, and where their answers come from."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys

from rich.console import Console

from gateway.connect import ask_on

KEY = "typed-at-a-terminal"

PROGRAM = """
from rich.console import Console
from gateway.connect import ask_on
ask = ask_on(Console())
given = ask("Secret:", hidden=True)
told = ask("Open:")
print(f"<{len(given)} {told}>", flush=True)
"""


def read_until(terminal: int, words: str) -> str:
    """What the terminal shows, up to these words."""
    shown = ""
    while words not in shown:
        shown += os.read(terminal, 1024).decode()
    return shown


def test_a_hidden_answer_is_not_echoed_and_an_open_one_is() -> None:
    """On a real terminal, typed after the question has appeared."""
    terminal, inner = pty.openpty()
    program = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(program, stdin=inner, stdout=inner, stderr=inner, start_new_session=True):  # noqa: S603 - ours
        os.close(inner)
        shown = read_until(terminal, "Secret:")
        os.write(terminal, f"{KEY}\n".encode())
        shown += read_until(terminal, "Open:")
        os.write(terminal, b"plain\n")
        shown += read_until(terminal, ">")
    os.close(terminal)
    assert KEY not in shown
    assert shown.count("plain") == 2
    assert f"<{len(KEY)} plain>" in shown


def test_without_a_terminal_the_first_line_is_the_hidden_answer() -> None:
    """And nobody gives leave for anything; the questions are not shown."""
    screen = io.StringIO()
    ask = ask_on(Console(file=screen), io.StringIO(f"{KEY}\nyes\n"))
    assert ask("May I?") == ""
    assert ask("Key?", hidden=True) == f"{KEY}\n"
    assert screen.getvalue() == ""


def test_an_empty_input_is_no_answer() -> None:
    """Rather than an error."""
    assert ask_on(Console(file=io.StringIO()), io.StringIO())("Key?", hidden=True) == ""
