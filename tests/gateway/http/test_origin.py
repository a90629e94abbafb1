"""Browsers: which pages may use the endpoint."""

from collections.abc import Callable

import httpx
import pytest

Connect = Callable[..., httpx.AsyncClient]
FOREIGN = "https://elsewhere.example"
BODY = {"query": "{ hello }"}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_foreign_page_executes_nothing(client: httpx.AsyncClient, site: str, method: str) -> None:
    """Whatever a browser sends on behalf of another site is refused, links and images included."""
    headers = {"Sec-Fetch-Site": site}
    if method == "GET":
        answer = await client.get("/graphql", params=BODY, headers=headers)
    else:
        answer = await client.post("/graphql", json=BODY, headers={**headers, "Origin": FOREIGN})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize("site", ["same-origin", "none"])
async def test_our_own_pages_and_the_address_bar_may_ask(client: httpx.AsyncClient, site: str) -> None:
    """The explorer, and a link typed in, are answered."""
    answer = await client.get("/graphql", params=BODY, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 200


async def test_cors_is_closed_by_default(client: httpx.AsyncClient) -> None:
    """No page is told that it may read, and no preflight is granted."""
    preflight = {"Origin": FOREIGN, "Access-Control-Request-Method": "POST"}
    for answer in (
        await client.options("/graphql", headers=preflight),
        await client.post("/graphql", json=BODY, headers={"Origin": FOREIGN}),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_listed_origins_may_ask(connect: Connect) -> None:
    """A listed page gets its preflight granted and its answers readable, and no other page does."""
    async with connect(cors_origins=[FOREIGN]) as client:
        wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        preflight = await client.options("/graphql", headers={"Origin": FOREIGN, **wanted})
        assert preflight.headers["access-control-allow-origin"] == FOREIGN
        headers = {"Origin": FOREIGN, "Sec-Fetch-Site": "cross-site"}
        answer = await client.post("/graphql", json=BODY, headers=headers)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, FOREIGN)
        assert "Origin" in answer.headers["vary"]
        other = await client.post("/graphql", json=BODY, headers={**headers, "Origin": "https://other.example"})
        assert other.status_code == 403
        assert "access-control-allow-origin" not in other.headers
