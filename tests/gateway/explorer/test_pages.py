"""The pages for operators in a real browser: status, live, and how accounts are connected."""

import re
from pathlib import Path

import httpx
import pytest
from graphql import parse, validate
from playwright.async_api import Page, expect
from pydantic import SecretStr

from gateway.app import create_app
from gateway.clock import now
from gateway.database.profile import DatabaseProfile
from gateway.settings import Settings
from gateway.simulator import SimulatorConfig, create_simulator
from resolvers.ports.profile import Sight
from resolvers.root import build_schema
from schema.profile import LearntBy
from schema.strawberry_bridge import executable
from tests.databases import open_database
from tests.gateway.explorer.conftest import PICTURE_BYTES, PICTURES, Visit, served
from tests.gateway.proxy import PREFIX

UI = Path(__file__).parents[3] / "gateway/explorer/ui"
TOKEN = "status-token-5b2e"
WIDTHS = (1280, 390)

SYNC = {"query": "mutation { sync(input: { mode: FULL }) { userErrors { code } } }"}
WRITE = {
    "query": """mutation { createCandidate(
        input: { candidate: { firstName: "Ada", lastName: "Example", emailAddress: "ada@example.com" } }
    ) { userErrors { code } } }"""
}

PALE = """
[...document.querySelectorAll('main *, nav *')].filter((each) => each.firstChild?.nodeType === 3).filter((each) => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => channels(colour).slice(0, 3).map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  let behind = each;
  while (behind && channels(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
  const ink = light(getComputedStyle(each).color);
  const paper = light(getComputedStyle(behind ?? document.body).backgroundColor);
  return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < 4.5;
}).map((each) => each.textContent)
"""
"""Texts with less contrast than 4.5 to 1 (WCAG 2.2, 1.4.3)."""

JOBS = re.compile("^JOB \\d")
WIDER = "document.documentElement.scrollWidth - window.innerWidth"


async def look(page: Page, name: str, folder: Path) -> None:
    """See that a page fits both widths and can be read in both colour schemes, and take its pictures."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 800})
            assert await page.evaluate(WIDER) <= 0, (scheme, width)
            assert await page.evaluate(PALE) == [], (scheme, width)
            await page.screenshot(path=folder / f"{name}-{scheme}-{width}.png", animations="disabled")


async def let_drift(address: str, folder: Path) -> None:
    """Have one account known otherwise than before."""
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{address}/health/live")).status_code == 200
    database = open_database(f"sqlite:///{folder / 'gateway.sqlite'}")
    rows = DatabaseProfile(database, "crelate:apex")
    for value in ("many", "none"):
        await rows.write(Sight("filter /contacts?emails", value, now(), LearntBy.REQUEST))
    await database.close()


async def stops(page: Page, count: int) -> list[str]:
    """Where the Tab key leads, by the names that are read out."""
    found = []
    for _ in range(count):
        await page.keyboard.press("Tab")
        name = "document.activeElement.ariaLabel || document.activeElement.textContent"
        found.append(str(await page.evaluate(name)))
    return found


@pytest.mark.parametrize("file", sorted(UI.glob("*.graphql")), ids=lambda path: path.stem)
def test_what_the_page_asks_fits_the_schema(file: Path) -> None:
    """Also after the schema has changed."""
    assert validate(executable(build_schema()), parse(file.read_text("utf-8"))) == []


async def test_the_status_is_live(visit_two: Visit, tmp_path: Path) -> None:
    """Each account shows its quota, syncs, actions, what is known of it, and changes as they come, behind a proxy."""
    await let_drift(f"{visit_two.address}{PREFIX}", tmp_path)
    endpoint, account = f"{visit_two.address}{PREFIX}/graphql", {"X-Integration-Id": "crelate:apex"}
    await visit_two.open(f"{PREFIX}/status", until="section")
    page = visit_two.page
    apex, acme = (page.get_by_role("region", name=f"crelate:{name}", exact=True) for name in ("apex", "acme"))
    await expect(apex).to_contain_text("The ATSanswers")
    await expect(apex).to_contain_text("of 100,000 requests")
    await expect(apex.get_by_role("row", name=JOBS)).to_contain_text("never synced")
    await expect(apex).to_contain_text("Nothing has been written through this gateway yet.")
    await expect(apex).to_contain_text("None since this page was opened")
    await expect(apex).to_contain_text("Drift1 fact")
    await expect(apex.get_by_role("region", name="Not as it was")).to_contain_text("filter /contacts?emailsmanynone")
    await expect(acme).to_contain_text("Driftnone")

    assert (await visit_two.heard.get()).endswith(f"{PREFIX}/graphql")
    async with httpx.AsyncClient(headers=account, timeout=60) as client:
        for document in (WRITE, SYNC):
            assert '"userErrors":[]' in (await client.post(endpoint, json=document)).text
    await expect(apex.get_by_role("row", name="CREATE_CANDIDATE")).to_contain_text("DONE")
    await expect(apex.get_by_role("log", name="Changes")).to_contain_text("CREATED")
    await expect(apex.get_by_role("row", name=JOBS)).not_to_contain_text("never")
    await expect(apex.get_by_role("row", name=JOBS)).to_contain_text("1 skipped")
    await expect(acme.get_by_role("row", name=JOBS)).to_contain_text("never synced")
    await expect(acme.get_by_role("log")).to_have_count(0)
    await expect(apex.get_by_role("row", name="key form /api3")).to_contain_text("header")

    await page.set_viewport_size({"width": 1000, "height": 900})
    await apex.evaluate("section => section.scrollIntoView()")
    picture = await page.screenshot(path=Path(PICTURES or tmp_path) / "status.png", animations="disabled")
    assert len(picture) < PICTURE_BYTES
    await look(page, "status", tmp_path)
    assert await stops(page, 5) == ["Explorer", "Status", "Connect", "Manual", "Copies of crelate:acme"]
    assert visit_two.foreign == []
    assert visit_two.complaints == []
    assert await visit_two.violations() == []


async def test_the_status_asks_for_a_token_and_keeps_it_nowhere(page: Page, tmp_path: Path) -> None:
    """By keyboard alone; a wrong one is refused, and a token that may not read is told so."""
    settings = Settings(
        crelate_api_key=SecretStr("simulated-key"),
        crelate_base_url="http://simulator/api3",
        database_url="off",
        api_tokens=SecretStr(f"operator:{TOKEN}:read"),
    )
    app = create_app(settings, httpx.ASGITransport(create_simulator(SimulatorConfig())))
    with served(app) as address:
        visit = Visit(page, address)
        await visit.open("/status", until="form")
        await page.keyboard.type("not-a-token")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_have_text("This token is not one of the gateway's.")
        await look(page, "token", tmp_path)
        await page.keyboard.type(TOKEN)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("region", name="crelate:default", exact=True)).to_contain_text("of 100 requests")
        stored = await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
        assert TOKEN not in stored
        assert TOKEN not in page.url
        assert await visit.violations() == []


async def test_accounts_are_connected_by_a_guide(visit_two: Visit, tmp_path: Path) -> None:
    """The page shows how each account is, and where the key is made, without a script."""
    await visit_two.open(f"{PREFIX}/connect", until="table")
    page = visit_two.page
    await expect(page.get_by_role("row", name="crelate:apex")).to_contain_text("answers")
    await expect(page.get_by_role("main")).to_contain_text(
        re.compile("ats-gateway connect( --tool crelate)? --name acme")
    )
    await expect(page.get_by_role("main").get_by_role("listitem").first).to_contain_text("Sign in at")
    await look(page, "connect", tmp_path)
    assert await stops(page, 6) == ["Explorer", "Status", "Connect", "Manual", "Settings", "Operations"]
    await page.get_by_role("link", name="Settings").click()
    await expect(page.get_by_role("heading", name="Accounts")).to_be_in_viewport()
    assert visit_two.foreign == []
    assert visit_two.complaints == []


@pytest.mark.parametrize(
    ("status", "words", "advice"),
    [
        (401, "key refused", "<code>ats-gateway connect</code>"),
        (503, "does not answer", "goes on by itself"),
    ],
)
async def test_an_account_that_does_not_work_says_what_to_do(status: int, words: str, advice: str) -> None:
    """In the words of the page, whatever code it is."""

    def refuse(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status)

    settings = Settings(crelate_api_key=SecretStr("key"), database_url="off", operation_timeout=1)
    app = create_app(settings, httpx.MockTransport(refuse))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as http:
        answer = await http.get("/connect")
    assert answer.status_code == 200
    assert words in answer.text
    assert advice in answer.text
    assert "script" not in answer.headers["content-security-policy"]
