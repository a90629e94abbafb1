"""When two e-mail addresses are one: the rule for writing, reading and filtering alike."""

from functools import lru_cache
from unicodedata import normalize

import idna


def same_address(address: str) -> str:
    """The one spelling of an address that all of its spellings share: without case, its domain in ASCII."""
    local, at, domain = address.strip().rpartition("@")
    return _folded(local) + at + (_ascii(domain) if at else _folded(domain))


def spellings(address: str) -> list[str]:
    """The spellings an ATS may hold an address in that differ in more than case: its domain in ASCII and in Unicode."""
    local, at, domain = same_address(address).rpartition("@")
    return sorted({f"{local}{at}{domain}", f"{local}{at}{_unicode(domain)}"})


def _folded(text: str) -> str:
    return normalize("NFC", text).casefold()


@lru_cache(maxsize=4096)
def _ascii(domain: str) -> str:
    """A domain in ASCII; what is no domain name, such as an IP address in brackets, is only put in lower case."""
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return _folded(domain)


def _unicode(domain: str) -> str:
    try:
        return idna.decode(domain) if "xn--" in domain else domain
    except idna.IDNAError:
        return domain
