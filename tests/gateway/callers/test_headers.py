"""Which account a request is about."""

import pytest

from gateway.callers.headers import integration_of
from resolvers.callers import EVERY_SCOPE, LOCAL, Caller
from resolvers.errors import IntegrationNotFound
from resolvers.ports.integration import IntegrationName
from tests.gateway.callers.conftest import connection

ONE = (IntegrationName("crelate:default"),)
TWO = (IntegrationName("crelate:north"), IntegrationName("crelate:south"))
BOUND = Caller("ci", EVERY_SCOPE, frozenset({"crelate:north"}))


def test_a_single_account_need_not_be_named() -> None:
    """But can be."""
    assert integration_of(connection(), None, LOCAL, ONE) == "crelate:default"
    assert integration_of(connection({"X-Integration-Id": "crelate:default"}), None, LOCAL, ONE) == "crelate:default"


@pytest.mark.parametrize("name", TWO)
def test_one_of_several_is_named(name: str) -> None:
    """In the header, or in a socket's payload in any spelling."""
    assert integration_of(connection({"x-integration-id": name}), None, LOCAL, TWO) == name
    assert integration_of(connection(), {"x-INTEGRATION-id": name}, LOCAL, TWO) == name


def test_the_header_wins_over_the_payload() -> None:
    """Whoever opened the socket knew best."""
    opened = connection({"X-Integration-Id": "crelate:north"})
    assert integration_of(opened, {"X-Integration-Id": "crelate:south"}, LOCAL, TWO) == "crelate:north"


@pytest.mark.parametrize("headers", [{}, {"X-Integration-Id": "crelate:west"}, {"X-Integration-Id": "north"}])
def test_none_of_several_is_an_error(headers: dict[str, str]) -> None:
    """Not named, not there, or not by its whole name."""
    with pytest.raises(IntegrationNotFound):
        integration_of(connection(headers), None, LOCAL, TWO)


def test_an_account_of_others_looks_like_one_that_is_not_there() -> None:
    """Not even that it exists can be found out."""
    told = []
    for name in ("crelate:south", "crelate:west"):
        with pytest.raises(IntegrationNotFound) as refused:
            integration_of(connection({"X-Integration-Id": name}), None, BOUND, TWO)
        told.append((refused.value.message, refused.value.extensions))
    assert told[0] == told[1]
    assert integration_of(connection({"X-Integration-Id": "crelate:north"}), None, BOUND, TWO) == "crelate:north"


def test_a_single_account_of_others_is_not_there_either() -> None:
    """Naming none does not help."""
    with pytest.raises(IntegrationNotFound):
        integration_of(connection(), None, BOUND, ONE)
