"""The explorer over HTTP: what it is sent with, to whom, and what does not exist."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from gateway.docs.rendering import render
from gateway.explorer.routes import DIST, MANUAL_POLICY, explorer_routes
from gateway.explorer.routes import PAGES as BUILT
from tests.markdown import DOCS, MANUAL

ASSETS = sorted(path.name for path in (DIST / "assets").iterdir() if path.suffix != ".gz")
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".ttf": "font/ttf"}
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-N'; style-src 'self' 'nonce-N'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
NONCE = re.compile(r"'nonce-([^']+)'")


def client_of(app: Starlette) -> httpx.AsyncClient:
    """A client that asks the app directly."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway.test")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app that is nothing but the explorer."""
    async with client_of(Starlette(routes=explorer_routes())) as opened:
        yield opened


async def test_the_page_has_the_strict_policy_and_is_never_stored(client: httpx.AsyncClient) -> None:
    """Nothing inline runs without the page's nonce, and no cache can hand that nonce out again."""
    answer = await client.get("/")
    (nonce,) = set(NONCE.findall(answer.headers["content-security-policy"]))
    assert answer.headers["content-security-policy"].replace(nonce, "N") == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert f'nonce="{nonce}"' in answer.text
    assert "__" not in answer.text


async def test_every_page_has_its_own_nonce(client: httpx.AsyncClient) -> None:
    """A nonce seen once opens nothing later, and it is too long to guess."""
    policies = [(await client.get("/")).headers["content-security-policy"] for _ in range(20)]
    nonces = {NONCE.findall(policy)[0] for policy in policies}
    assert len(nonces) == 20
    assert min(map(len, nonces)) >= 22


async def test_the_page_names_the_endpoint_below_the_path_prefix() -> None:
    """Behind a proxy's prefix, and with any endpoint, the page asks where the endpoint is; markup in it stays text."""
    app = Starlette(routes=[Mount("/ats", routes=explorer_routes('/api/"graphql"'))])
    async with client_of(app) as client:
        page = (await client.get("/ats/")).text
    assert 'data-endpoint="/ats/api/&quot;graphql&quot;"' in page


async def test_the_page_refers_to_files_that_are_there(client: httpx.AsyncClient) -> None:
    """Each script and style of the page is one of its own files, and is served."""
    referred = re.findall(r'(?:src|href)="(?!data:)([^"]+)"', (await client.get("/")).text)
    assert len(referred) >= 2
    for address in referred:
        assert address.startswith("./assets/")
        assert (await client.get(address)).status_code == 200


@pytest.mark.parametrize("name", ASSETS)
async def test_files_are_kept_for_good_and_compressed_for_whoever_takes_it(
    client: httpx.AsyncClient, name: str
) -> None:
    """A hashed file never changes; its type, its policy and both of its forms are right."""
    content = (DIST / "assets" / name).read_bytes()
    plain = await client.get(f"/assets/{name}", headers={"accept-encoding": "identity"})
    packed = await client.get(f"/assets/{name}", headers={"accept-encoding": "br, gzip;q=0.5"})
    assert plain.content == packed.content == content
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(content)
    assert plain.headers["etag"] != packed.headers["etag"]
    for answer in (plain, packed):
        assert answer.headers["content-type"] == MEDIA_TYPES[Path(name).suffix]
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_compressed_file_beside_each_file_holds_the_same() -> None:
    """What is sent compressed is what is sent plain."""
    assert len(ASSETS) > 10
    for name in ASSETS:
        path = DIST / "assets" / name
        assert gzip.decompress(Path(f"{path}.gz").read_bytes()) == path.read_bytes()


@pytest.mark.parametrize(
    ("accept_encoding", "encoding"),
    [("gzip", "gzip"), ("GZIP", "gzip"), ("*;q=0, gzip", "gzip"), ("br, gzip; q=0", None), ("br", None), ("", None)],
)
async def test_gzip_is_sent_only_to_whoever_takes_it(
    client: httpx.AsyncClient, accept_encoding: str, encoding: str | None
) -> None:
    """It has to be listed, and a listing of quality zero is a refusal."""
    answer = await client.head(f"/assets/{ASSETS[0]}", headers={"accept-encoding": accept_encoding})
    assert answer.headers.get("content-encoding") == encoding


async def test_worker_scripts_carry_a_policy_of_their_own(client: httpx.AsyncClient) -> None:
    """A worker is not bound by the page's policy: its script's own lets it load its parts and reach nothing."""
    workers = [name for name in ASSETS if ".worker-" in name]
    assert len(workers) == 3
    for name in workers:
        answer = await client.get(f"/assets/{name}")
        assert answer.headers["content-security-policy"] == "default-src 'none'; script-src 'self'"


@pytest.mark.parametrize("path", ["/", f"/assets/{ASSETS[0]}"])
async def test_head_is_get_without_the_body(client: httpx.AsyncClient, path: str) -> None:
    """HEAD answers with the status and type of GET."""
    head, get = await client.head(path), await client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == get.headers["content-type"]
    assert head.headers["content-length"] == get.headers["content-length"]


async def test_a_file_the_browser_has_is_not_sent_again(client: httpx.AsyncClient) -> None:
    """A matching ETag is answered with 304, which repeats how long the file may be kept."""
    path = f"/assets/{ASSETS[0]}"
    etag = (await client.get(path)).headers["etag"]
    answer = await client.get(path, headers={"if-none-match": etag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/",
        "/assets/missing.js",
        f"/assets/{ASSETS[0]}.gz",
        "/assets/%2e%2e/index.html",
        "/assets/..%2f..%2froutes.py",
        "/assets/%2fetc%2fhosts",
        "/index.html",
        "/sources.sha256",
    ],
)
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    """No folder, no compressed twin by name, nothing outside the page's files."""
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/", f"/assets/{ASSETS[0]}"])
async def test_only_reading_is_allowed(client: httpx.AsyncClient, path: str) -> None:
    """Any other method is refused, with the methods that are allowed."""
    answer = await client.post(path)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_a_gateway_without_its_explorer_says_so(tmp_path: Path) -> None:
    """Where the build was skipped, the address explains itself and names the endpoint."""
    async with client_of(Starlette(routes=explorer_routes("/graphql", tmp_path))) as client:
        answer = await client.get("/")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "was not built" in answer.text
    assert "ATS_GATEWAY_SKIP_EXPLORER" in answer.text
    assert "/graphql" in answer.text


@pytest.fixture
async def manual(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app below a path prefix, with the manual as its sources say."""
    render(DOCS, tmp_path / "pages")
    app = Starlette(routes=[Mount("/ats", routes=explorer_routes(pages=tmp_path / "pages"))])
    async with client_of(app) as opened:
        yield opened


@pytest.mark.parametrize("path", ["", *(name for name in MANUAL if name != "index")])
async def test_a_page_of_the_manual_is_text_under_a_policy_without_scripts(
    manual: httpx.AsyncClient, path: str
) -> None:
    """Nothing but its own stylesheet is loaded, and nothing runs."""
    answer = await manual.get(f"/ats/docs/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == MANUAL_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["", *(name for name in MANUAL if name != "index")])
async def test_links_of_the_manual_resolve(manual: httpx.AsyncClient, path: str) -> None:
    """Each link of a page is answered below the same prefix, and the place it names is there."""
    answer = await manual.get(f"/ats/docs/{path}")
    for link in set(re.findall(r'(?:href|src)="([^"]+)"', answer.text)):
        target = answer.url.join(link)
        if target.host != answer.url.host:
            assert target.scheme == "https"
            continue
        found = await manual.get(target)
        assert found.status_code == 200, link
        assert not target.fragment or f'id="{target.fragment}"' in found.text, link


async def test_the_manual_has_one_address(manual: httpx.AsyncClient) -> None:
    """Without the slash links would lead astray, so it is added, whatever stands in front."""
    answer = await manual.get("/ats/docs")
    assert (answer.status_code, answer.headers["location"]) == (307, "docs/")
    style = await manual.get("/ats/docs/style.css")
    assert style.headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize("path", ["index", "crelate.html", "nothing", "style.css.gz", "%2e%2e/index", "../a.py"])
async def test_the_manual_has_no_other_pages(manual: httpx.AsyncClient, path: str) -> None:
    """No file by its name, nothing from outside of the folder."""
    answer = await manual.get(f"/ats/docs/{path}")
    assert answer.status_code == 404


async def test_a_gateway_without_its_manual_has_none(tmp_path: Path) -> None:
    """Where it was not rendered, nothing else suffers."""
    async with client_of(Starlette(routes=explorer_routes(pages=tmp_path))) as client:
        assert (await client.get("/docs/")).status_code == 404
        assert (await client.get("/")).status_code == 200


def test_the_manual_is_built() -> None:
    """After an install, editable ones included."""
    assert {path.name for path in BUILT.iterdir()} >= {"style.css", *(f"{name}.html" for name in MANUAL)}
