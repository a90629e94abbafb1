"""The explorer in a real browser, with every other host out of reach."""

import os
from pathlib import Path

import httpx
from playwright.async_api import expect

from tests.gateway.explorer.conftest import Visit

OPERATIONS = Path(__file__).parents[3] / "gateway/explorer/operations"
TOKEN = "explorer-token-7c1f"
PICTURE = os.environ.get("ATS_GATEWAY_PICTURE")
"""Where to put the picture for the README; `make picture` says."""
PICTURE_BYTES = 150_000


async def test_an_example_runs_and_nothing_else_is_asked(visit: Visit) -> None:
    """Whoever opens the endpoint lands in the explorer, runs the first tab and reads its answer, all from one host."""
    await visit.open("/graphql")
    page = visit.page
    assert page.url == f"{visit.address}/"
    await expect(page).to_have_title("ATS gateway")
    await expect(page.get_by_text("ATS gateway", exact=True)).to_be_visible()
    await expect(page.get_by_role("tab")).to_have_count(len(list(OPERATIONS.glob("*.graphql"))))
    await expect(page.get_by_role("tab", selected=True)).to_contain_text("JobsAndApplications")

    query = (OPERATIONS / "1-nested-read.graphql").read_text("utf-8")
    async with httpx.AsyncClient() as client:
        answer = (await client.post(f"{visit.address}/graphql", json={"query": query})).json()
    await page.get_by_role("button", name="Execute query").click()
    await expect(page.get_by_role("region", name="Result Window")).to_contain_text(
        answer["data"]["jobs"]["nodes"][0]["name"]
    )

    assert visit.foreign == []
    assert visit.complaints == []
    assert await visit.violations() == []


async def test_the_editor_knows_the_schema(visit: Visit) -> None:
    """The explorer's pane lists the models, and a field that does not exist is underlined: the workers do work."""
    await visit.open("/")
    page = visit.page
    await expect(page.get_by_text("interviewingTeamMembers", exact=True)).to_be_visible()
    await expect(page.locator(".squiggly-error")).to_have_count(0)
    await page.locator(".graphiql-query-editor .view-line").first.click()
    await page.keyboard.press("Control+A")
    await page.keyboard.type("query Unknown { nothingOfThisName ")
    await expect(page.locator(".squiggly-error")).to_be_visible()
    assert await visit.violations() == []


async def test_a_token_is_not_left_in_the_browser(visit: Visit) -> None:
    """Headers are sent with the operation and kept nowhere: not with the tabs, not in a history."""
    await visit.open("/")
    page = visit.page
    await page.locator(".graphiql-editor-tool .view-line:visible").first.click()
    await page.keyboard.press("Control+A")
    await page.keyboard.type(f'{{"Authorization": "Bearer {TOKEN}')
    async with page.expect_request("**/graphql") as sent:
        await page.get_by_role("button", name="Execute query").click()
    request = await sent.value
    assert await request.header_value("authorization") == f"Bearer {TOKEN}"
    await page.reload()
    await page.locator(".graphiql-query-editor .view-line").first.wait_for()
    stored = await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "JobsAndApplications" in stored
    assert TOKEN not in stored


async def test_the_manual_opens_from_the_explorer(visit: Visit) -> None:
    """The link leads to its first page, from there every other one opens, styled, and nothing foreign is asked."""
    await visit.open("/")
    async with visit.page.expect_popup() as opened:
        await visit.page.get_by_role("link", name="Docs", exact=True).click()
    page = await opened.value
    await expect(page).to_have_title("Manual · ATS gateway")
    await page.get_by_role("navigation").get_by_role("link", name="Crelate's API").click()
    await page.get_by_role("link", name="the register", exact=True).first.click()
    assert page.url == f"{visit.address}/docs/crelate#7-assumptions"
    await expect(page.get_by_role("heading", name="7. Assumptions")).to_be_in_viewport()
    assert await page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "992px"
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 27)"
    assert visit.foreign == []
    assert visit.complaints == []


async def test_a_picture_of_it_is_small(visit: Visit, tmp_path: Path) -> None:
    """The README shows one; it is made here."""
    page = visit.page
    await page.set_viewport_size({"width": 1140, "height": 620})
    await visit.open("/")
    await page.get_by_role("button", name="Execute query").click()
    await expect(page.get_by_role("region", name="Result Window")).to_contain_text("currentStage")
    picture = await page.screenshot(path=PICTURE or tmp_path / "explorer.png", animations="disabled", caret="hide")
    assert len(picture) < PICTURE_BYTES
