"""Addresses (crelate-api 2.7) as locations (model 3)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter

from gateway.crelate.entities import Address, Contact, Job
from gateway.crelate.readers import text, title
from gateway.crelate.vocabulary import COUNTRY_CODE
from schema.values import Location

parts = attrgetter("Line1", "Line2", "City", "State", "ZipCode")


def location(address: Address) -> Location | None:
    """An address value as a location; null when it says nothing."""
    street_1, street_2, city, state, zip_code = map(text, parts(address))
    country = title(address.CountryId)
    region = f"{state} {zip_code}" if state and zip_code else state or zip_code
    raw = ", ".join(filter(None, (street_1, street_2, city, region, country)))
    if not raw:
        return None
    return Location(
        city=city,
        country=country and country_code(country),
        raw=raw,
        state=state,
        street_1=street_1,
        street_2=street_2,
        zip_code=zip_code,
    )


def primary_location(row: Contact | Job, categories: Sequence[str]) -> Location | None:
    """The location under the primary one of these address categories, else under the first that says anything."""
    found = [address for category in categories if isinstance(address := getattr(row, category), Address)]
    if len(found) > 1:
        found.sort(key=_is_secondary)
    return next((place for address in found if (place := location(address))), None)


def _is_secondary(address: Address) -> bool:
    return address.IsPrimary is not True


@lru_cache(maxsize=1024)
def country_code(name: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country's name or code; the name itself when it is no known one."""
    if known := COUNTRY_CODE.get(name.strip().lower()):
        return known
    import pycountry  # noqa: PLC0415  large, and most names are known above

    try:
        return str(pycountry.countries.lookup(name.strip()).alpha_2)
    except LookupError:
        return name
