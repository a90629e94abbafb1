"""Notes (crelate-api 4.9)."""

from __future__ import annotations

from typing import Any

from gateway.crelate.readers import key
from gateway.crelate.reading.listing import complete, pages
from gateway.crelate.reading.session import Session

LIST = "/notes"


async def of_contact(session: Session, contact_key: str) -> list[Any]:
    """All notes on a contact; rows that an ignored filter lets through are left out."""
    rows = await complete(pages(session.account.client, LIST, {"parent_ids": contact_key}))
    return [row for row in rows.values() if key(row.ParentId) == contact_key]
