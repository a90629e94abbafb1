"""The documents that tools are made from: one operation each, described where it and its variables are declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graphql import OperationDefinitionNode, OperationType, parse, strip_ignored_characters

FOLDER = Path(__file__).parent / "operations"


@dataclass(frozen=True, slots=True)
class Curated:
    """A document with a name and a description.

    Attributes:
        name: Of its file, which is the tool's.
        text: What is sent.
        operation: The one operation in it.
    """

    name: str
    text: str
    operation: OperationDefinitionNode

    @property
    def description(self) -> str:
        """What it is for."""
        described = self.operation.description
        return described.value if described else ""

    @property
    def writes(self) -> bool:
        """Whether it is a mutation."""
        return self.operation.operation is OperationType.MUTATION


def curated(folder: Path = FOLDER) -> Iterator[Curated]:
    """The documents of a folder, by name."""
    for path in sorted(folder.glob("*.graphql")):
        text = path.read_text("utf-8")
        (operation,) = parse(text).definitions
        if not isinstance(operation, OperationDefinitionNode):
            raise TypeError(f"{path.name} is no operation")
        yield Curated(path.stem, strip_ignored_characters(text), operation)
