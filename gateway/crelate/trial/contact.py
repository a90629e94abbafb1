"""The made-up contact of a trial: what of it is kept, which second one is refused, and how refusals look."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from gateway.crelate.protocol import Request, Version, get
from gateway.crelate.readers import key, mapping, number, text, title
from gateway.crelate.reading import company, country
from gateway.crelate.trial.bench import FAILS, HOLDS, UNDECIDED, Bench, Seen, Shown, how, takes, told
from gateway.crelate.trial.sending import SUCCESSES, Taken
from gateway.crelate.trial.throwaway import ABROAD, AVAILABLE_ON, CITY, FOREIGN_NUMBER, JOB_TITLE, SALARY
from gateway.crelate.writing import requests
from resolvers.errors import Rejected
from resolvers.ports.examination import Finding, Verdict


async def create(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-21 to 23, 30 and 31: a contact with everything an action can say of one."""
    candidate, more = await _wishes(bench)
    taken = await bench.create(bench.person, "REJECT", candidate=candidate, **more)
    if taken.made is None:
        yield told("create", Verdict.FAILED, how(taken))
        return
    bench.contact = taken.made
    yield told("create", Verdict.OK, "a contact was made and is found")
    row = await bench.row()
    for look in (_position, _salary, _availability, _country, _owner, _source):
        yield look(bench, row, taken)


async def _wishes(bench: Bench) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the contact is to have; of companies, sources and users only those that are there."""
    candidate: dict[str, Any] = {
        "title": JOB_TITLE,
        "location": {"city": CITY, "country": ABROAD},
        "availability_date": AVAILABLE_ON,
        "salary_expectations": {"amount": SALARY, "period": "YEAR"},
    }
    more: dict[str, Any] = {}
    if employer := await _some_company(bench):
        candidate["company"], bench.wished["company"] = employer
    if sources := list(await bench.account.tables.contact_sources()):
        more["source"], bench.wished["source"] = {"id": sources[0]}, sources[0]
    bench.wished["self"] = key((await bench.account.client.send(get("/users/self"))).data) or ""
    users = [name for name in await bench.account.tables.users() if name != bench.wished["self"]]
    if users:
        more["sourced_by"], bench.wished["owner"] = {"user_key": users[0]}, users[0]
    bench.wished["country"] = await country.coded(bench.session, ABROAD) or ""
    return candidate, more


async def _some_company(bench: Bench) -> tuple[str, str] | None:
    """Name and key of a company that the connector finds by its name: none is made, since none can be deleted."""
    rows = (await bench.account.client.send(get("/companies", {"limit": "5"}))).data
    for row in rows if isinstance(rows, list) else ():
        name = title(row)
        if name and await company.named(bench.session, name) == key(row):
            return name, str(key(row))
    return None


def _position(bench: Bench, row: Mapping[str, Any], taken: Taken) -> Seen:
    held, wanted = mapping(row.get("CurrentPosition")), bench.wished.get("company")
    if title(held.get("JobTitle")) != JOB_TITLE:
        return Seen("ASM-21", FAILS, f"the title {_lost(taken)}")
    if wanted is None:
        return Seen("ASM-21", UNDECIDED, "the title is kept; the account has no company to point at")
    if key(held.get("CompanyId")) != wanted:
        return Seen("ASM-21", FAILS, f"the company {_lost(taken)}")
    return Seen("ASM-21", HOLDS, "title and company are kept")


def _salary(_: Bench, row: Mapping[str, Any], taken: Taken) -> Seen:
    if {number(row.get(name)) for name in ("DesiredSalaryMin", "DesiredSalaryMax")} != {SALARY}:
        return Seen("ASM-22", FAILS, f"the amount {_lost(taken)}")
    return Seen("ASM-22", UNDECIDED, "the amount is kept as it was sent; only a contact's page shows its period")


def _availability(_: Bench, row: Mapping[str, Any], taken: Taken) -> Seen:
    held = text(mapping(row.get("KeyDates_Other")).get("Value")) or ""
    if not held.startswith(AVAILABLE_ON):
        return Seen("ASM-23", FAILS, f"the date {_lost(taken)}")
    return Seen("ASM-23", HOLDS, "the date is kept")


def _country(bench: Bench, row: Mapping[str, Any], taken: Taken) -> Seen:
    address = mapping(row.get("Addresses_Home"))
    if not bench.wished["country"]:
        return Seen("ASM-30", FAILS, "the columns of contacts name no country, and addresses are written without one")
    if key(address.get("CountryId")) == bench.wished["country"]:
        return Seen("ASM-30", HOLDS, "the country is kept")
    if address.get("City") == CITY and taken.shape == 0:
        return Seen("ASM-30", UNDECIDED, "the country was taken, and the contact does not show it")
    return Seen("ASM-30", FAILS, f"the address {_lost(taken)}")


def _owner(bench: Bench, row: Mapping[str, Any], taken: Taken) -> Seen:
    owners = row.get("Owners")
    held = [key(each) for each in owners] if isinstance(owners, list) else []
    if "owner" not in bench.wished:
        return Seen("ASM-31", UNDECIDED, "the account has no other user to own it")
    if bench.wished["owner"] not in held:
        return Seen("ASM-31", FAILS, f"the owner {_lost(taken)}")
    return Seen("ASM-31", HOLDS, "the owner is kept")


def _source(bench: Bench, row: Mapping[str, Any], taken: Taken) -> Finding:
    if "source" not in bench.wished:
        return told("source", Verdict.WARNING, "the account has none to choose from")
    if key(row.get("ContactSourceId")) != bench.wished["source"]:
        return told("source", Verdict.WARNING, f"the source {_lost(taken)}")
    return told("source", Verdict.OK, "the source is kept")


def _lost(taken: Taken) -> str:
    """Why something is not on the contact."""
    return "was taken and is not kept" if taken.shape == 0 else "was refused, or left out with what was refused"


async def create_twice(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-11: which second contact the account refuses; one that it takes is removed at once."""
    alike = {
        "the same name and address": bench.person,
        "the same name": bench.person.namesake(),
        "the same address": bench.person.housemate(),
    }
    taken: dict[str, Taken] = {}
    for name, person in alike.items():
        taken[name] = await bench.create(person, "CREATE")
        if (made := taken[name].made) is not None:
            await bench.clearing.drop(made)
    refused = [name for name, each in taken.items() if each.duplicate]
    otherwise = [f"{name} {how(each)}" for name, each in taken.items() if not each.duplicate and each.shape is None]
    through = [name for name, each in taken.items() if each.shape is not None]
    detail = "; ".join(
        f"{what}: {', '.join(names)}"
        for what, names in (("a duplicate by", refused), ("refused otherwise", otherwise), ("taken", through))
        if names
    )
    yield Seen("ASM-11", HOLDS if "the same name and address" in refused else FAILS, detail)


async def write_wrongly(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-13: how a refusal looks, and whether a success that lists errors happened."""
    change = requests.contact_change(bench.contact, {"PhoneNumbers_Mobile": FOREIGN_NUMBER})
    try:
        await bench.account.client.send(change)
        yield told("foreign numbers", Verdict.OK, "this account takes them; the gateway leaves them out")
    except Rejected as error:
        if error.upstream and error.upstream.status in SUCCESSES:
            bench.sender.listed_errors.append(bool((await bench.row()).get("PhoneNumbers_Mobile")))
    listed = bench.sender.listed_errors
    if any(listed):
        yield Seen("ASM-13", FAILS, "a write that listed errors happened: errors_refuse = false")
    elif listed:
        yield Seen("ASM-13", HOLDS, "a write that listed errors did not happen")
    else:
        yield Seen("ASM-13", UNDECIDED, "no success listed errors; refusals have statuses of their own")


async def name_source(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-33: the name of a source that is there, since one that is made could not be deleted."""
    sources = await bench.account.tables.contact_sources()
    if not bench.account.assumptions.first_version:
        yield Seen("ASM-33", UNDECIDED, "the first API is switched off: first_version")
        return
    if not sources:
        yield Seen("ASM-33", UNDECIDED, "the account has no source to name")
        return
    wanted, row = list(sources.items())[-1]
    body = {"FirstName": bench.person.first, "LastName": bench.person.last, "Source_Name": title(row)}
    request = Request(method="PUT", template="/contacts/{id}", ids={"id": bench.contact}, json=body, version=Version.V1)
    if not await takes(bench, request):
        yield Seen("ASM-33", FAILS, "the first API refuses to name a source")
        return
    is_kept = key((await bench.row()).get("ContactSourceId")) == wanted
    named = "it sets a source that is there by its name; whether it makes one was not tried: none can be deleted"
    yield Seen("ASM-33", UNDECIDED if is_kept else FAILS, named if is_kept else "the source is taken and not kept")
