from gateway.simulator import Simulator
from tests.gateway.simulator.conftest import Crelate


async def test_calls_are_counted_by_template(simulator: Simulator, crelate: Crelate) -> None:
    """Ids do not tell calls apart, refused calls count too."""
    first, second = list(simulator.state["jobs"])[:2]
    for path in (f"/jobs/{first}/contacts", f"/jobs/{second}/contacts", "/users/self", f"/users/{first}", "/jobs"):
        await crelate.call("GET", path)

    assert simulator.counts == {
        "GET /jobs/{id}/contacts": 2,
        "GET /users/self": 1,
        "GET /users/{id}": 1,
        "GET /jobs": 1,
    }


async def test_an_entry_tells_what_was_asked_but_not_the_key(simulator: Simulator, crelate: Crelate) -> None:
    """Method, path, query, body and status in order; of the key only where it came."""
    del crelate.http.headers["X-Api-Key"]
    await crelate.call("GET", "/jobs", params={"limit": 3, "api_key": "simulated-key"})
    await crelate.call("POST", "/companies", json={"entity": {}}, headers={"X-Api-Key": "simulated-key"})

    read, write = simulator.log

    assert (read.method, read.path, read.query, read.status) == ("GET", "/api3/jobs", {"limit": "3"}, 200)
    assert (write.method, write.body, write.status) == ("POST", b'{"entity":{}}', 400)
    assert (read.key_in, write.key_in) == ("query", "header")
    assert write.headers["content-type"] == "application/json"
    assert "simulated-key" not in repr(simulator.log)


async def test_the_log_can_be_emptied(simulator: Simulator, crelate: Crelate) -> None:
    """Entries and counts begin anew."""
    await crelate.call("GET", "/jobs")

    simulator.reset_log()

    assert simulator.log == []
    assert simulator.counts == {}
