"""Create candidate and create application: from the input to Crelate's contact (crelate-api 6.1).

One row per part of the input. A row's writer yields the columns a value fills, given what has been looked up and what
an existing contact already holds, and an omission for what it leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from gateway.crelate.mapping.custom_columns import AVAILABILITY
from gateway.crelate.phone import us_phone
from gateway.crelate.readers import addresses, key, mapping, number, title
from gateway.crelate.vocabulary import CUSTOM_FIELDS
from gateway.crelate.writing.custom_fields import PLACE as FIELDS
from gateway.crelate.writing.custom_fields import written as written_fields
from resolvers.ports.writing import Omission
from schema.actions.problem import WarningCode
from schema.addresses import same_address

CANDIDATE_BIT = 1
"""Of `RecordType`: the contact is a candidate."""

EMAIL_COLUMNS = tuple(
    f"EmailAddresses_{category}"
    for category in ("Personal", "Personal_Other", "Work", "Work_Other", "Other", "Other_Alternate", "Potential")
)
"""Every category of address; the last one is only read."""

EMAIL_SLOTS: Mapping[str, tuple[str, ...]] = {
    "PERSONAL": ("Personal_Other", "Personal", "Work", "Work_Other", "Other", "Other_Alternate"),
    "WORK": ("Work", "Work_Other", "Other", "Other_Alternate", "Personal_Other", "Personal"),
    "OTHER": ("Other", "Other_Alternate", "Personal_Other", "Work", "Work_Other", "Personal"),
}
"""Type of an additional address -> the categories to try, in order."""

LINK_HOSTS: Mapping[str, tuple[str, ...]] = {
    "linkedin.com": ("Websites_LinkedIn",),
    "github.com": ("Websites_GitHub",),
    "facebook.com": ("Websites_Facebook",),
    "quora.com": ("Websites_Quora",),
    "twitter.com": ("InstantAddresses_Twitter",),
    "x.com": ("InstantAddresses_Twitter",),
}
"""Host of a link -> the categories made for it."""

LINK_SLOTS = ("Websites_Personal", "Websites_Other", "Websites_Other_Alternate")
"""Categories for any other link, and for a second one of the same host."""

LINK_COLUMNS = frozenset({*LINK_SLOTS, *(column for columns in LINK_HOSTS.values() for column in columns)})

POSITION, ADDRESS = "CurrentPosition", "Addresses_Home"

IN_PARTS = frozenset({POSITION, ADDRESS})
"""Columns whose writers look themselves at what an existing contact has of them."""

YEARLY: Mapping[str, int] = {"YEAR": 1, "MONTH": 12, "WEEK": 52, "DAY": 260, "HOUR": 2080}
"""Period -> how many of them make a year (ASM-22)."""

ASSUMED = {
    "CurrentPosition": WarningCode.TITLE_SKIPPED,
    "KeyDates_Other": WarningCode.AVAILABILITY_SKIPPED,
    "DesiredSalaryMin": WarningCode.SALARY_SKIPPED,
    "DesiredSalaryMax": WarningCode.SALARY_SKIPPED,
    "Owners": WarningCode.OWNER_SKIPPED,
    "ContactSourceId": WarningCode.SOURCE_SKIPPED,
    "Addresses_Home": WarningCode.LOCATION_SKIPPED,
}
"""Columns that were never seen written (ASM-21 to 23, 30, 31) -> the warning when Crelate refuses one."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What has been looked up for one input.

    Attributes:
        company: Lookup of the employer, or null when there is none to point at.
        company_follows: Whether the employer is made once the contact is there, and written then with the title.
        country_id: GUID of the country, or null when it is not known.
        source_id: GUID of the source, or null.
        existing: The contact as it is, or nothing for a new one.
        custom_fields: What those of the input come to; see `custom_fields`.
        columns: Fields of a candidate -> the custom fields that stand for them.
    """

    company: Mapping[str, Any] | None = None
    company_follows: bool = False
    country_id: str | None = None
    source_id: str | None = None
    existing: Mapping[str, Any] = field(default_factory=dict)
    custom_fields: Sequence[dict[str, Any]] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


Column = tuple[str, Any]
Writer = Callable[[Any, LookedUp, Mapping[str, Any]], Iterator[Column | Omission]]
"""Takes the value, what is known, and the columns written so far."""


@dataclass(frozen=True, slots=True)
class Row:
    """One part of the input.

    Attributes:
        path: Where it is in the input's document.
        write: Which columns it fills.
        names: Whether it is part of the person's name, which an existing contact keeps (crelate-api 2.8).
    """

    path: str
    write: Writer
    names: bool = False


def given(value: Mapping[str, Any], name: str) -> str:
    """A text of the input without the white space around it; blank for one that is not given."""
    return (value.get(name) or "").strip()


def yearly(amount: float, period: str) -> float:
    """The amount of a year, to the cent (ASM-22)."""
    return round(amount * YEARLY[period], 2)


def matches(contact: Mapping[str, Any], email: str) -> bool:
    """Whether the contact has this address, in any category and spelling."""
    return same_address(email) in _emails(contact)


def is_same_person(contact: Mapping[str, Any], candidate: Mapping[str, Any]) -> bool:
    """Whether the contact has one of the candidate's addresses, the main one or another."""
    others = (item["email_address"] for item in candidate.get("additional_email_addresses") or ())
    return any(matches(contact, address) for address in (candidate["email_address"], *others))


def same_name(contact: Mapping[str, Any], candidate: Mapping[str, Any]) -> bool:
    """Whether the contact bears the candidate's name."""
    return all(
        str(contact.get(column) or "").strip().lower() == str(candidate[name]).strip().lower()
        for column, name in (("FirstName", "first_name"), ("LastName", "last_name"))
    )


def _text(column: str) -> Writer:
    def write(value: str, _: LookedUp, __: Mapping[str, Any]) -> Iterator[Column]:
        yield column, value.strip()

    return write


def _email(value: str, known: LookedUp, _: Mapping[str, Any]) -> Iterator[Column]:
    if not matches(known.existing, value):
        yield "EmailAddresses_Personal", {"Value": value.strip(), "IsPrimary": not _has_primary(known, EMAIL_COLUMNS)}


def _additional_emails(value: list[Any], known: LookedUp, written: Mapping[str, Any]) -> Iterator[Column | Omission]:
    taken = {**known.existing, **written}
    for index, item in enumerate(value):
        address = given(item, "email_address")
        if not address:
            continue
        if same_address(address) in _emails(taken):
            if not matches(known.existing, address):
                yield Omission(WarningCode.EMAIL_SKIPPED, "The address is given twice.", (str(index), "email_address"))
            continue
        column = _free(taken, (f"EmailAddresses_{slot}" for slot in EMAIL_SLOTS[item["type"]]))
        if column is None:
            yield Omission(
                WarningCode.EMAIL_SKIPPED, "There is no room for another address.", (str(index), "email_address")
            )
            continue
        taken[column] = {"Value": address, "IsPrimary": False}
        yield column, taken[column]


def _phone(value: str, known: LookedUp, _: Mapping[str, Any]) -> Iterator[Column | Omission]:
    if not value.strip():
        return
    read = us_phone(value)
    if read is None:
        yield Omission(WarningCode.PHONE_SKIPPED, "Only US phone numbers can be stored; this one was skipped.")
        return
    column: dict[str, Any] = {"Value": read[0], "IsPrimary": not _has_primary(known, _phones(known.existing))}
    yield "PhoneNumbers_Mobile", column if read[1] is None else {**column, "Extension": read[1]}


def _position(value: Mapping[str, Any], known: LookedUp, _: Mapping[str, Any]) -> Iterator[Column | Omission]:
    """Employer and title share a column, so the row stands for both (ASM-21); what is there of them is kept."""
    for name in ("title", "company"):
        if name in known.columns and (text := given(value, name)):
            yield known.columns[name], text
    if known.company_follows:
        return
    position: dict[str, Any] = {}
    job_title, company = (given(value, name) if name not in known.columns else "" for name in ("title", "company"))
    held = mapping(known.existing.get(POSITION))
    if job_title and (held_title := title(held.get("JobTitle"))):
        yield from _kept(held_title, job_title, "title")
    elif job_title:
        position["JobTitle"] = job_title
    if company and (employer := held_company(known.existing)):
        yield from _kept(employer, company, "company")
    elif company and known.company:
        position["CompanyId"] = dict(known.company)
    elif company:
        yield Omission(WarningCode.COMPANY_SKIPPED, "The employer could not be found or made.", ("company",))
    if position:
        yield POSITION, {**_merged(held), **position, "IsPrimary": True}


def _merged(held: Mapping[str, Any]) -> dict[str, Any]:
    """What goes along when a part is added to a position: all of it, and its title as text (crelate-api 2.8)."""
    return {**held, "JobTitle": title(held.get("JobTitle"))} if held.get("JobTitle") else dict(held)


def _kept(held: str, wanted: str, *path: str) -> Iterator[Omission]:
    if not covers(held, wanted):
        yield Omission(WarningCode.FIELD_KEPT, "The existing candidate keeps its value.", path)


def held_company(existing: Mapping[str, Any]) -> str | None:
    """The name of an existing contact's employer, wherever it stands."""
    return title(mapping(existing.get(POSITION)).get("CompanyId")) or title(existing.get("AccountId"))


def _location(value: Mapping[str, Any], known: LookedUp, _: Mapping[str, Any]) -> Iterator[Column | Omission]:
    """A contact's address is filled in part by part; what is there of it is kept, and goes along (crelate-api 2.8)."""
    held, address = mapping(known.existing.get(ADDRESS)), dict[str, Any]()
    for column, name in (("City", "city"), ("State", "state"), ("ZipCode", "zip_code")):
        if (wanted := given(value, name)) and held.get(column):
            yield from _kept(held[column], wanted, name)
        elif wanted:
            address[column] = wanted
    if given(value, "country") and held.get("CountryId"):
        yield from _kept(key(held["CountryId"]) or "", known.country_id or "", "country")
    elif given(value, "country") and known.country_id:
        address["CountryId"] = {"Id": known.country_id}
    elif given(value, "country"):
        yield Omission(WarningCode.COUNTRY_SKIPPED, "The ATS's id of this country is not known.", ("country",))
    if address:
        yield ADDRESS, {"IsPrimary": True, **held, **address}


def _availability(value: str, known: LookedUp, _: Mapping[str, Any]) -> Iterator[Column | Omission]:
    """ASM-23, unless a custom field of the account stands for it; either column holds dates."""
    day, _sep, time = value.partition("T")
    if time and not time.startswith("00:00:00"):
        yield Omission(WarningCode.TIME_DROPPED, "Only the date is stored.")
    if AVAILABILITY in known.columns:
        yield known.columns[AVAILABILITY], f"{day}T00:00:00"
    else:
        yield "KeyDates_Other", {"Value": f"{day}T00:00:00", "IsPrimary": True}


def _salary(value: Mapping[str, Any], _: LookedUp, __: Mapping[str, Any]) -> Iterator[Column | Omission]:
    amount = yearly(value["amount"], value["period"])
    if value["period"] != "YEAR":
        factor = YEARLY[value["period"]]
        yield Omission(WarningCode.SALARY_CONVERTED, f"Stored as a year's amount: times {factor}.", ("period",))
    yield "DesiredSalaryMin", amount
    yield "DesiredSalaryMax", amount


def _links(value: list[Any], known: LookedUp, written: Mapping[str, Any]) -> Iterator[Column | Omission]:
    taken = {**known.existing, **written}
    for index, item in enumerate(value):
        url = given(item, "url")
        if not url or _holds(taken, url):
            continue
        column = _free(taken, (*LINK_HOSTS.get(_site(url), ()), *LINK_SLOTS))
        if column is None:
            yield Omission(WarningCode.LINK_SKIPPED, "There is no room for another link.", (str(index), "url"))
            continue
        taken[column] = {"Value": url, "IsPrimary": False}
        yield column, taken[column]


def _custom_fields(_: list[Any], known: LookedUp, __: Mapping[str, Any]) -> Iterator[Column | Omission]:
    """What could not be found was refused when it was looked for."""
    return written_fields(known.custom_fields)


def _source(_: Mapping[str, Any], known: LookedUp, __: Mapping[str, Any]) -> Iterator[Column]:
    """What could not be found was reported when it was looked for."""
    if known.source_id:
        yield "ContactSourceId", {"Id": known.source_id}


def _sourced_by(value: Mapping[str, Any], _: LookedUp, __: Mapping[str, Any]) -> Iterator[Column]:
    """ASM-31."""
    yield "Owners", [{"Id": value["user_key"], "IsPrimary": True}]


CONTACT: tuple[Row, ...] = (
    Row("candidate.first_name", _text("FirstName"), names=True),
    Row("candidate.last_name", _text("LastName"), names=True),
    Row("candidate.email_address", _email),
    Row("candidate.additional_email_addresses", _additional_emails),
    Row("candidate", _position),  # company and title
    Row("candidate.phone_number", _phone),
    Row("candidate.location", _location),
    Row("candidate.availability_date", _availability),
    Row("candidate.salary_expectations", _salary),
    Row("candidate.social_links", _links),
    Row("candidate.custom_fields", _custom_fields),
    Row("source", _source),
    Row("sourced_by", _sourced_by),
)
"""The rows of crelate-api 6.1 that end up on the contact; application and attachments are calls of their own."""


def new_columns(document: Mapping[str, Any], known: LookedUp) -> tuple[dict[str, Any], list[Omission]]:
    """The columns of a new contact, and what is left out; paths are those of the document."""
    columns, omissions = _columns(document, known, CONTACT)
    return {**columns, "RecordType": CANDIDATE_BIT}, omissions


def missing_columns(document: Mapping[str, Any], known: LookedUp) -> tuple[dict[str, Any], list[Omission]]:
    """The columns to fill in on an existing contact: only those that are empty there, and never its name."""
    wanted, omissions = _columns(document, known, tuple(row for row in CONTACT if not row.names))
    columns: dict[str, Any] = {}
    for column, value in wanted.items():
        if column in IN_PARTS or not known.existing.get(column):
            columns[column] = value
        elif not covers(known.existing[column], value):
            omissions.append(kept(column, known.columns))
    return {**columns, **as_candidate(known.existing)}, list(dict.fromkeys(omissions))


def as_candidate(existing: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that make an existing contact a candidate, too; none when it is one."""
    record_type = int(number(existing.get("RecordType")) or 0)
    return {} if record_type & CANDIDATE_BIT else {"RecordType": record_type | CANDIDATE_BIT}


def kept(column: str, columns: Mapping[str, str]) -> Omission:
    """The omission of a column in which an existing contact keeps its value."""
    if column == "Owners":
        return Omission(
            WarningCode.OWNER_SKIPPED, "The existing candidate keeps its owner.", ("sourced_by", "user_key")
        )
    stood_for = {custom: ("candidate", name) for name, custom in columns.items()}
    place = stood_for.get(column) or (FIELDS if column in CUSTOM_FIELDS else PATHS.get(column, ()))
    return Omission(WarningCode.FIELD_KEPT, "The existing candidate keeps its value.", place)


PATHS: Mapping[str, tuple[str, ...]] = {
    "EmailAddresses_Personal": ("candidate", "email_address"),
    "PhoneNumbers_Mobile": ("candidate", "phone_number"),
    "Addresses_Home": ("candidate", "location"),
    "KeyDates_Other": ("candidate", "availability_date"),
    "DesiredSalaryMin": ("candidate", "salary_expectations"),
    "DesiredSalaryMax": ("candidate", "salary_expectations"),
    "ContactSourceId": ("source",),
    "Owners": ("sourced_by", "user_key"),
}
"""Column -> the input it stands for."""


def dropped(column: str, document: Mapping[str, Any]) -> Iterator[Omission]:
    """What is left out where Crelate refuses a column: only parts of the input that were given."""
    message = "The ATS refused this part; the rest was written."
    if column != POSITION:
        yield Omission(ASSUMED[column], message, PATHS[column])
        return
    for name, code in (("title", WarningCode.TITLE_SKIPPED), ("company", WarningCode.COMPANY_SKIPPED)):
        if given(document["candidate"], name):
            yield Omission(code, message, ("candidate", name))


def _columns(
    document: Mapping[str, Any], known: LookedUp, rows: tuple[Row, ...]
) -> tuple[dict[str, Any], list[Omission]]:
    columns: dict[str, Any] = {}
    omissions: list[Omission] = []
    for row in rows:
        value = at(document, row.path)
        if value is None:
            continue
        for written in row.write(value, known, columns):
            if isinstance(written, Omission):
                omissions.append(Omission(written.code, written.message, (*row.path.split("."), *written.path)))
            else:
                columns[written[0]] = written[1]
    return columns, omissions


def at(document: Mapping[str, Any], path: str) -> Any:
    """What stands at a path of the document; null for nothing."""
    value: Any = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _emails(row: Mapping[str, Any]) -> set[str]:
    return set(map(same_address, addresses(row)))


def _phones(row: Mapping[str, Any]) -> list[str]:
    return [column for column in row if column.startswith("PhoneNumbers_")]


def _has_primary(known: LookedUp, columns: tuple[str, ...] | list[str]) -> bool:
    return any(mapping(known.existing.get(column)).get("IsPrimary") for column in columns)


def _free(taken: Mapping[str, Any], columns: Any) -> str | None:
    return next((column for column in columns if not taken.get(column)), None)


def _holds(row: Mapping[str, Any], url: str) -> bool:
    held = (value.get("Value") for name, value in row.items() if name in LINK_COLUMNS and isinstance(value, Mapping))
    return any(_same_page(str(each)) == _same_page(url) for each in held if each)


def _same_page(url: str) -> str:
    """A link as it is compared: scheme, `www.`, a slash at the end and the host's case make no difference."""
    try:
        parts = urlsplit(url.strip() if "//" in url else f"//{url.strip()}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return url.strip()
    return f"{host}{parts.path.rstrip('/')}?{parts.query}#{parts.fragment}"


def _site(url: str) -> str:
    """The last two labels of a link's host: `www.linkedin.com` is `linkedin.com`."""
    return ".".join((urlsplit(url).hostname or "").lower().split(".")[-2:])


def covers(held: Any, wanted: Any) -> bool:
    """Whether what is held includes what is wanted; neither case nor white space counts."""
    if isinstance(wanted, Mapping) and isinstance(held, Mapping):
        return all(covers(held.get(name), value) for name, value in wanted.items() if name != "IsPrimary")
    if isinstance(wanted, list) and isinstance(held, list):
        return all(any(covers(each, value) for each in held) for value in wanted)
    return re.sub(r"\s+", " ", str(held)).strip().lower() == re.sub(r"\s+", " ", str(wanted)).strip().lower()
