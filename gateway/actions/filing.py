"""The files of an input: planned by name, then taken in, wherever their bytes come from."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from gateway.actions.content import GENERIC, decoded, decoded_size, file_name, too_large, type_problem
from gateway.actions.fetching import PIECE_BYTES, Fetcher, Unfetchable
from gateway.actions.problems import error, warning
from gateway.actions.spool import Spool, Stored, TooLarge
from resolvers.ports.writing import File
from schema.actions.problem import ActionWarning, UserError, UserErrorCode, WarningCode

Document = Mapping[str, Any]

_CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")


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
        content_type = each.attachment.get("content_type", GENERIC)
        size = decoded_size(each.attachment.get("data", ""))
        files.append(File(f"file {number}", each.path, None, name, content_type, size, each in cvs[-1:]))
    return files, warnings


async def take_in(
    planned: list[File], document: Document, action_id: str, spool: Spool, fetcher: Fetcher, deadline: float | None
) -> list[File]:
    """Keep the bytes of all planned files until they are sent; what has not come by the deadline cannot be had.

    Raises:
        Unusable: some cannot be had, are too large, or are not what they are declared to be.
    """
    errors: list[UserError] = []
    files = []
    for file, each in zip(planned, given(document), strict=True):
        try:
            async with asyncio.timeout_at(deadline):
                files.append(await _take(file, each.attachment, action_id, spool, fetcher))
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
    return files


async def _take(file: File, attachment: Document, action_id: str, spool: Spool, fetcher: Fetcher) -> File:
    if "data" in attachment:
        stored = await spool.store(action_id, _pieces(decoded(attachment["data"]) or b""))
        return replace(file, id=stored.id, size=stored.size)
    async with fetcher.fetch(attachment["data_url"]) as (media_type, pieces):
        stored = await spool.store(action_id, pieces)
    return _checked(file, attachment.get("content_type"), media_type, stored)


def _checked(file: File, declared: str | None, answered: str | None, stored: Stored) -> File:
    """A file that was fetched, with its content type: the declared one, else the answer's."""
    if stored.size == 0:
        raise Unfetchable(UserErrorCode.FILE_UNREACHABLE, "The file is empty.")
    if problem := type_problem(stored.head, declared):
        raise Unfetchable(*problem)
    content_type = declared or (answered if answered and _CONTENT_TYPE.fullmatch(answered) else None) or GENERIC
    return replace(file, id=stored.id, size=stored.size, content_type=content_type)


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), PIECE_BYTES):
        yield content[start : start + PIECE_BYTES]


def to_json(files: list[File]) -> list[dict[str, Any]]:
    """Files as a workflow keeps them."""
    return [asdict(file) for file in files]


def read_files(stored: list[dict[str, Any]]) -> tuple[File, ...]:
    """Files that a workflow kept."""
    return tuple(File(**{**each, "path": tuple(each["path"])}) for each in stored)
