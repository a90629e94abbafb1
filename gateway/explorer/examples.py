"""The example operations, to be had as files: with them begins a client of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from graphql import OperationDefinitionNode, parse, value_from_ast_untyped

OPERATIONS = Path(__file__).parent / "operations"


def write_examples(folder: Path) -> None:
    """Write the operations into a folder, each with its variables beside it. Files that are there stay as they are.

    Raises:
        OSError: they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(OPERATIONS.glob("*.graphql")):
        text = path.read_bytes()
        _write(folder / path.name, text)
        if variables := _variables(text.decode()):
            _write(folder / f"{path.stem}.variables.json", orjson.dumps(variables, option=orjson.OPT_INDENT_2) + b"\n")


def _write(path: Path, content: bytes) -> None:
    if not path.exists():
        path.write_bytes(content)


def _variables(text: str) -> dict[str, Any]:
    """The variables of an operation, with their defaults; null for one without."""
    (operation,) = (each for each in parse(text).definitions if isinstance(each, OperationDefinitionNode))
    return {
        each.variable.name.value: each.default_value and value_from_ast_untyped(each.default_value)
        for each in operation.variable_definitions or ()
    }
