"""The explorer in a real browser, with every other host out of reach."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, Response, expect

from tests.gateway.explorer.conftest import PICTURE_BYTES, PICTURES, Visit
from tests.gateway.proxy import PREFIX

pytestmark = pytest.mark.long

OPERATIONS = Path(__file__).parents[3] / "gateway/explorer/operations"
TOKEN = "explorer-token-7c1f"

CUT = """
[...document.querySelectorAll('.graphiql-tab-button')].filter((button) => {
  const column = button.closest('.graphiql-tabs').getBoundingClientRect();
  const { left, right } = button.getBoundingClientRect();
  return button.scrollWidth > button.clientWidth || left < column.left || right > column.right + 1;
}).map((button) => button.textContent)
"""
"""Names of tabs that cannot be read to their end."""

PAPER = "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor"


async def test_an_example_runs_and_nothing_else_is_asked(visit: Visit) -> None:
    """Whoever opens the endpoint lands in the explorer, runs the first tab and reads its answer, all from one host."""
    await visit.open("/graphql")
    page = visit.page
    assert page.url == f"{visit.address}/"
    await expect(page).to_have_title("ATS gateway")
    await expect(page.get_by_text("ATS gateway", exact=True)).to_be_visible()
    await expect(page.get_by_role("tab")).to_have_count(len(list(OPERATIONS.glob("*.graphql"))))
    await expect(page.get_by_role("tab", selected=True)).to_contain_text("JobsAndApplications")

    query = (OPERATIONS / "01-nested-read.graphql").read_text("utf-8")
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
    headers = page.locator(".graphiql-editor-tool .view-lines:visible")
    for _ in range(10):  # keys are lost until the editor listens; quotes and braces it closes by itself
        await headers.locator(".view-line").first.click()
        await page.keyboard.press("Control+A")
        await page.keyboard.type(f'{{"Authorization": "Bearer {TOKEN}')
        if (await headers.inner_text()).replace("\xa0", " ") == f'{{"Authorization": "Bearer {TOKEN}"}}':
            break
    async with page.expect_request("**/graphql") as sent:
        await page.get_by_role("button", name="Execute query").click()
    request = await sent.value
    assert await request.header_value("authorization") == f"Bearer {TOKEN}"
    await page.reload()
    await page.locator(".graphiql-query-editor .view-line").first.wait_for()
    stored = await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "JobsAndApplications" in stored
    assert TOKEN not in stored


async def test_two_accounts_behind_a_proxy(visit_two: Visit) -> None:
    """An account can be picked; its answer says what it cost and how old it is; tab, text and account outlive a reload.

    All of it below the prefix that the proxy strips, WebSocket included.
    """
    await visit_two.open(PREFIX)
    page = visit_two.page
    picker = page.get_by_role("combobox", name="Account")
    assert await picker.locator("option").all_text_contents() == ["crelate:acme", "crelate:apex"]
    await picker.select_option("crelate:apex")
    cost = page.get_by_role("status", name="Cost and freshness")
    first = await answer_to_the_tab(page)
    assert await first.request.header_value("x-integration-id") == "crelate:apex"
    spent = (await first.json())["extensions"]["cost"]["upstreamRequests"]
    assert spent > 1
    await expect(cost).to_have_text(re.compile(rf"{spent} calls to the ATS99,\d+ of 100,000 left this minute"))
    second = await answer_to_the_tab(page)
    assert (await second.json())["extensions"]["freshness"]["oldest"]
    await expect(cost).to_contain_text(re.compile("oldest copy .+ ago"))

    await page.get_by_role("button", name="New tab").click()
    await page.locator(".graphiql-query-editor .view-line").first.click()
    await page.keyboard.press("Control+A")
    await page.keyboard.type("subscription Watch { changes { kind }")
    await expect(page.get_by_role("tab", selected=True)).to_contain_text("Watch")  # the editor has understood it
    await page.get_by_role("button", name="Execute query").click()
    assert (await visit_two.heard.get()).endswith(f"{PREFIX}/graphql")
    await page.reload()
    await expect(page.get_by_role("tab", selected=True)).to_contain_text("Watch")
    await expect(page.locator(".graphiql-query-editor")).to_contain_text("subscription Watch")
    await expect(picker).to_have_value("crelate:apex")
    assert visit_two.foreign == []
    assert visit_two.complaints == []
    assert await visit_two.violations() == []


async def test_names_of_operations_are_not_cut(visit: Visit) -> None:
    """Whatever the width; and colours follow the system's."""
    page = visit.page
    await visit.open("/")
    for width in (1600, 1280, 1000):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate(CUT) == []
    await page.emulate_media(color_scheme="light")
    light = await page.evaluate(PAPER)
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate(PAPER) != light


async def answer_to_the_tab(page: Page) -> Response:
    """Run what is in the open tab; the answer."""

    def is_the_tab(response: Response) -> bool:
        sent: dict[str, Any] = response.request.post_data_json or {}
        return sent.get("operationName") == "JobsAndApplications"

    async with page.expect_response(is_the_tab) as answered:
        await page.get_by_role("button", name="Execute query").click()
    return await answered.value


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
    path = Path(PICTURES or tmp_path) / "explorer.png"
    picture = await page.screenshot(path=path, animations="disabled", caret="hide")
    assert len(picture) < PICTURE_BYTES
