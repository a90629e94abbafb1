"""Candidates: contacts, seen as people who may be hired."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.crelate.canary import Proof
from gateway.crelate.filters import CONTACT_EMAILS, Asked, FilterViolation
from gateway.crelate.mapping.candidate import is_candidate
from gateway.crelate.protocol import PAGE_SIZE
from gateway.crelate.reading.answers import Records, one_each
from gateway.crelate.reading.listing import complete, pages
from gateway.crelate.reading.rows import split_errors
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.walk import Walk
from resolvers.errors import FilterNeedsSync, Rejected
from schema.addresses import spellings

LIST = "/contacts"

LOOKED_THROUGH = 20
"""Pages of contacts that are looked through for an address before an action writes, where Crelate cannot be asked."""


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The contacts among these, whatever their record type: everybody on a pipeline counts as a candidate."""
    return await session.read("Candidate", await session.contacts.get(keys))


async def by_emails(session: Session, addresses: Sequence[str]) -> list[Any]:
    """The candidates with one of these addresses.

    Raises:
        FilterNeedsSync: Crelate cannot be asked by address.
    """
    proof = await session.account.canary.proof(CONTACT_EMAILS)
    if proof not in {Proof.MANY, Proof.ONE}:
        raise FilterNeedsSync(argument="email")
    wanted = sorted({spelling for address in addresses for spelling in spellings(address)})
    size = PAGE_SIZE if proof is Proof.MANY else 1
    chunks = [wanted[start : start + size] for start in range(0, len(wanted), size)]
    try:
        found = await asyncio.gather(*(_with_emails(session, chunk) for chunk in chunks))
    except FilterViolation as violation:
        await session.account.canary.answer(violation)
        raise FilterNeedsSync(argument="email") from violation
    rows = {name: row for part in found for name, row in part.items() if is_candidate(row)}
    return list((await session.read("Candidate", rows)).values())


async def with_email(session: Session, address: str) -> tuple[list[Any], bool]:
    """The rows of the contacts with an address, candidates or not, the oldest first; and whether these are all.

    One page is read per spelling, and every row looked at again: this is asked before writing, where the filter needs
    no proof. Where Crelate refuses or ignores it, contacts are looked through page by page, up to a limit.
    """
    rows, is_whole = await _asked_for(session, address)
    found = (row for row in session.contacts.saw(rows).values() if CONTACT_EMAILS.allows([row], {address}))
    return sorted(found, key=lambda row: str(row.CreatedOn or "")), is_whole


async def _asked_for(session: Session, address: str) -> tuple[Mapping[str, Any], bool]:
    client = session.account.client
    asked = (pages(client, LIST, {CONTACT_EMAILS.param: spelling})(0) for spelling in spellings(address))
    try:
        first = await asyncio.gather(*asked)
    except Rejected:
        return await _looked_through(session)
    rows = {name: row for page in first for name, row in page.rows.items()}
    is_ignored = not CONTACT_EMAILS.allows(rows.values(), {address})
    if is_ignored:
        session.account.canary.distrust(CONTACT_EMAILS)
    if is_ignored and any(page.more for page in first):
        return await _looked_through(session)
    return rows, True


async def _looked_through(session: Session) -> tuple[Mapping[str, Any], bool]:
    """As many contacts as are looked through, and whether these are all."""
    read = pages(session.account.client, LIST)
    page = await read(0)
    rows, offset = dict(page.rows), page.length
    for _ in range(LOOKED_THROUGH - 1):
        if not page.more:
            break
        page = await read(offset)
        rows.update(page.rows)
        offset += page.length
    return rows, not page.more


async def by_jobs(session: Session, keys: Sequence[str]) -> list[Any]:
    """The candidates on the pipelines of these jobs.

    Raises:
        AtsError: a pipeline or a contact cannot be read.
    """
    pipelines = await asyncio.gather(*(session.pipelines.first(name, None) for name in keys))
    found = await by_ids(session, list(dict.fromkeys(name for rows, _total in pipelines for name in rows)))
    _, errors = split_errors(found)
    for error in errors.values():
        raise error
    return list(found.values())


async def walk(session: Session, asked: Asked) -> Walk:
    """All contacts whose record type says candidate, page by page."""

    async def expand(rows: Mapping[str, Any], _: int | None) -> list[list[Any]]:
        candidates = {name: row for name, row in session.contacts.saw(rows).items() if is_candidate(row)}
        return one_each(rows, await session.read("Candidate", candidates))

    return Walk(pages(session.account.client, LIST, asked=asked), expand, asked)


async def _with_emails(session: Session, addresses: Sequence[str]) -> Mapping[str, Any]:
    rows = await complete(pages(session.account.client, LIST, asked={CONTACT_EMAILS: addresses}))
    return session.contacts.saw(rows)
