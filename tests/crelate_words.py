"""Crelate's own words, read off the connector: its columns, lists and parameters, as they stand in its code.

A word is Crelate's when the connector has it as a text of its own and the unified model does not. Nothing is listed by
hand but a few words that stand in no table, and a few that mean something else as well.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from msgspec import Struct

from gateway.crelate import entities
from gateway.crelate.assumptions import Assumptions

ROOT = Path(__file__).parents[1]
CONNECTOR = ROOT / "gateway/crelate"

IN_PROSE = {"pipeline", "GUID", "entity"}
"""Words of Crelate's that stand in none of its tables; without regard to case, alone or as part of a name."""

LIMITS = {"Only US", "US numbers", "a year's", "Only the CV"}
"""How the connector says what Crelate cannot do; a description that says so would be untrue of another ATS."""

ANYBODYS = {
    "Accept": "a header of HTTP",
    "Addresses": "English; its columns are told by the underscore behind it",
    "GitHub": "a firm",
    "LinkedIn": "a firm",
    "StepStone": "a firm",
    "ZipRecruiter": "a firm",
    "api": "part of any address",
    "api_key": "any ATS has one",
    "domain": "English",
    "info": "English",
    "stage_key": "the unified model's `stage_id`, inside",
    "summary": "English",
}
"""Words that the connector has as texts and that are not Crelate's alone -> whose else."""


def texts(module: Path) -> Iterator[str]:
    """The texts in a module's code, without docstrings."""
    tree = ast.parse(module.read_text("utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.value


def columns_of_rows() -> set[str]:
    """The columns of the connector's types of rows."""
    structs = [member for member in vars(entities).values() if isinstance(member, type) and issubclass(member, Struct)]
    return {name for struct in structs for name in struct.__struct_fields__}


def names_of_the_model() -> set[str]:
    """Every name in the SDL and in the code of the unified model, and the names of the connector's settings."""
    sdl = re.sub(r'"""[\s\S]*?"""|"[^"\n]*"', "", (ROOT / "schema/schema.graphql").read_text("utf-8"))
    names = {field.name for field in fields(Assumptions)} | set(re.findall(r"[A-Za-z_]\w*", sdl))
    for module in (ROOT / "schema").rglob("*.py"):
        with tokenize.open(module) as source:
            tokens = tokenize.generate_tokens(source.readline)
            names |= {token.string for token in tokens if token.type == tokenize.NAME}
    return names


class CrelateWords:
    """What to look for in other code.

    Attributes:
        compound: Columns of several words, such as `ModifiedOn`; nothing else is called so.
        prefixes: Beginnings of columns, such as `EmailAddresses_`.
        single: Columns of one word, such as `When`; Crelate's where they are a text of their own.
        lists: First parts of paths in the singular, such as `contact` and `workflowstatus`, and `IN_PROSE`.
        parameters: Query parameters, such as `modified_after`.
        limits: What only Crelate cannot do, and citations of what is known or assumed of it.
    """

    def __init__(self) -> None:
        found = {text for module in CONNECTOR.rglob("*.py") for text in texts(module)} | columns_of_rows()
        spoken = {part for text in found for part in _parts(text)}
        known = names_of_the_model() | ANYBODYS.keys()
        columns = {word for word in spoken if re.fullmatch(r"[A-Z][A-Za-z]*[a-z]\w*", word)}
        self.prefixes = {word for word in columns if word.endswith("_")}
        self.compound = {word for word in columns - self.prefixes if re.search(r"[a-z][A-Z0-9_]", word)} - known
        self.single = columns - self.prefixes - self.compound - known - {"Crelate"}
        self.parameters = {word for word in spoken if re.fullmatch(r"[a-z]+(_[a-z]+)+", word)} - known
        models = {word.lower() for name in known for word in re.findall(r"[A-Z]?[a-z]+", name)}
        lists = {_singular(part) for word in spoken if (part := _list(word)) and part not in known}
        self.lists = {word for word in lists if word not in models} | IN_PROSE
        self.limits = re.compile(rf"{_any(LIMITS)}|crelate-api \d+(?:\.\d+)?|(?<!`)ASM-\d\d")
        self._anywhere = re.compile(
            rf"\b(?:{_any(self.compound | self.parameters)})\b|\b(?:{_any(self.prefixes)})\w"
            rf"|(?<![a-z])(?i:{_any(self.lists | set(map(_plural, self.lists)))})(?![a-z])"
        )

    def in_text(self, text: str) -> set[str]:
        """Those that stand anywhere in a text, comments and docstrings included."""
        return set(self._anywhere.findall(text)) | set(self.limits.findall(text))

    def in_module(self, module: Path) -> set[str]:
        """Those that stand anywhere in a module, and the single words among its texts."""
        return self.in_text(module.read_text("utf-8")) | (self.single & set(texts(module)))


def _parts(text: str) -> list[str]:
    """A text as words: a place in a row such as `CurrentPosition.JobTitle ?? Title` has several."""
    return re.split(r" \?\? |\.", text)


def _list(word: str) -> str | None:
    """The first part of a path."""
    found = re.fullmatch(r"/([a-zA-Z]+)(/[\w{}/]+)?", word)
    return found[1] if found else None


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word.removesuffix("ies") + "y"
    return re.sub(r"(?<=s)es$|(?<!s)s$", "", word)


def _plural(word: str) -> str:
    return word.removesuffix("y") + "ies" if word.endswith("y") else word + ("es" if word.endswith("s") else "s")


def _any(words: set[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))
