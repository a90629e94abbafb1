"""What an input refers to, read from Crelate: each question is a step, so that a crash does not ask it again."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from gateway.crelate.account import Account
from gateway.crelate.mapping.application import CONTACT_PLACES, STAGE_PLACES, found_in
from gateway.crelate.mapping.attachment import cv_key, file_row
from gateway.crelate.mapping.location import country_code
from gateway.crelate.protocol import PAGE_SIZE, Request, get, page
from gateway.crelate.readers import instant, key, text
from gateway.crelate.writing.contact import matches
from resolvers.errors import NotFound, Rejected

MOST_PAGES = 100
"""Pages of a list that are read in search of one row: a list that never ends must not hold an action for ever."""

Row = Mapping[str, Any]


class Lookups:
    """The questions of one action.

    Args:
        account: Who is asked.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._client = account.client

    async def job(self, job_key: str) -> dict[str, Any] | None:
        """When a job closes, or null when there is no such job; a sales lead is none (ASM-35)."""
        row = await self._record(get("/jobs/{id}", id=job_key))
        if row is None or (row.get("IsLead") and not self._account.assumptions.leads_are_jobs):
            return None
        closed_at = instant(row.get("ClosedOn") or row.get("UserCloseDate"))
        return {"closed_at": None if closed_at is None else closed_at.isoformat()}

    async def stages(self) -> list[str]:
        """Keys of the application stages in their order (ASM-16): where no stage is given, the first one counts."""
        return list(await self._account.tables.stages())

    async def user(self, user_key: str) -> bool:
        """Whether there is such a user."""
        return await self._record(get("/users/{id}", id=user_key)) is not None

    async def source(self, given: Row) -> str | None:
        """Key of the source that is meant: by id, by its exact name, by its key's name; null for none of these."""
        wanted = str(given.get("id") or given.get("name") or source_name(given.get("unified_key") or "")).strip()
        column = key if given.get("id") else name
        rows = (await self._account.tables.contact_sources()).values()
        return next((key(row) for row in rows if (column(row) or "").lower() == wanted.lower()), None)

    async def country(self, code: str) -> str | None:
        """GUID of a country, learnt from the columns of contacts (ASM-30); null when they do not say."""
        try:
            fields = (await self._client.send(get("/contacts/info"))).data
        except Rejected:
            return None
        for field in fields if isinstance(fields, list) else []:
            for option in field.get("Options") or [] if _is_address(field) else []:
                if country_code(name(option) or "") == code:
                    return key(option)
        return None

    async def contacts(self, email: str) -> list[dict[str, Any]]:
        """The contacts with an address, the oldest first; what the filter lets through is compared again."""
        rows = [dict(row) async for row in self.rows("/contacts", {"emails": email}, most=1)]
        return sorted((row for row in rows if matches(row, email)), key=lambda row: row.get("CreatedOn") or "")

    async def contact(self, contact_key: str) -> dict[str, Any] | None:
        """One contact, or null."""
        return await self._record(get("/contacts/{id}", id=contact_key))

    async def cv(self, contact_key: str) -> str | None:
        """Key of a contact's CV, or null."""
        return cv_key(await self.contact(contact_key) or {})

    async def file(self, file_key: str) -> dict[str, Any] | None:
        """One file, or null."""
        return await self._record(file_row(file_key))

    async def company(self, wanted: str) -> dict[str, Any] | None:
        """The company of exactly this name, as a lookup; null when there is none."""
        answer = await self._client.send(get("/companies/search", params={"query": wanted, "limit": str(PAGE_SIZE)}))
        for row in answer.data or []:
            if (name(row) or "").strip().lower() == wanted.strip().lower():
                return {"Id": key(row)}
        return None

    async def stage_on(self, job_key: str, contact_key: str) -> str | None:
        """The stage a contact is in on a job, blank when the pipeline does not say; null when it is not on the job."""
        try:
            async for row in self.rows("/jobs/{id}/contacts", id=job_key):
                if found_in(row, CONTACT_PLACES) == contact_key:
                    return found_in(row, STAGE_PLACES) or ""
        except NotFound:
            return None
        return None

    async def files(self, contact_key: str) -> list[dict[str, Any]]:
        """Id and name of every file of a contact."""
        params = {"parent_ids": contact_key}
        rows = [row async for row in self.rows("/artifacts", params) if key(row.get("ParentId")) == contact_key]
        return [{"id": key(row), "name": text(row.get("FileName")) or name(row)} for row in rows]

    async def rows(
        self, template: str, params: Mapping[str, str] | None = None, most: int = MOST_PAGES, **ids: str
    ) -> AsyncIterator[Row]:
        """The rows of a list, page by page."""
        for number in range(most):
            answer = await self._client.send(page(template, number * PAGE_SIZE, params, **ids))
            found = answer.data if isinstance(answer.data, list) else []
            for row in found:
                yield row
            if not (answer.more if answer.more is not None else len(found) == PAGE_SIZE):
                return

    async def _record(self, request: Request) -> dict[str, Any] | None:
        try:
            data = (await self._client.send(request)).data
        except NotFound:
            return None
        except Rejected as error:
            if error.upstream is not None and error.upstream.status == BAD_REQUEST:
                return None  # what is not a GUID cannot be a record's id
            raise
        return data if isinstance(data, dict) else None


BAD_REQUEST = 400


def name(row: Row) -> str | None:
    """What a row of a small table is called (crelate-api 4.11)."""
    return text(row.get("Name") or row.get("Title"))


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


def _is_address(field: Row) -> bool:
    label = str(field.get("Name") or "")
    return label.startswith("Addresses_") or label == "CountryId"
