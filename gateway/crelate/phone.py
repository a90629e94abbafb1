"""Phone numbers and their extensions, which Crelate keeps apart (crelate-api 2.7, 4.4)."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import normalize

from gateway.crelate.readers import text

_EXTENSION = re.compile(
    r"[\s,;(/.-]*(?:(?<![A-Za-z])(?:ext(?:ension|n)?|x|poste|durchwahl|dw|int|anexo|ramal)|[#;,]+)"
    r"[\s.:=#-]*(?P<digits>\d{1,9})\s*\)?\s*$",
    re.IGNORECASE,
)


def parted(value: str) -> tuple[str, str | None]:
    """A number without its extension, and the extension's digits, however it is spelt; null for none."""
    plain = normalize("NFKC", value).strip()
    found = _EXTENSION.search(plain)
    return (plain[: found.start()].strip(), found["digits"]) if found else (plain, None)


def us_phone(value: str) -> tuple[str, str | None] | None:
    """A US number as `+1` and ten digits, with its extension; null for others.

    Crelate refuses a record that has another number (crelate-api 4.4).
    """
    import phonenumbers  # noqa: PLC0415  large, and only writing needs it

    whole = normalize("NFKC", value).strip()
    for plain, extension in ((whole, None), parted(value)):
        try:
            number = phonenumbers.parse(plain, "US")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number_for_region(number, "US"):
            written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            return written, extension or number.extension
    return None


def shown(value: Any, extension: Any) -> str | None:
    """A stored number with its extension behind it, unless it has one already; null for none."""
    number, digits = text(value), text(extension)
    if number is None or digits is None or parted(number)[1] is not None:
        return number
    return f"{number} ext. {digits.strip()}"
