"""The firm's jobs, with the odd ones of crelate-api 8.13 among them."""

from datetime import datetime, timedelta

from gateway.simulator.account import Account
from gateway.simulator.assumptions import ACTIVE, BY_LINK, ON_PORTAL, RECRUITING_WORKFLOW
from gateway.simulator.seed import words
from gateway.simulator.seed.companies import address
from gateway.simulator.seed.era import Era
from gateway.simulator.seed.organization import named, option, recruiters
from gateway.simulator.table import Row
from gateway.simulator.timestamps import date_only

_EVERY = 12
"""The odd cases come back every so many jobs, each at its own place."""

_TWO_OWNERS, _HIDDEN, _LEAD, _NO_OWNERS, _ON_HOLD, _OWNER_GONE, _CLOSED, _BY_LINK = 1, 4, 6, 7, 8, 9, 10, 11


def add_jobs(account: Account, era: Era, count: int) -> None:
    """So many jobs, opened over the last months, the oldest first."""
    for number in range(count):
        opened = era.now - timedelta(days=220 - 215 * number / count, hours=era.random.uniform(0, 12))
        account["jobs"].insert(era.sparse(_job(account, era, number, opened)))


def _job(account: Account, era: Era, number: int, opened: datetime) -> Row:
    place = number % _EVERY
    title, pay, duty = words.JOBS[number % len(words.JOBS)]
    level = words.LEVELS[(number // len(words.JOBS)) % len(words.LEVELS)]
    company = era.random.choice(account["companies"].ordered())
    closed = era.between(opened, era.now) if place == _CLOSED else None
    return {
        "Id": account.new_id(),
        "Name": level + title,
        "JobCode": f"{number + 1:05d}",
        "JobNum": number + 1,
        "Description": _description(era, level + title, company["Name"], duty),
        "AccountId": {"Id": company["Id"], "Title": company["Name"]},
        "JobTitleId": named(account, "jobtitles", title),
        "OpportunityTypeId": named(account, "opportunitytypes", era.random.choice(words.OPPORTUNITY_TYPES)),
        "LeadSourceId": None,
        "IsLead": place == _LEAD,
        "IsOnHold": place == _ON_HOLD,
        "IsFeatured": None,
        "Salary": era.random.choice((pay, pay, pay + 5_000, pay + 12_500, None)),
        "Locations_Business": address(account, era),
        "UserOpenDate": date_only(opened),
        "UserCloseDate": None,
        "ClosedOn": era.time(closed) if closed else None,
        "StartDate": date_only(opened + timedelta(days=90)) if era.random.random() < 0.3 else None,  # noqa: PLR2004 - a few
        "NumberOfOpenings": era.random.choice((1, 1, 1, 2, 3)),
        "Owners": _owners(account, era, place),
        "CustomField1": era.random.choice((*words.ARRANGEMENTS, None)),
        "CustomField11": era.random.choice((2, 3, 4, None)),
        "CustomField21": date_only(opened + timedelta(days=60)) if place == 0 else None,
        **({"CustomField31": option("jobs", "CustomField31", place)} if place == 0 else {}),
        "EntityStatus": ACTIVE,
        "CreatedOn": era.time(opened),
        "ModifiedOn": era.time(era.between(closed or opened, era.now)),
        "CreatedById": account.lookup("users", account.user_id),
        **_workflow(account, place),
        **_portal(era, place, level + title, company["Name"]),
    }


def _workflow(account: Account, place: int) -> Row:
    """A job's own status is a stage of the Sales workflow."""
    status = {_LEAD: "Lead", _CLOSED: "Requisitions Filled"}.get(place, "Requisitions Open")
    return {
        "WorkflowTypeId": {"Id": RECRUITING_WORKFLOW, "Title": "Recruiting"},
        "SalesWorkflowItemStatusId": named(account, "workflowstatuses", status),
    }


def _portal(era: Era, place: int, title: str, company: str) -> Row:
    """Whether the job stands on the careers portal, and how."""
    on_portal = place not in {_LEAD, _HIDDEN, _CLOSED} and (place == 0 or era.random.random() < 0.6)  # noqa: PLR2004 - most
    return {
        "IsHidden": place == _HIDDEN,
        "OnPortal": on_portal or place == _BY_LINK,
        "PortalVisibility": BY_LINK if place == _BY_LINK else ON_PORTAL,
        "PortalTitle": title if on_portal else None,
        "PortalCompanyName": company if on_portal else None,
        "PortalUrlSlug": title.lower().replace(",", "").replace(" ", "-") if on_portal else None,
    }


def _owners(account: Account, era: Era, place: int) -> list[Row]:
    """Most jobs have one owner; some none, two, or one who left and is not among the users."""
    if place == _NO_OWNERS:
        return []
    first, second = era.random.sample(recruiters(account), 2)
    if place == _OWNER_GONE:
        return [departed(account)]
    owners = [account.owner(first["Id"], primary=True)]
    return [*owners, account.owner(second["Id"], primary=False)] if place == _TWO_OWNERS else owners


def departed(account: Account) -> Row:
    """A user that records still name as an owner and that is in no table."""
    key = account.user_id
    return {"Id": f"{key[:-4]}dead", "Title": " ".join(words.DEPARTED), "IsPrimary": True}


def _description(era: Era, title: str, company: str, duty: str) -> str:
    wanted = "".join(f"<li>{text}</li>" for text in era.random.sample(words.REQUIREMENTS, 3))
    return f"<p><strong>{company}</strong> is looking for a {title}.</p><p>{duty}</p><ul>{wanted}</ul>"
