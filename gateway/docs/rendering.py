"""Markdown to HTML pages. Runs inside hatchling and in tests, never in the gateway: it needs markdown-it-py.

A heading can be linked to by the words in it, spelled as GitHub spells them, and a table row that begins with a number
such as `ASM-08` or `8.13` by that number.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from html import escape
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

PAGES = (
    "index",
    "architecture",
    "operations",
    "settings",
    "writing",
    "clients",
    "agents",
    "rest",
    "errors",
    "model",
    "glossary",
)
"""The pages that there are in any case, in the order of the navigation, by the names of their Markdown files."""

STYLE = "style.css"
FRAME = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · ATS gateway</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<nav aria-label="Pages">
<a href="../">Explorer</a>
<a href="../status">Status</a>
{navigation}
</nav>
<main>
{content}</main>
</body>
</html>
"""

_NUMBER = re.compile(r"ASM-\d\d|\d+\.\d+")
_PAGE_LINK = re.compile(r"(?:(index)|([a-z]+))\.md(#.*)?")


def page_names(sources: Path) -> list[str]:
    """The pages in the order of the navigation: one for each ATS stands before the last of `PAGES`."""
    of_ats = sorted({path.stem for path in sources.glob("*.md")} - set(PAGES))
    return [*PAGES[:-1], *of_ats, PAGES[-1]]


def render(sources: Path, pages: Path) -> None:
    """Write each page, and the stylesheet, into a folder of their own; what was in it goes."""
    shutil.rmtree(pages, ignore_errors=True)
    pages.mkdir(parents=True)
    documents = {name: parse((sources / f"{name}.md").read_text("utf-8")) for name in page_names(sources)}
    titles = {name: title(tokens) for name, tokens in documents.items()}
    for name, tokens in documents.items():
        (pages / f"{name}.html").write_text(page(name, tokens, titles), "utf-8")
    shutil.copyfile(sources / STYLE, pages / STYLE)


def parse(markdown: str) -> list[Token]:
    """The tokens of a document, with ids on headings and numbered rows and with links between pages as they are served.

    HTML in the source is shown as text.
    """
    tokens = _parser().parse(markdown)
    _identify(tokens)
    for token in tokens:
        for link in filter(lambda child: child.type == "link_open", token.children or ()):
            link.attrSet("href", served(str(link.attrGet("href"))))
    return tokens


def title(tokens: Iterable[Token]) -> str:
    """The words of a document's first heading."""
    return next(text.content for token, text in pairwise(tokens) if token.type == "heading_open")


def ids(tokens: Iterable[Token]) -> list[str]:
    """What can be linked to in a document."""
    return [str(token.attrGet("id")) for token in tokens if token.attrGet("id")]


def slug(heading: str) -> str:
    """A heading's id: `4.10 Files` is `410-files`."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def served(address: str) -> str:
    """Where a link of the source leads on a page: `model.md#6-actions` to `model#6-actions`, `index.md` to `./`."""
    found = _PAGE_LINK.fullmatch(address)
    return f"{'./' if found[1] else found[2]}{found[3] or ''}" if found else address


def page(name: str, tokens: list[Token], titles: dict[str, str]) -> str:
    """A whole HTML page."""
    content = str(_parser().renderer.render(tokens, _parser().options, {}))
    return FRAME.format(title=escape(titles[name]), navigation="\n".join(_navigation(name, titles)), content=content)


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _navigation(current: str, titles: dict[str, str]) -> Iterator[str]:
    for name, words in titles.items():
        here = ' aria-current="page"' if name == current else ""
        yield f'<a href="{served(f"{name}.md")}"{here}>{escape(words)}</a>'


def _identify(tokens: list[Token]) -> None:
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", slug(following.content))
    for row, cell, text in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if row.type == "tr_open" and cell.type == "td_open" and _NUMBER.fullmatch(text.content):
            row.attrSet("id", text.content.lower())
