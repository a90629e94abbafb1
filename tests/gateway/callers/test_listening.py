"""Without tokens, only this machine is served."""

import pytest

from gateway.callers.callers import refuse_open_listen
from gateway.settings import SettingsError
from tests.gateway.callers.conftest import TOKEN, MakeSettings

OWN = ["127.0.0.1", "127.8.9.10", "localhost", "LOCALHOST", "::1", "[::1]", "::ffff:127.0.0.1"]
OPEN = [
    "0.0.0.0",  # noqa: S104  the point of the test
    "::",
    "192.168.1.5",
    "::ffff:192.168.1.5",
    "gateway.example",
    "localhost.example",
    "",
    "127.0.0.1.nip.io",
]


@pytest.mark.parametrize("host", OWN)
def test_loopback_needs_no_tokens(make: MakeSettings, host: str) -> None:
    """Nobody else can reach it."""
    refuse_open_listen(make(host=host))


@pytest.mark.parametrize("host", OPEN)
def test_everything_else_needs_tokens(make: MakeSettings, host: str) -> None:
    """One clear sentence says what to do about it."""
    with pytest.raises(SettingsError) as refused:
        refuse_open_listen(make(host=host))
    assert str(refused.value) == (
        f"The gateway listens on {host} only with access tokens: set ATS_GATEWAY_API_TOKENS, "
        "or ATS_GATEWAY_HOST to 127.0.0.1."
    )


@pytest.mark.parametrize("host", OPEN)
def test_with_tokens_any_address_will_do(make: MakeSettings, host: str) -> None:
    """Of either kind."""
    refuse_open_listen(make(host=host, API_TOKENS=TOKEN))
    refuse_open_listen(make(host=host, jwt_jwks_url="https://issuer.example/keys"))
