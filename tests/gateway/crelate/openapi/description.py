"""An OpenAPI file that has everything the connector relies on, made of its needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from gateway.crelate.openapi.needs import Kind, Need, needs


def describing(without: Collection[Need] = ()) -> dict[str, Any]:
    """A file of version 3 with all needs but these; its schemas stand behind references."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for need in needs():
        if need not in without and not any(_is_path_of(other, need) for other in without):
            operation = paths[f"/api3{need.template}"].setdefault(
                need.method.lower(), {"parameters": [], "responses": {}}
            )
            _describe(operation, need)
    return {"openapi": "3.0.1", "info": {"title": "API"}, "paths": dict(paths), "components": {"schemas": ENVELOPES}}


def _is_path_of(other: Need, need: Need) -> bool:
    return other.kind is Kind.PATH and (other.method, other.template) == (need.method, need.template)


def _describe(operation: dict[str, Any], need: Need) -> None:
    if need.kind is Kind.PARAMETER:
        operation["parameters"].append({"name": need.names[0], "in": "query", "schema": {"type": "string"}})
    elif need.kind is Kind.ANSWER:
        rows = operation["responses"].setdefault("200", answering())
        row = rows["content"]["application/json"]["schema"]["properties"]["Data"]["items"]["allOf"][1]
        row["properties"].update({name: {} for name in need.names})
    elif need.kind is Kind.BODY:
        schema = operation.setdefault("requestBody", taking())["content"]["application/json"]["schema"]
        schema["properties"]["entity"]["properties"][need.names[0]] = {}
    elif need.kind is Kind.PART:
        form = {"schema": {"properties": {need.names[0]: {"format": "binary"}}}}
        operation["requestBody"] = {"content": {"multipart/form-data": form}}


def answering() -> dict[str, Any]:
    """An answer of rows in the envelope."""
    items = {"allOf": [{"$ref": "#/components/schemas/Record"}, {"properties": {}}]}
    return {"content": {"application/json": {"schema": {"properties": {"Data": {"type": "array", "items": items}}}}}}


def taking() -> dict[str, Any]:
    """A body with a record in its wrapper."""
    return {"content": {"application/json": {"schema": {"properties": {"entity": {"properties": {}}}}}}}


ENVELOPES: dict[str, Any] = {"Record": {"properties": {"ExternalPrimaryKey": {}}}}
