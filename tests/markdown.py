"""Markdown documents of the repository, taken apart for the tests that hold them to the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown_it.token import Token

from gateway.docs.rendering import ids, parse, slug

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "gateway/docs"
COMMAND = re.compile(r"ats-gateway ([a-z]+)\b")
CAPITALS = re.compile(r"[A-Z]+(_[A-Z]+)+")


@dataclass(frozen=True, slots=True)
class Example:
    """A code block in GraphQL.

    Attributes:
        line: Where it stands.
        document: What it asks.
        answer: The JSON that stands next, or null when nothing of the kind does.
    """

    line: int
    document: str
    answer: str | None


@dataclass(frozen=True)
class Document:
    """One Markdown file.

    Attributes:
        path: Where it is.
    """

    path: Path

    @cached_property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text("utf-8")

    @cached_property
    def tokens(self) -> list[Token]:
        """The same, taken apart; links between pages of the manual lead to where they are served."""
        return parse(self.text)

    @cached_property
    def anchors(self) -> set[str]:
        """What can be linked to in it."""
        return set(ids(self.tokens))

    @cached_property
    def tables(self) -> dict[str, list[list[str]]]:
        """First head of each table -> its rows, cell by cell. Of several with the same head the last one counts."""
        found: dict[str, list[list[str]]] = {}
        rows: list[list[str]] = []
        for token, following in zip(self.tokens, [*self.tokens[1:], Token("", "", 0)], strict=True):
            if token.type == "table_open":
                rows = []
            elif token.type == "tr_open":
                rows.append([])
            elif token.type in {"th_open", "td_open"}:
                rows[-1].append(following.content)
            elif token.type == "table_close":
                found[rows[0][0]] = rows[1:]
        return found

    def section(self, heading: str) -> Document:
        """The part below a heading, down to the next one of any level."""
        lines = self.text.splitlines()
        begin = next(number for number, line in enumerate(lines) if slug(line.lstrip("#")) == slug(heading))
        rest = lines[begin + 1 :]
        end = next((number for number, line in enumerate(rest) if line.startswith("#")), len(rest))
        return Part(self.path, "\n".join(rest[:end]))

    def code_spans(self) -> set[str]:
        """What is set in code inside the text."""
        return {child.content for child in self._inline() if child.type == "code_inline"}

    def links(self) -> list[str]:
        """Where its links and pictures lead."""
        found = [child.attrGet("href") or child.attrGet("src") for child in self._inline()]
        return [str(address) for address in found if address]

    def examples(self) -> Iterator[Example]:
        """Its GraphQL; an answer belongs to the block before it unless a heading stands between."""
        blocks = [token for token in self.tokens if token.type in {"fence", "heading_open"}]
        for token, following in zip(blocks, [*blocks[1:], None], strict=True):
            if token.info == "graphql" and token.map:
                answer = following.content if following is not None and following.info == "json" else None
                yield Example(token.map[0] + 1, token.content, answer)

    def _inline(self) -> list[Token]:
        return [child for token in self.tokens for child in token.children or ()]


@dataclass(frozen=True)
class Part(Document):
    """A piece of a file.

    Attributes:
        piece: Its text.
    """

    piece: str

    @cached_property
    def text(self) -> str:
        """All of the piece."""
        return self.piece


def rows_as_markdown(rows: list[list[str]]) -> str:
    """Rows as they would stand in a document."""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


README = Document(ROOT / "README.md")
MANUAL = {path.stem: Document(path) for path in sorted(DOCS.glob("*.md"))}
"""The pages of the manual by name."""
