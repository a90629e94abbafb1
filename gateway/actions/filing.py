"""The files of an input: planned by name, then taken in, wherever their bytes come from."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from gateway.actions.content import declared_type, decoded, decoded_head, decoded_size, file_name, too_large
from gateway.actions.fetching import PIECE_BYTES, Fetcher, Unfetchable
from gateway.actions.media_types import GENERIC, Judgement, judged, media_type
from gateway.actions.problems import error, warning
from gateway.actions.spool import Spool, TooLarge
from resolvers.ports.writing import File
from schema.actions.problem import ActionWarning, UserError, UserErrorCode, WarningCode

Document = Mapping[str, Any]


class Unusable(Exception):
    """Files of the input cannot be used.

    Attributes:
        user_errors: Why, one for each.
    """

    def __init__(self, user_errors: list[UserError]) -> None:
        super().__init__()
        self.user_errors = user_errors


@dataclass(frozen=True, slots=True)
class Given:
    """A file of the input with where it stands."""

    path: tuple[str, ...]
    attachment: Document


def given(document: Document) -> list[Given]:
    """All files of an input."""
    if "attachment" in document:
        return [Given(("attachment",), document["attachment"])]
    return [Given(("attachments", str(n)), each) for n, each in enumerate(document.get("attachments", []))]


def without_bytes(document: Document) -> dict[str, Any]:
    """The document as a workflow keeps it: the files' bytes and addresses are not in it."""
    kept = {name: value for name, value in document.items() if name not in {"attachment", "attachments"}}
    return kept | ({"attachment": {"type": document["attachment"]["type"]}} if "attachment" in document else {})


def planned_files(document: Document) -> tuple[list[File], list[ActionWarning]]:
    """The files as they will be sent, and what is done otherwise than asked: there can be one CV, the last one."""
    files, warnings = [], []
    found = given(document)
    cvs = [each for each in found if each.attachment["type"] == "CV"]
    for number, each in enumerate(found):
        name = str(file_name(each.attachment["name"]))
        if name != each.attachment["name"]:
            message = "Folders and unsafe characters were taken out of the name."
            warnings.append(warning(WarningCode.FILE_RENAMED, message, *each.path, "name"))
        if each in cvs[:-1]:
            message = "There can be one CV, the last one; this file becomes a document."
            warnings.append(warning(WarningCode.CV_REPLACED, message, *each.path, "type"))
        data = each.attachment.get("data")
        size = None if data is None else decoded_size(data)
        content_type = media_type(declared_type(each.attachment)) or GENERIC
        if data is not None:
            judgement = judged(decoded_head(data), declared_type(each.attachment), name)
            content_type = judgement.content_type
            warnings += _doubts(judgement, each)
        files.append(File(f"file {number}", each.path, None, name, content_type, size, each in cvs[-1:]))
    return files, warnings


def _doubts(judgement: Judgement, given: Given) -> list[ActionWarning]:
    if judgement.doubt is None:
        return []
    return [warning(WarningCode.CONTENT_TYPE_MISMATCH, judgement.doubt, *given.path, "content_type")]


async def take_in(
    planned: list[File], document: Document, action_id: str, spool: Spool, fetcher: Fetcher, deadline: float | None
) -> tuple[list[File], list[ActionWarning]]:
    """Keep the bytes of all planned files until they are sent; what has not come by the deadline cannot be had.

    Returns:
        The files, and of those that were fetched what is not as it was declared.

    Raises:
        Unusable: some cannot be had, or are too large.
    """
    errors: list[UserError] = []
    files: list[File] = []
    warnings: list[ActionWarning] = []
    for file, each in zip(planned, given(document), strict=True):
        try:
            async with asyncio.timeout_at(deadline):
                taken, judgement = await _take(file, each.attachment, action_id, spool, fetcher)
            files.append(taken)
            warnings += _doubts(judgement, each)
        except TimeoutError:
            message = "The file did not come in time."
            errors.append(error(UserErrorCode.FILE_UNREACHABLE, message, *each.path, "data_url"))
        except Unfetchable as failed:
            errors.append(error(failed.code, failed.message, *each.path, "data_url"))
        except TooLarge:
            place = "data" if "data" in each.attachment else "data_url"
            errors.append(error(*too_large(spool.limit), *each.path, place))
    if errors:
        raise Unusable(errors)
    return files, warnings


async def _take(
    file: File, attachment: Document, action_id: str, spool: Spool, fetcher: Fetcher
) -> tuple[File, Judgement]:
    """A file whose bytes are kept, and what they say; of bytes that came with the input that was said before."""
    if "data" in attachment:
        stored = await spool.store(action_id, _pieces(decoded(attachment["data"]) or b""))
        return replace(file, id=stored.id, size=stored.size), Judgement(file.content_type)
    async with fetcher.fetch(attachment["data_url"]) as (answered, pieces):
        stored = await spool.store(action_id, pieces)
    if stored.size == 0:
        raise Unfetchable(UserErrorCode.FILE_UNREACHABLE, "The file is empty.")
    judgement = judged(stored.head, attachment.get("content_type"), file.name, answered)
    return replace(file, id=stored.id, size=stored.size, content_type=judgement.content_type), judgement


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), PIECE_BYTES):
        yield content[start : start + PIECE_BYTES]


def to_json(files: list[File]) -> list[dict[str, Any]]:
    """Files as a workflow keeps them."""
    return [asdict(file) for file in files]


def read_files(stored: list[dict[str, Any]]) -> tuple[File, ...]:
    """Files that a workflow kept."""
    return tuple(File(**{**each, "path": tuple(each["path"])}) for each in stored)
