"""One record of every kind that a connector is known to stumble over (crelate-api 8.13); off unless `Size` asks."""

from datetime import timedelta, timezone

from gateway.simulator.account import Account
from gateway.simulator.assumptions import CANDIDATE, CLIENT, LEAD, RECRUITING_WORKFLOW
from gateway.simulator.seed.era import Era
from gateway.simulator.seed.hostile import add_hostile
from gateway.simulator.seed.odd_values import DATES, EMAILS, LONG, PHONES
from gateway.simulator.seed.oddities import Oddities
from gateway.simulator.seed.organization import named, recruiters
from gateway.simulator.timestamps import date_only, record_time

_EVERY_TYPE = (0, CANDIDATE, CLIENT, CANDIDATE | CLIENT, LEAD, CANDIDATE | CLIENT | LEAD, None)

_ARCHIVED = 2


def add_awkward(account: Account, era: Era) -> None:
    """Adds all of them, with ids of any variant, and notes their ids in `Account.awkward`."""
    held, account.guid_variants = account.guid_variants, True
    odd = Oddities(account, era, recruiters(account))
    _add_users(odd)
    _add_stages(odd)
    _add_jobs(odd)
    _add_job_owners(odd)
    _add_contacts(odd)
    _add_values(odd)
    _add_interviews(odd)
    add_hostile(odd)
    account.guid_variants = held


def _add_users(odd: Oddities) -> None:
    plain = odd.account["users"][odd.account.user_id]
    kept = {name: plain[name] for name in ("UserType", "UserState")}
    odd.add("users", "full name alone", {"FullName": "Robin Full", "Email": "robin@harborpine.example", **kept})
    odd.add("users", "no name", {"Email": "unnamed@harborpine.example", **kept})
    odd.add("users", "no state", {"FirstName": "Sasha", "LastName": "Stateless", "UserType": plain["UserType"]})
    odd.add("users", "no type", {"FirstName": "Toni", "LastName": "Typeless", "UserState": plain["UserState"]})
    odd.add("users", "capitals in the address", {"FirstName": "Cap", "Email": "Cap.Ital@HARBORPINE.example", **kept})


def _add_stages(odd: Oddities) -> None:
    """A stage that comes before the first, in both workflows."""
    sales = next(row for row in odd.account["workflowtypes"].values() if row["Name"] == "Sales")
    for name, workflow in (("Recruiting", RECRUITING_WORKFLOW), ("Sales", sales["Id"])):
        row = {"Name": f"Before {name}", "SortOrder": 0, "WorkflowTypeId": {"Id": workflow, "Title": name}}
        odd.add("workflowstatuses", f"order 0 in {name}", row)


def _add_jobs(odd: Oddities) -> None:
    yesterday, tomorrow = (date_only(odd.era.now + timedelta(days=days)) for days in (-1, 1))
    lost = named(odd.account, "workflowstatuses", "Closed Lost")
    odd.job("no owners", Owners=[])
    odd.job("two owners", Owners=odd.owners(2))
    odd.job("same owner twice", Owners=odd.owners(1) * 2)
    odd.job("hidden from the portal", IsHidden=True)
    odd.job("lost", UserCloseDate=yesterday, SalesWorkflowItemStatusId=lost)
    odd.job("closes tomorrow", UserCloseDate=tomorrow)
    odd.job("won", UserCloseDate=yesterday, ClosedOn=record_time(odd.era.now - timedelta(days=1)))
    odd.job("visibility in words", PortalVisibility="Internal")
    odd.job("visibility unknown", PortalVisibility=7)
    odd.job("no name", Name=None, PortalTitle="Named on the portal")
    odd.job("long description", Description=LONG)
    odd.job("lead without a pipeline", IsLead=True)
    lead = odd.job("lead with a pipeline", IsLead=True)
    odd.place(odd.contact("on a lead"), lead)


def _add_job_owners(odd: Oddities) -> None:
    """Owners that the users do not have, and one whose name is lost as well."""
    for what, title in (
        ("owner missing from users", "Jordan Gone"),
        ("owner without a title", ""),
        ("owner null", None),
    ):
        odd.job(what, Owners=[{"Id": odd.account.new_id(), "Title": title, "IsPrimary": True}])


def _add_contacts(odd: Oddities) -> None:
    job = odd.job("pipeline of every kind")
    for record_type in _EVERY_TYPE:
        odd.place(odd.contact(f"type {record_type}", RecordType=record_type), job)
    odd.contact("type 0 on no job", RecordType=0)
    hidden = odd.contact("hidden from lists")
    odd.account.hide("contacts", hidden["Id"])
    odd.place(hidden, job)
    odd.place(odd.contact("archived", EntityStatus=_ARCHIVED), job)
    odd.contact("name alone", Name="Onlyname, Nora", FirstName=None, LastName=None)
    odd.contact("no name", Name=None, FirstName=None, LastName=None)
    odd.contact("long description", Description=LONG, CustomField3=LONG)
    for what, address in (("namesake", "first@example.com"), ("other namesake", "second@example.com")):
        same = {"Name": "Twin, Terry", "FirstName": "Terry", "LastName": "Twin"}
        odd.contact(what, **same, EmailAddresses_Personal=odd.value(address))
    gone = odd.contact("deleted")
    del odd.account["contacts"][gone["Id"]]
    odd.place(gone, job)
    odd.interview("deleted contact", gone, job)


def _add_values(odd: Oddities) -> None:
    for what, address in EMAILS.items():
        odd.contact(f"e-mail with {what}", EmailAddresses_Personal=odd.value(address))
    for what, (number, extension) in PHONES.items():
        odd.contact(f"phone with {what}", PhoneNumbers_Mobile=odd.value(number, Extension=extension))
    for what, date in DATES.items():
        odd.job(f"date with {what}", UserOpenDate=date, UserCloseDate=date, CustomField22=date)
        odd.contact(f"date with {what}", KeyDates_Other=odd.value(date), CustomField22=date)
    far = odd.era.now.astimezone(timezone(timedelta(hours=5, minutes=45))) - timedelta(days=1)
    odd.contact("changed at an offset", ModifiedOn=far.isoformat())


def _add_interviews(odd: Oddities) -> None:
    job, contact = odd.job("interviews"), odd.contact("interviews")
    odd.place(contact, job)
    odd.interview("on the pipeline", contact, job)
    odd.interview("not on that job", odd.contact("interviewed and on no job"), job)
    odd.interview("two owners", contact, job, Owners=odd.owners(2))
    odd.interview("no owners", contact, job, Owners=[])
    odd.interview("no job", contact, None)
    odd.interview("no subject", contact, job, Subject=None, Display="First line\nsecond line")
    odd.interview("no start", contact, job, When=None, WhenEnd=None)
    odd.interview("long text", contact, job, Display=LONG)
    odd.interview("owner without a title", contact, job, Owners=[{"Id": odd.account.new_id(), "IsPrimary": True}])
    for what, date in DATES.items():
        odd.interview(f"date with {what}", contact, job, When=date, WhenEnd=date)
