"""Accounts in the settings, where there are several ATSs."""

import pytest
from pydantic import SecretStr, TypeAdapter

from gateway.accounts import Account, in_tables
from gateway.integration import IntegrationSettings


class Birch(IntegrationSettings):
    """Settings of one ATS."""

    tool: str = "birch"
    birch_api_key: SecretStr | None = None


class Cedar(IntegrationSettings):
    """Settings of another."""

    tool: str = "cedar"
    cedar_api_key: SecretStr | None = None


@pytest.mark.parametrize("at_top", [{}, {"tool": "birch"}, {"tool": "cedar"}])
def test_an_account_is_of_the_ats_that_its_own_settings_tell(at_top: dict[str, str]) -> None:
    """Whatever is said at the top for those that do not tell."""
    tables = {"north": {"birch_api_key": "a"}, "south": {"cedar_api_key": "b"}}
    read = in_tables({**at_top, "integrations": tables}, {"birch": Birch, "cedar": Cedar})["integrations"]
    accounts = [TypeAdapter[IntegrationSettings](Account).validate_python(draft) for draft in read.values()]
    assert [(type(it).__name__, it.tool, it.has_key) for it in accounts] == [
        ("Birch", "birch", True),
        ("Cedar", "cedar", True),
    ]
