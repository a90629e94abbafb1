"""When two e-mail addresses are one."""

import pytest

from schema.addresses import same_address, spellings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("ana@b\u00fccher.example", "ana@xn--bcher-kva.example"),
        ("ana@B\u00dcCHER.example", "ANA@XN--BCHER-KVA.example"),
        ("ana@bu\u0308cher.example", "ana@b\u00fccher.example"),
        ("Jos\u00e9@example.com", "jose\u0301@EXAMPLE.com"),
        ("r&d@example.com", "R&D@example.com"),
        ("ada@[192.0.2.1]", "Ada@[192.0.2.1]"),
    ],
)
def test_spellings_of_one_address_are_one(one: str, other: str) -> None:
    """Case, the alphabet of the domain and the composition of letters do not matter."""
    assert same_address(one) == same_address(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada+jobs@example.com", "ada@example.com"),
        ("a.da@example.com", "ada@example.com"),
        ("ana@b\u00fccher.example", "ana@bucher.example"),
        ("jos\u00e9@example.com", "jose@example.com"),
        ("@example.com", "example.com"),
    ],
)
def test_other_addresses_are_others(one: str, other: str) -> None:
    """What a mail server may tell apart is told apart."""
    assert same_address(one) != same_address(other)


@pytest.mark.parametrize(
    "text", ["", "@", "ada", "a@b@c", "ada@xn--\u00fc", "ada@" + "x" * 300 + "\u00fc", "a@\x00\u00fc", "a@xn--a.xn--zz"]
)
def test_anything_has_a_spelling(text: str) -> None:
    """What is no address is compared as text."""
    assert same_address(same_address(text)) == same_address(text)
    assert same_address(text) in spellings(text)


def test_a_domain_has_two_spellings() -> None:
    """An ATS that compares texts has to be asked for both."""
    assert set(spellings("Ana@B\u00fccher.example")) == {"ana@b\u00fccher.example", "ana@xn--bcher-kva.example"}
    assert spellings("Ada@Example.com") == ["ada@example.com"]
