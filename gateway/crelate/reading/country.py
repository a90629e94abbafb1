"""Countries: Crelate lists them nowhere but among the options of its contacts' columns (crelate-api 4.11, ASM-30)."""

from __future__ import annotations

from typing import Any

from gateway.crelate.mapping.location import country_code
from gateway.crelate.protocol import get
from gateway.crelate.readers import key, title
from gateway.crelate.reading.session import Session
from resolvers.errors import Rejected

FIELDS = "/contacts/info"


async def coded(session: Session, code: str) -> str | None:
    """Key of a country by its ISO 3166-1 code; null when the columns do not name it."""
    return (await named(session)).get(code)


async def named(session: Session) -> dict[str, str]:
    """ISO 3166-1 code -> key, of the countries that the columns name."""
    try:
        fields = (await session.account.client.send(get(FIELDS))).data
    except Rejected:
        return {}
    found: dict[str, str] = {}
    for field in fields if isinstance(fields, list) else []:
        for option in field.get("Options") or [] if _is_address(field) else []:
            code, name = country_code(title(option) or ""), key(option)
            if code and name:
                found.setdefault(code, name)
    return found


def _is_address(field: Any) -> bool:
    label = str(field.get("Name") or "")
    return label.startswith("Addresses_") or label == "CountryId"
