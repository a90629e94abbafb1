"""Files of contacts (crelate-api 4.10). Of these only the CV can be read back through the unified model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from gateway.crelate.account import Account
from gateway.crelate.entities import File
from gateway.crelate.mapping.attachment import cv, cv_key
from gateway.crelate.protocol import get, stored
from gateway.crelate.readers import key
from gateway.crelate.reading.listing import complete, pages
from gateway.crelate.reading.rows import Found, Rows, split_errors
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.source import as_asked
from resolvers.errors import AtsError
from schema.actions.attachment import Attachment

if TYPE_CHECKING:
    from resolvers.ports.writing import OpenFile

LIST, CONTENT = "/artifacts", "/artifacts/{id}/content"


class CrelateFiles:
    """The files of one account; fills `resolvers.ports.files.Files`.

    Args:
        account: Who is asked.
    """

    def __init__(self, account: Account) -> None:
        self._account = account

    async def attachments(self, keys: Sequence[str]) -> Mapping[str, Sequence[Attachment] | AtsError]:
        """The CV of each candidate, in a list.

        Takes one request for all candidates and one for all files, where the account's filters prove to work.
        """
        names = {name: stored(name) for name in keys}
        return as_asked(names, await cvs(Session(self._account), list(dict.fromkeys(names.values()))))


async def cvs(session: Session, keys: Sequence[str]) -> dict[str, list[Attachment] | AtsError]:
    """Contact -> its CV in a list, empty without one; contacts that do not exist are absent."""
    contacts, errors = split_errors(await _rows(session.contacts, keys))
    held = {name: cv_key(row) for name, row in contacts.items()}
    files = await _rows(session.files, list(dict.fromkeys(filter(None, held.values()))))
    found: dict[str, list[Attachment] | AtsError] = dict(errors)
    for name, row in contacts.items():
        file = files.get(held[name] or "") or File()
        found[name] = file if isinstance(file, AtsError) else [cv(row, file)] if held[name] else []
    return found


async def of_contact(session: Session, contact_key: str) -> list[Any]:
    """All files of a contact; rows that an ignored filter lets through are left out."""
    rows = await complete(pages(session.account.client, LIST, {"parent_ids": contact_key}))
    return [row for row in rows.values() if key(row.ParentId) == contact_key]


@asynccontextmanager
async def opened(account: Account, file_key: str) -> AsyncIterator[OpenFile]:
    """The content of a file, piece by piece.

    Raises:
        NotFound: there is no such file.
        AtsError: Crelate does not give it.
    """
    async with account.client.stream(get(CONTENT, id=file_key)) as answer:
        from resolvers.ports.writing import OpenFile  # noqa: PLC0415  most readers open none

        plain = "content-encoding" not in answer.headers
        size = answer.headers.get("content-length", "") if plain else ""
        yield OpenFile(answer.aiter_bytes(), answer.headers.get("content-type"), int(size) if size.isdigit() else None)


async def _rows(rows: Rows, keys: Sequence[str]) -> Found:
    """Rows by key; a single one is not worth the requests that prove a filter."""
    return await (rows.get_singly(keys) if len(keys) == 1 else rows.get(keys))
