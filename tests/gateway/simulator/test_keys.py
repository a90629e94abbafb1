import pytest

from gateway.simulator import Simulator
from tests.gateway.simulator.conftest import KEYS, Crelate


async def test_a_key_is_taken_from_the_header_and_from_the_query(crelate: Crelate) -> None:
    """Both forms open the account."""
    by_header = await crelate.ids("/jobs")
    del crelate.http.headers["X-Api-Key"]

    assert await crelate.ids("/jobs", api_key=KEYS[0]) == by_header


@pytest.mark.parametrize("key", [None, "wrong", ""])
async def test_a_missing_or_wrong_key_is_refused(crelate: Crelate, key: str | None) -> None:
    """401 with a message."""
    del crelate.http.headers["X-Api-Key"]
    headers = {} if key is None else {"X-Api-Key": key}

    status, message = await crelate.refusal("GET", "/jobs", headers=headers)

    assert status == 401
    assert message


async def test_each_key_opens_an_account_of_its_own(simulator: Simulator, crelate: Crelate) -> None:
    """No record of one account is seen, or found, with the other's key."""
    other = Crelate(simulator, KEYS[1])

    mine, theirs = await crelate.ids("/jobs"), await other.ids("/jobs")

    assert not set(mine) & set(theirs)
    assert (await other.refusal("GET", f"/jobs/{mine[0]}"))[0] == 404


async def test_what_one_account_writes_stays_in_it(simulator: Simulator, crelate: Crelate) -> None:
    """A company made with one key is not in the other's list."""
    before = len(simulator.accounts[KEYS[1]]["companies"])

    await crelate.make("companies", Name="Fernhill Optics")

    assert len(simulator.accounts[KEYS[1]]["companies"]) == before


async def test_a_key_belongs_to_a_user_of_an_organization(simulator: Simulator, crelate: Crelate) -> None:
    """`self` is one of the users, and the organisation has a name."""
    me = await crelate.data("/users/self")

    assert me == simulator.state["users"][me["Id"]]
    assert (await crelate.data("/organizations/self"))["Name"]
