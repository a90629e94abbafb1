"""Adding records that can be found again by what is odd about them."""

from dataclasses import dataclass
from datetime import timedelta

from gateway.simulator.account import Account
from gateway.simulator.assumptions import ACTIVE, CANDIDATE, ON_PORTAL, RECRUITING_WORKFLOW
from gateway.simulator.pipeline import Move, PipelineItem
from gateway.simulator.seed.era import Era
from gateway.simulator.seed.organization import named
from gateway.simulator.table import Row
from gateway.simulator.timestamps import date_only, record_time


@dataclass(frozen=True, slots=True)
class Oddities:
    """An account that gets odd records. Each is noted in `Account.awkward` as `job: lost`, say, with its id."""

    account: Account
    era: Era
    staff: list[Row]
    """The users that records are owned by; the first comes first."""

    def add(self, entity: str, what: str, row: Row) -> Row:
        """Adds a record of two weeks ago."""
        created = record_time(self.era.now - timedelta(days=14))
        times = {"CreatedOn": created, "ModifiedOn": created}
        row = {"Id": self.account.new_id(), "EntityStatus": ACTIVE, **times, **row}
        self.account[entity].insert(row)
        self.account.awkward[f"{_SINGULARS.get(entity, entity)}: {what}"] = row["Id"]
        return row

    def job(self, what: str, **columns: object) -> Row:
        """Adds a job that is open, on the portal and owned by the key's user, but for the columns given."""
        number = len(self.account["jobs"]) + 1
        row = {
            "Name": f"Awkward {what}",
            "JobCode": f"{number:05d}",
            "JobNum": number,
            "Description": "<p>Text</p>",
            "WorkflowTypeId": {"Id": RECRUITING_WORKFLOW, "Title": "Recruiting"},
            "SalesWorkflowItemStatusId": named(self.account, "workflowstatuses", "Requisitions Open"),
            "IsLead": False,
            "IsOnHold": False,
            "IsHidden": False,
            "OnPortal": True,
            "PortalVisibility": ON_PORTAL,
            "UserOpenDate": date_only(self.era.now - timedelta(days=14)),
            "UserCloseDate": None,
            "ClosedOn": None,
            "NumberOfOpenings": 1,
            "Owners": self.owners(1),
        }
        return self.add("jobs", what, row | columns)

    def contact(self, what: str, **columns: object) -> Row:
        """Adds a candidate without any address, but for the columns given."""
        row = {
            "ContactNum": len(self.account["contacts"]) + 1,
            "RecordType": CANDIDATE,
            "Name": f"{what.title()}, Awkward",
            "FirstName": "Awkward",
            "LastName": what.title(),
            "Owners": self.owners(1),
        }
        return self.add("contacts", what, row | columns)

    def interview(self, what: str, contact: Row, job: Row | None, **columns: object) -> Row:
        """Adds an interview of tomorrow, of the contact for the job."""
        start = (self.era.now + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
        row = {
            "VerbId": named(self.account, "activitytypes", "Interview"),
            "Subject": f"Interview: {what}",
            "Display": f"Interview: {what}",
            "When": record_time(start),
            "WhenEnd": record_time(start + timedelta(hours=1)),
            "AllDay": False,
            "ParentId": {"Id": contact["Id"], "Title": contact.get("Name"), "EntityName": "Contacts"},
            "RegardingId": job and {"Id": job["Id"], "Title": job.get("Name"), "EntityName": "Jobs"},
            "Owners": self.owners(1),
        }
        return self.add("activities", what, row | columns)

    def place(self, contact: Row, job: Row, stage: Row | None = None) -> None:
        """Puts the contact on the job, at the first ordinary stage unless one is given."""
        stage = stage or named(self.account, "workflowstatuses", "New Candidate")
        move = Move(stage["Id"], record_time(self.era.now - timedelta(days=7)))
        self.account.pipeline.put(PipelineItem(self.account.new_id(), job["Id"], contact["Id"], [move]))

    def owners(self, count: int) -> list[Row]:
        """So many users; the first is the primary one."""
        users = self.staff[:count]
        return [self.account.owner(row["Id"], primary=place == 0) for place, row in enumerate(users)]

    def value(self, value: object, **more: object) -> Row:
        """A category value."""
        return {"Id": self.account.new_id(), "Value": value, "IsPrimary": True, **more}


_SINGULARS = {
    "activities": "activity",
    "companies": "company",
    "contacts": "contact",
    "contactsources": "source",
    "jobs": "job",
    "users": "user",
    "workflowstatuses": "stage",
}
