"""Companies, which candidates name as their employers (crelate-api 2.5)."""

from __future__ import annotations

from gateway.crelate.protocol import PAGE_SIZE, get
from gateway.crelate.readers import key, title
from gateway.crelate.reading.listing import rows_of
from gateway.crelate.reading.session import Session

SEARCH = "/companies/search"


async def named(session: Session, name: str) -> str | None:
    """Key of the company of exactly this name, in any case; null when the search finds none."""
    request = get(SEARCH, params={"query": name, "limit": str(PAGE_SIZE)})
    rows, wanted = await rows_of(session.account.client, request), name.strip().lower()
    return next((key(row) for row in rows if (title(row) or "").strip().lower() == wanted), None)
