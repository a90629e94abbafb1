"""Invented data that looks like a recruiting firm after a year of work, with every odd case of crelate-api 8.13."""

import pickle
from datetime import UTC, datetime
from functools import lru_cache
from random import Random

from gateway.simulator.account import Account
from gateway.simulator.seed.activities import add_activities
from gateway.simulator.seed.awkward import add_awkward
from gateway.simulator.seed.companies import add_companies
from gateway.simulator.seed.contacts import add_contacts
from gateway.simulator.seed.era import Era
from gateway.simulator.seed.intake import add_applications
from gateway.simulator.seed.jobs import add_jobs
from gateway.simulator.seed.organization import add_organization
from gateway.simulator.seed.pipelines import add_pipelines
from gateway.simulator.seed.size import Size


def seeded_account(api_key: str, chance: int, size: Size, now: datetime, *, guid_variants: bool = False) -> Account:
    """An account full of data. The same chance, size and minute give the same data."""
    account: Account = pickle.loads(_pickled(chance, size, now.replace(second=0, microsecond=0), guid_variants))  # noqa: S301 - pickled in this process
    account.api_key = api_key
    return account


@lru_cache(maxsize=8)
def _pickled(chance: int, size: Size, now: datetime, guid_variants: bool) -> bytes:
    """Reading a copy back is ten times faster than inventing it anew, and tests begin with the same data each."""
    account = Account("", Random(chance))  # noqa: S311 - invents data, guards nothing
    account.guid_variants = guid_variants
    seed(account, size, now)
    return pickle.dumps(account)


def seed(account: Account, size: Size, now: datetime) -> None:
    """Fills an empty account with what its chance gives."""
    era = Era(now.astimezone(UTC), account.random)
    add_organization(account, era)
    add_companies(account, era)
    add_jobs(account, era, size.jobs)
    add_contacts(account, era, size.contacts)
    add_pipelines(account, era, size.contacts_per_job)
    add_activities(account, era, size.activities)
    add_applications(account, era)
    if size.awkward:
        add_awkward(account, era)
