"""Invented data that looks like a recruiting firm after a year of work, with every odd case of crelate-api 8.13."""

from datetime import datetime

from gateway.simulator.account import Account
from gateway.simulator.seed.activities import add_activities
from gateway.simulator.seed.companies import add_companies
from gateway.simulator.seed.contacts import add_contacts
from gateway.simulator.seed.era import Era
from gateway.simulator.seed.intake import add_applications
from gateway.simulator.seed.jobs import add_jobs
from gateway.simulator.seed.organization import add_organization
from gateway.simulator.seed.pipelines import add_pipelines
from gateway.simulator.seed.size import Size


def seed(account: Account, size: Size, now: datetime) -> Account:
    """Fills an empty account. The same account chance, size and time give the same data."""
    era = Era(now, account.random)
    add_organization(account, era)
    add_companies(account, era)
    add_jobs(account, era, size.jobs)
    add_contacts(account, era, size.contacts)
    add_pipelines(account, era, size.contacts_per_job)
    add_activities(account, era, size.activities)
    add_applications(account, era)
    return account
