"""Settings: addresses and lists in the forms that people write them in, and one sentence for what cannot be used."""

from ipaddress import ip_network

import pytest

from gateway.callers.callers import open_address
from gateway.settings import SettingsError
from tests.gateway.callers.conftest import MakeSettings, make

__all__ = ["make"]

NOT_ADDRESSES = (
    "example.com",
    "ftp://example.com",
    "https://user:secret@example.com",
    "https://example.com/?key=secret",
    "https://example.com/#secret",
    "https://example.com//secret",
    "https://[::secret",
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://example.com", "https://example.com"),
        ("https://Example.com:443/ats/", "https://example.com/ats"),
        ("http://bücher.example:8080", "http://xn--bcher-kva.example:8080"),
    ],
)
def test_a_public_url_is_read_as_browsers_write_it(make: MakeSettings, written: str, read: str) -> None:
    """Origins are compared with it."""
    assert make(PUBLIC_URL=written).public_url == read
    assert make(f'public_url = "{written}"').public_url == read


@pytest.mark.parametrize("written", NOT_ADDRESSES)
def test_what_is_no_public_url_is_refused_without_being_shown(make: MakeSettings, written: str) -> None:
    """It may hold a secret."""
    with pytest.raises(SettingsError, match=r"public_url: .*this is not an address such as") as refused:
        make(PUBLIC_URL=written)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("written", ["10.0.0.0/8,::1", "10.0.0.0/8 ::1", '["10.0.0.0/8", "::1"]'])
def test_a_list_is_read_in_every_form(make: MakeSettings, written: str) -> None:
    """JSON, or separated by commas or spaces; in the file a list."""
    assert make(TRUSTED_PROXIES=written).trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1"))
    assert make('trusted_proxies = ["10.0.0.1"]', TRUSTED_PROXIES="").trusted_proxies == (ip_network("10.0.0.1/32"),)
    assert make(CORS_ORIGINS="https://a.example,https://b.example").cors_origins == (
        "https://a.example",
        "https://b.example",
    )


@pytest.mark.parametrize(
    ("name", "written"), [("TRUSTED_PROXIES", "nginx"), ("TRUSTED_PROXIES", '["::1"'), ("PASSTHROUGH", "GET /**")]
)
def test_what_is_no_list_is_refused_by_name(make: MakeSettings, name: str, written: str) -> None:
    """In one sentence."""
    with pytest.raises(SettingsError, match=rf"The settings cannot be used.*{name.lower()}"):
        make(**{name: written})


def test_account_settings_at_the_top_are_defaults_of_every_table(make: MakeSettings) -> None:
    """From the file or the environment; a table wins, key by key, and no table takes another's key."""
    toml = """
        [crelate_assumptions]
        salary_currency = "EUR"
        page_size = 50
        [integrations.north]
        crelate_api_key = "key-of-north"
        [integrations.south]
        crelate_api_key = "key-of-south"
        crelate_requests_per_minute = 20
        crelate_assumptions = { salary_currency = "SEK" }
    """
    accounts = make(toml, CRELATE_REQUESTS_PER_MINUTE="60", CRELATE_CONCURRENCY="2").accounts()
    north, south = accounts["north"].model_dump(), accounts["south"].model_dump()
    assert (accounts["north"].api_key, accounts["south"].api_key) == ("key-of-north", "key-of-south")
    assert (north["crelate_requests_per_minute"], south["crelate_requests_per_minute"]) == (60, 20)
    assert (north["crelate_concurrency"], south["crelate_concurrency"]) == (2, 2)
    assert north["crelate_assumptions"] == {"salary_currency": "EUR", "page_size": 50}
    assert south["crelate_assumptions"] == {"salary_currency": "SEK", "page_size": 50}
    with pytest.raises(SettingsError, match="either at the top or under"):
        make(toml, CRELATE_API_KEY="key-of-the-environment")


@pytest.mark.parametrize("toml", ["[integrations]\na = 3", "integrations = 3", "[integrations]\n'a b' = {}"])
def test_what_is_no_table_of_an_account_is_refused_by_name(make: MakeSettings, toml: str) -> None:
    """In one sentence."""
    with pytest.raises(SettingsError, match="integrations"):
        make(toml)


def test_an_address_that_anybody_may_use_is_known(make: MakeSettings) -> None:
    """Nobody is asked for a token there, and it is not this machine's."""
    assert open_address(make(public_url="https://example.com/ats")) == "https://example.com/ats"
    assert open_address(make(public_url="http://localhost:8080/ats")) is None
    assert open_address(make(public_url="https://example.com", API_TOKENS="a-long-token-that-is-hard-to-guess")) is None
    assert open_address(make()) is None
