"""Jobs (crelate-api 4.3 and 5)."""

from __future__ import annotations

from gateway.crelate.entities import Address
from gateway.crelate.entities import Job as Row
from gateway.crelate.mapping.custom_fields import CUSTOM, INTEGRATION
from gateway.crelate.mapping.location import location, primary_location
from gateway.crelate.mapping.table import Computed, Facts, Field, Table
from gateway.crelate.readers import instant, key, number, text, title
from gateway.crelate.vocabulary import JOB_ADDRESSES, PUBLIC_ON_PORTAL
from schema.job import Job, JobVisibility
from schema.values import Location

PUBLIC, INTERNAL, UNLISTED, CONFIDENTIAL = JobVisibility
"""Its members by their own names: looking one up on the type takes longer than all else that is read of it."""


def is_closed(row: Row, facts: Facts) -> bool:
    """Whether the job is won, or its close date is past, as that of a lost job (crelate-api 4.3)."""
    closes_at = instant(row.UserCloseDate)
    return bool(row.ClosedOn) or (closes_at is not None and closes_at <= facts.now())


def is_settled(row: Row, facts: Facts) -> bool:
    """Whether the job will not be closed by time alone."""
    return row.UserCloseDate is None or is_closed(row, facts)


def visibility(row: Row, facts: Facts) -> JobVisibility | None:
    """Who can find the job (ASM-17); null when the row does not say whether it is on the portal."""
    on_portal = row.OnPortal
    if on_portal is None:
        return None
    if on_portal and not (row.IsHidden or row.IsOnHold or is_closed(row, facts)):
        shown = (text(row.PortalVisibility) or "").strip().lower()
        return PUBLIC if shown in PUBLIC_ON_PORTAL else UNLISTED
    return CONFIDENTIAL if row.IsHidden else INTERNAL


def salary_currency(row: Row, facts: Facts) -> str | None:
    """The account's currency, where there is an amount for it (ASM-19)."""
    amount = number(row.Salary)
    if amount is None:
        amount = number(row.Compensation)
    return None if amount is None else facts.assumptions.salary_currency


def job_location(row: Row, _: Facts) -> Location | None:
    """Where the job is, else what its portal page says (ASM-18)."""
    portal = Address(City=row.PortalCity, State=row.PortalState, ZipCode=row.PortalZip, CountryId=row.PortalCountryId)
    return primary_location(row, JOB_ADDRESSES) or location(portal)


def remote_url(row: Row, facts: Facts) -> str:
    """The job's page in Crelate."""
    return f"{facts.web_url}/go#stage/_Jobs/DefaultView/{row.Id}/summary"


PLACE = "PortalCity + PortalState + PortalZip + PortalCountryId"

JOB = Table(
    Job,
    Row,
    "/jobs",
    Field("key", "Id", key),
    Field("remote_id", "Id", key),
    Field("name", "Name ?? PortalTitle ?? JobTitleId", title),
    Field("job_code", "JobCode ?? JobNum", title, "ASM-36"),
    Field("description", "Description ?? PortalDescription", title),
    Computed(
        "visibility",
        visibility,
        "OnPortal + IsHidden + IsOnHold + ClosedOn + UserCloseDate + PortalVisibility",
        "PUBLIC or UNLISTED while it is open and on the portal, CONFIDENTIAL where it is hidden, else INTERNAL.",
        "ASM-17",
    ),
    Field("salary_amount", "Salary ?? Compensation", number),
    Computed(
        "salary_currency",
        salary_currency,
        "Salary ?? Compensation",
        "The account's setting, where there is an amount.",
        "ASM-19",
    ),
    Computed(
        "location",
        job_location,
        f"{' ?? '.join(JOB_ADDRESSES)} ?? {PLACE}",
        f"The primary one of {' ?? '.join(JOB_ADDRESSES)}, else {PLACE}.",
        "ASM-18",
    ),
    CUSTOM,
    INTEGRATION,
    Computed("remote_url", remote_url, "Id", "The address of Crelate's page of this Id."),
    Field("opened_at", "UserOpenDate ?? CreatedOn", instant),
    Field("closed_at", "ClosedOn ?? UserCloseDate", instant),
    Field("remote_updated_at", "ModifiedOn", instant),
    stays=is_settled,
)
