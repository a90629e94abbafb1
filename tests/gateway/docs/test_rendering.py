"""Markdown to pages: what can be linked to, where links lead, and what is only text."""

from pathlib import Path

import pytest

from gateway.docs.rendering import PAGES, ids, page, page_names, parse, render, served, slug, title

SOURCES = Path(__file__).parents[3] / "gateway/docs"
TABLE = "| Number | Says |\n|---|---|\n| ASM-08 | a row |\n| 8.13 | another |\n| other | none |\n"


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("7. Assumptions", "7-assumptions"),
        ("4.10 Files", "410-files"),
        ("What `updatedAfter` counts", "what-updatedafter-counts"),
        ("Lookups, categories and custom fields", "lookups-categories-and-custom-fields"),
    ],
)
def test_a_heading_is_linked_to_as_on_github(heading: str, expected: str) -> None:
    """So a link works in both places."""
    assert slug(heading) == expected


def test_numbered_rows_can_be_linked_to() -> None:
    """Those of the register and of the simulator, beside all headings."""
    assert ids(parse(f"# One\n\n{TABLE}\n## Two words\n")) == ["one", "asm-08", "8.13", "two-words"]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("model.md", "model"),
        ("crelate.md#7-assumptions", "crelate#7-assumptions"),
        ("index.md", "./"),
        ("#here", "#here"),
        ("https://example.com/model.md", "https://example.com/model.md"),
    ],
)
def test_links_lead_to_where_pages_are_served(link: str, expected: str) -> None:
    """Other links stay as they are."""
    assert served(link) == expected


def test_html_in_a_source_is_text() -> None:
    """Nothing but what Markdown says becomes markup."""
    tokens = parse("# <b>Title</b> & more\n\n<script>alert(1)</script>\n")
    content = page("a", tokens, {"a": title(tokens)})
    assert "<script>" not in content
    assert "<title>&lt;b&gt;Title&lt;/b&gt; &amp; more · ATS gateway</title>" in content


def test_the_page_of_an_ats_has_its_place_by_being_there(tmp_path: Path) -> None:
    """Before the glossary."""
    for name in (*PAGES, "toy", "crelate"):
        (tmp_path / f"{name}.md").touch()
    assert page_names(tmp_path)[-4:] == ["model", "crelate", "toy", "glossary"]


def test_the_whole_manual_is_rendered(tmp_path: Path) -> None:
    """Each page with its title, its place in the navigation and a stylesheet; what was there before is gone."""
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "old.html").touch()
    render(SOURCES, pages)
    assert {path.name for path in pages.iterdir()} == {"style.css", *(f"{name}.html" for name in page_names(SOURCES))}
    for name in page_names(SOURCES):
        content = (pages / f"{name}.html").read_text("utf-8")
        assert content.count('aria-current="page"') == 1
        assert content.count("<h1") == 1
        assert "style=" not in content
