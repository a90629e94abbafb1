"""What an OpenAPI file says: operations, their parameters, and the columns of what they take and give.

Versions 2 and 3 are read. Nothing is trusted: what is not as it should be counts as not described.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.crelate.readers import mapping

DEEPEST = 12
"""References and nestings that are followed before a schema counts as endless."""

BASE = re.compile(r"^/?(api3)?/", re.IGNORECASE)
"""What may stand in front of a path, as part of the server's address or not."""

ANY = "{}"

ENVELOPE, WRAPPER = "Data", "entity"
"""Where the envelope has its rows, and a write its record (crelate-api 2.1, 2.8)."""

COMBINED = ("allOf", "oneOf", "anyOf")

MULTIPART = "multipart/form-data"


class NotOpenApi(ValueError):
    """The file is no OpenAPI description."""


class Described:
    """An OpenAPI file.

    Args:
        document: Its JSON.

    Raises:
        NotOpenApi: it has no paths.
    """

    def __init__(self, document: Any) -> None:
        self._document = mapping(document)
        paths = self._document.get("paths")
        if not isinstance(paths, dict) or not ({"openapi", "swagger"} & self._document.keys()):
            raise NotOpenApi("The file is no OpenAPI description: it has no paths.")
        self._paths = {_plain(path): mapping(item) for path, item in paths.items() if isinstance(path, str)}

    def __len__(self) -> int:
        return len(self._paths)

    def operation(self, method: str, template: str) -> Mapping[str, Any] | None:
        """An operation by method and path template; null when it is not described."""
        found = self._paths.get(_plain(template), {}).get(method.lower())
        return found if isinstance(found, dict) else None

    def parameters(self, method: str, template: str) -> Mapping[str, Mapping[str, Any]]:
        """Query parameters of an operation, by name in lower case."""
        item = self._paths.get(_plain(template), {})
        given = (*_list(item.get("parameters")), *_list(mapping(item.get(method.lower())).get("parameters")))
        found = (self._resolved(each) for each in given)
        return {str(each.get("name")).lower(): each for each in found if each.get("in") == "query"}

    def answer(self, method: str, template: str) -> frozenset[str]:
        """Columns of the rows an operation answers with; empty when they are not described."""
        answers = mapping((self.operation(method, template) or {}).get("responses"))
        good = next((self._resolved(answers[code]) for code in ("200", "201", "default") if code in answers), {})
        schema = good.get("schema") or _content(good, "json").get("schema")
        columns = self._columns(schema)
        return self._columns(columns[ENVELOPE]).keys() if ENVELOPE in columns else frozenset(columns)  # type: ignore[return-value]  # keys are a set

    def body(self, method: str, template: str) -> frozenset[str]:
        """Columns of the record an operation takes, or parts of its form; empty when they are not described."""
        operation = self.operation(method, template) or {}
        given = self._resolved(operation.get("requestBody"))
        sent = _content(given, "json") or _content(given, MULTIPART)
        parts = [self._resolved(each) for each in _list(operation.get("parameters"))]
        form = {str(each.get("name")): each for each in parts if each.get("in") == "formData"}
        old = next((each.get("schema") for each in parts if each.get("in") == "body"), None)
        columns = self._columns(sent.get("schema") or old) or form
        inner = next((columns[name] for name in columns if name.lower() == WRAPPER), None)
        return frozenset(columns if inner is None else self._columns(inner))

    def _columns(self, schema: Any, depth: int = 0) -> dict[str, Any]:
        """The properties of a schema, or of the items of a list, by name."""
        if depth > DEEPEST:
            return {}
        schema = self._resolved(schema)
        if "items" in schema:
            return self._columns(schema["items"], depth + 1)
        found = dict(mapping(schema.get("properties")))
        for part in _parts(schema):
            found.update(self._columns(part, depth + 1))
        return found

    def _resolved(self, value: Any) -> Mapping[str, Any]:
        """An object, behind its references within the file."""
        for _ in range(DEEPEST):
            pointer = mapping(value).get("$ref")
            if pointer is None:
                return mapping(value)
            value = self._at(pointer)
        return {}

    def _at(self, pointer: Any) -> Any:
        found: Any = self._document
        if not isinstance(pointer, str) or not pointer.startswith("#/"):
            return None
        for name in pointer[2:].split("/"):
            found = mapping(found).get(name.replace("~1", "/").replace("~0", "~"))
        return found


def _plain(path: str) -> str:
    """A path as it is compared: without the API's base, names of placeholders, and case."""
    return re.sub(r"\{[^}]*\}", ANY, BASE.sub("/", path.rstrip("/"), count=1)).lower()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _parts(schema: Mapping[str, Any]) -> Iterator[Any]:
    for name in COMBINED:
        yield from _list(schema.get(name))


def _content(holder: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """What a body is made of, by a word of its media type."""
    return next((mapping(each) for name, each in mapping(holder.get("content")).items() if kind in name), {})
