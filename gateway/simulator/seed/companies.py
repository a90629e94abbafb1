"""The firm's clients."""

from gateway.simulator.account import Account
from gateway.simulator.assumptions import ACTIVE
from gateway.simulator.seed import words
from gateway.simulator.seed.era import Era
from gateway.simulator.seed.organization import named, recruiters
from gateway.simulator.table import Row


def add_companies(account: Account, era: Era) -> None:
    """One row per client."""
    staff = recruiters(account)
    for name, site in words.COMPANIES:
        created = era.days_ago(700, 260)
        row = {
            "Id": account.new_id(),
            "Name": name,
            "Description": None,
            "Websites_Business": {"Id": account.new_id(), "Value": f"https://{site}.example", "IsPrimary": True},
            "Locations_Business": address(account, era),
            "Owners": [account.owner(era.random.choice(staff)["Id"], primary=True)],
            "EntityStatus": ACTIVE,
            "CreatedOn": era.time(created),
            "ModifiedOn": era.time(era.between(created, era.now)),
        }
        account["companies"].insert(era.sparse(row))


def address(account: Account, era: Era, country: str = "United States") -> Row:
    """An address value; its country is learnt from here (ASM-30)."""
    city, state, zip_code, _ = era.random.choice(words.PLACES)
    row = {
        "Id": account.new_id(),
        "IsPrimary": True,
        "Line1": f"{era.random.randrange(100, 9900)} {era.random.choice(words.LAST_NAMES)} St",
        "Line2": None,
        "City": city,
        "State": state,
        "ZipCode": zip_code,
        "CountryId": named(account, "countries", country),
    }
    return era.sparse(row)
