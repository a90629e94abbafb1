"""Portal applicants that are still to be looked at."""

from gateway.simulator.account import Account
from gateway.simulator.seed import words
from gateway.simulator.seed.era import Era
from gateway.simulator.seed.pipelines import recruiting_stages


def add_applications(account: Account, era: Era) -> None:
    """One intake record for every fourth job that stands on the portal (crelate-api 4.7)."""
    stage = recruiting_stages(account)[0]
    for job in [row for row in account["jobs"].ordered() if row["OnPortal"]][::4]:
        created = era.time(era.days_ago(4))
        row = {
            "Id": account.new_id(),
            "FirstName": era.random.choice(words.FIRST_NAMES),
            "LastName": era.random.choice(words.LAST_NAMES),
            "JobId": account.lookup("jobs", job["Id"]),
            "ContactId": None,
            "ContactSourceId": None,
            "PrimaryDocumentAttachmentId": None,
            "StatusId": account.lookup("workflowstatuses", stage["Id"]),
            "CreatedOn": created,
            "ModifiedOn": created,
        }
        account["applications"].insert(era.sparse(row))
