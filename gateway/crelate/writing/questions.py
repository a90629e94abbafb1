"""What actions ask Crelate before they write: each answer is JSON, since it is recorded as a durable step.

Nothing is remembered from one question to the next: each is asked over a session of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from gateway.crelate.account import Account
from gateway.crelate.entities import Contact, whole
from gateway.crelate.mapping.application import stage_of
from gateway.crelate.mapping.attachment import cv_key
from gateway.crelate.protocol import stored
from gateway.crelate.readers import instant, key, number, text, title
from gateway.crelate.reading import candidate, country, file
from gateway.crelate.reading import company as companies
from gateway.crelate.reading.job import is_job
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.small import user_row
from gateway.crelate.writing import custom_fields
from resolvers.ports.writing import Ask


class AskLive(Protocol):
    """Asks one of the questions below as a step."""

    async def __call__(self, step: str, question: Callable[..., Awaitable[Any]], /, *given: Any) -> Any:
        """The answer of `question(session, *given)`."""


def asking(account: Account, ask: Ask) -> AskLive:
    """How to ask this account, each question as a step of the action."""

    async def ask_live(step: str, question: Callable[..., Awaitable[Any]], /, *given: Any) -> Any:
        return await ask(step, lambda: question(Session(account), *given))

    return ask_live


async def job(session: Session, job_key: str) -> dict[str, Any] | None:
    """When a job closes, as `{"closed_at": ...}`; null for no job, or a lead without a pipeline."""
    row = await session.jobs.one(job_key)
    if row is None or not await is_job(session, row):
        return None
    closed_at = instant(row.ClosedOn) or instant(row.UserCloseDate)
    return {"closed_at": None if closed_at is None else closed_at.isoformat()}


async def stages(session: Session) -> list[str]:
    """Keys of the application stages in their order (ASM-16): where no stage is given, the first one counts.

    A blank comes first where Crelate does not say the order (ASM-24): then none of them is known to be the first.
    """
    rows = await session.account.tables.stages()
    is_ordered = len(rows) == 1 or any(number(row.SortOrder) is not None for row in rows.values())
    return [*rows] if is_ordered else ["", *rows]


async def user_exists(session: Session, user_key: str) -> bool:
    """Whether there is such a user."""
    return await user_row(session, user_key) is not None


async def source(session: Session, given: Mapping[str, Any]) -> str | None:
    """Key of the source that is meant: by id, by its exact name, by its key's name; null for none of these."""
    wanted = str(given.get("id") or given.get("name") or source_name(given.get("unified_key") or "")).strip()
    column = key if given.get("id") else title
    rows = (await session.account.tables.contact_sources()).values()
    return next((key(row) for row in rows if (column(row) or "").lower() == wanted.lower()), None)


async def country_id(session: Session, code: str) -> str | None:
    """Key of a country; null when Crelate does not name it."""
    return await country.coded(session, code)


async def company(session: Session, name: str) -> dict[str, Any] | None:
    """The company of exactly this name, as a lookup `{"Id": ...}`; null when there is none."""
    found = await companies.named(session, name)
    return None if found is None else {"Id": found}


async def custom_columns(session: Session, candidate: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the custom fields of a candidate come to; see `custom_fields`."""
    taken = {column for name, column in session.account.custom.written.items() if name in candidate}
    return await custom_fields.columns_of(session, candidate["custom_fields"], taken)


async def contacts(session: Session, email: str) -> Any:
    """The contacts with an address, the oldest first; as `{"some": [...]}` where not all could be looked at."""
    rows, is_whole = await candidate.with_email(session, email)
    found = [whole(row) for row in rows]
    return found if is_whole else {"some": found}


async def contact(session: Session, contact_key: str) -> dict[str, Any] | None:
    """One contact; null when there is none."""
    row = await session.contacts.one(contact_key)
    return None if row is None else whole(row)


async def stage_on(session: Session, job_key: str, contact_key: str) -> str | None:
    """The stage a contact is in on a job, blank when its row does not say; null when it is not on the job."""
    return await session.pipelines.stage_of(stored(job_key), stored(contact_key))


async def place_on(session: Session, job_key: str, contact_key: str) -> dict[str, Any] | None:
    """Where a contact is on a job, as `{"stage": ..., "date": ...}`; null when it is not on the job.

    The date is that of the last move. Either is null where neither row nor history says it (ASM-08).
    """
    contact = stored(contact_key)
    row = (await session.pipelines.of_contacts(stored(job_key), [contact])).get(contact)
    return None if row is None else {"stage": stage_of(row), "date": text(row.ModifiedOn or row.Date)}


async def files_of(session: Session, contact_key: str) -> list[str]:
    """Ids of the files a contact has, its CV among them."""
    cv = cv_key(await session.contacts.one(contact_key) or Contact())
    found = [key(row) for row in await file.of_contact(session, contact_key)]
    return [each for each in {*found, cv} if each]


SOURCE_NAMES: Mapping[str, str] = {
    "CAREER_SITE": "Career Site",
    "GITHUB": "GitHub",
    "LINKEDIN": "LinkedIn",
    "STEPSTONE": "StepStone",
    "XING": "XING",
    "ZIPRECRUITER": "ZipRecruiter",
}
"""Unified key -> display name, where it is not just the words of the key (crelate-api 6.1)."""


def source_name(unified_key: str) -> str:
    """The display name of a well-known channel: `LINKEDIN` is `LinkedIn`, `EMPLOYEE_REFERRAL` `Employee Referral`."""
    return SOURCE_NAMES.get(unified_key.upper(), unified_key.replace("_", " ").title())
