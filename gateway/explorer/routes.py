"""Serving the explorer and the manual.

The explorer is one page, under a policy that lets it reach nothing but its own origin, and the page's files.
"""

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from functools import partial
from html import escape
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from gateway.http.negotiation import accepted_coding

DIST = Path(__file__).parent / "dist"
PAGES = Path(__file__).parents[1] / "docs" / "pages"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
# A worker lives under the policy its own script came with. The editor's workers only compute.
ASSET_POLICY = "default-src 'none'; script-src 'self'"

# The manual is text: no script, no form, and nothing but its own stylesheet.
MANUAL_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PAGE_HEADERS = SECURITY_HEADERS | {"Cache-Control": "no-store"}
ASSET_HEADERS = SECURITY_HEADERS | {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": ASSET_POLICY,
    "Vary": "Accept-Encoding",
}
MANUAL_HEADERS = SECURITY_HEADERS | {"Cache-Control": "no-cache", "Content-Security-Policy": MANUAL_POLICY}

# Written out because the tables of operating systems differ, and nosniff makes a wrong type fatal for a script.
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".ttf": "font/ttf",
}

BUILT = {"/": "index.html", "/status": "status.html"}
"""Path -> the page in ``dist``."""

NOT_BUILT = (
    "The explorer was not built when this gateway was installed.\n"
    "Install it again without ATS_GATEWAY_SKIP_EXPLORER to have it here.\n"
    "The GraphQL endpoint is {endpoint}\n"
)


def explorer_routes(
    endpoint: str = "/graphql", dist: Path = DIST, pages: Path = PAGES, accounts: Iterable[str] = ()
) -> list[BaseRoute]:
    """Return the routes of the explorer that asks ``endpoint``, a path of the same app, and those of the manual.

    ``/`` is the page, ``/status`` that for operators and ``/assets`` their files. Without a built explorer in ``dist``
    both say so in plain text. The pages know the names of ``accounts``, which ``/health/ready`` shows as well.
    """
    if not (dist / "index.html").is_file():
        return [*(Route(path, partial(_explain, endpoint)) for path in BUILT), *manual_routes(pages)]
    names = escape(json.dumps(sorted(accounts)))
    contents = {path: (dist / file).read_text("utf-8").replace("__ACCOUNTS__", names) for path, file in BUILT.items()}
    return [
        *(Route(path, partial(_show, content, endpoint)) for path, content in contents.items()),
        Mount("/assets", ExplorerFiles(directory=dist / "assets")),
        *manual_routes(pages),
    ]


def manual_routes(pages: Path = PAGES) -> list[BaseRoute]:
    """Return the routes of the manual: ``/docs/`` is its first page, ``/docs/crelate`` another.

    The pages are read once. Without rendered ones in ``pages`` every address under ``/docs`` is a 404.
    """
    rendered = {path.stem: path.read_text("utf-8") for path in pages.glob("*.html")}
    style = pages / "style.css"
    files = {style.name: style.read_text("utf-8")} if style.is_file() else {}
    return [
        Route("/docs", _to_the_folder),
        Route("/docs/{name:path}", partial(_read, rendered, files)),
    ]


class ExplorerFiles(StaticFiles):
    """The explorer's hashed files: cached for good, sent compressed to whoever takes gzip."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find a file of the page. Any other file of the folder does not exist, its compressed twins included."""
        return super().lookup_path(path) if Path(path).suffix in MEDIA_TYPES else ("", None)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer with the file, or with its compressed twin, under the headers of a file that never changes."""
        headers = ASSET_HEADERS | {"Content-Type": MEDIA_TYPES[Path(full_path).suffix]}
        if accepted_coding(Headers(scope=scope).get("accept-encoding", ""), "gzip"):
            headers["Content-Encoding"] = "gzip"
            full_path = Path(f"{os.fspath(full_path)}.gz")
            stat_result = full_path.stat()
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(headers)
        return response


async def _show(page: str, endpoint: str, request: Request) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    prefix = escape(request.scope.get("root_path", ""))
    content = page.replace("__CSP_NONCE__", nonce).replace("__ENDPOINT__", f"{prefix}{escape(endpoint)}")
    if prefix:  # known, so the page's files are found also where the proxy serves it without a slash at the end
        content = content.replace('"./assets/', f'"{prefix}/assets/')
    return HTMLResponse(content, headers=PAGE_HEADERS | {"Content-Security-Policy": PAGE_POLICY.format(nonce=nonce)})


async def _explain(endpoint: str, request: Request) -> PlainTextResponse:
    address = f"{request.scope.get('root_path', '')}{endpoint}"
    return PlainTextResponse(NOT_BUILT.format(endpoint=address), status_code=404, headers=PAGE_HEADERS)


async def _to_the_folder(_: Request) -> RedirectResponse:
    """A relative address, so that it is right below any path prefix."""
    return RedirectResponse("docs/", headers=MANUAL_HEADERS)


async def _read(pages: Mapping[str, str], files: Mapping[str, str], request: Request) -> Response:
    name = request.path_params["name"]
    if name in files:
        return Response(files[name], media_type="text/css", headers=MANUAL_HEADERS)
    page = pages.get(name or "index") if name != "index" else None
    if page is None:
        return PlainTextResponse("There is no such page.\n", status_code=404, headers=MANUAL_HEADERS)
    return HTMLResponse(page, headers=MANUAL_HEADERS)
