"""Trusted documents: the manifest of the documents that clients were built with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Self

import orjson
import structlog

from gateway.http.errors import RequestError, refusal
from gateway.http.request import GraphQLRequest

_log = structlog.stdlib.get_logger(__name__)


class TrustedDocuments:
    """The documents of a manifest, by their id.

    Args:
        documents: Text by id. An id is usually the SHA-256 of the text in hex, with or without `sha256:` before it.
        require: Refuse every other document; otherwise others are answered, and logged.
    """

    def __init__(self, documents: Mapping[str, str], *, require: bool) -> None:
        self._by_id = {document_id.removeprefix("sha256:"): text for document_id, text in documents.items()}
        self._texts = frozenset(self._by_id.values())
        self._require = require

    @classmethod
    def from_file(cls, path: Path, *, require: bool) -> Self:
        """Read a manifest: a JSON object of text by id, or the format of Apollo's manifest generator."""
        manifest = orjson.loads(path.read_bytes())
        if isinstance(manifest, dict) and isinstance(manifest.get("operations"), list):
            manifest = {operation["id"]: operation["body"] for operation in manifest["operations"]}
        if not isinstance(manifest, dict) or not all(isinstance(text, str) for text in manifest.values()):
            raise ValueError(f"{path} is not a manifest: it should be a JSON object of document text by id.")
        return cls(manifest, require=require)

    def find(self, document_id: str) -> str | None:
        """The text under an id."""
        return self._by_id.get(document_id.removeprefix("sha256:"))

    def check(self, text: str) -> None:
        """Refuse, or log, a text that is not in the manifest."""
        if text in self._texts:
            return
        if self._require:
            raise refusal("Only documents of the manifest are answered here.", code="PERSISTED_QUERY_NOT_IN_LIST")
        _log.warning("untrusted_document", characters=len(text))


def document_text(request: GraphQLRequest, trusted: TrustedDocuments | None) -> str:
    """The text a request asks to execute: its own, or the one its `documentId` or Apollo's hash stands for."""
    if request.query:
        if trusted:
            trusted.check(request.query)
        return request.query
    document_id = request.document_id or _apollo_hash(request)
    if trusted and (text := trusted.find(document_id)) is not None:
        return text
    raise _not_found(request)


def _apollo_hash(request: GraphQLRequest) -> str:
    persisted = request.extensions.get("persistedQuery")
    sha256 = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if not isinstance(sha256, str):
        raise refusal("extensions.persistedQuery.sha256Hash must be a string.")
    return sha256


def _not_found(request: GraphQLRequest) -> RequestError:
    """The answer on which clients send the text itself; Apollo's go by the exact message."""
    if request.document_id:
        return refusal("There is no document with this documentId.", code="PERSISTED_QUERY_NOT_FOUND")
    return refusal("PersistedQueryNotSupported", code="PERSISTED_QUERY_NOT_SUPPORTED", in_document=True)
