"""The documentation site builds without a warning, is whole, and asks nothing of the network."""

from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest

import engagesim

pytestmark = pytest.mark.xdist_group("site")  # one process builds it

ROOT = Path(__file__).parents[2]
PLAIN = {"MODEL_VERSION"}  # public names that need no page
FETCHED = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src")}


class Page(HTMLParser):
    """The places that a page can be entered at, what it links to, and what it fetches."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.places: set[str] = {""}
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.places.add(value)
            if (tag, name) == ("a", "href"):
                self.links.append(value)
            if (tag, name) in FETCHED:
                self.fetched.append(value)


def leads_nowhere(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    """Say whether a link inside the site misses its page, or its place on the page."""
    parts = urlsplit(link)
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target in pages:
        return unquote(parts.fragment) not in pages[target].places
    return not target.exists()


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The folder of a site that was built without a warning."""
    made = tmp_path_factory.mktemp("docs")
    strictly = ["-W", "--keep-going", "-n", "-q", "-c", "docs", "-d", str(made / "trees")]
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", *strictly, ".", str(made / "site")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return made / "site"


def test_the_site_is_whole_and_fetches_nothing(site):
    pages = {path: Page(path) for path in site.rglob("*.html")}
    assert len(pages) > len([*(ROOT / "docs").rglob("*.md")])
    named = set().union(*(page.places for page in pages.values()))
    assert {name for name in engagesim.__all__ if not any(place.endswith(f".{name}") for place in named)} <= PLAIN
    broken = [
        f"{path.relative_to(site)}: {link}"
        for path, page in pages.items()
        for link in [*page.links, *page.fetched]
        if not urlsplit(link).scheme and leads_nowhere(path, link, pages)
    ]
    assert broken == []
    outside = {address for page in pages.values() for address in page.fetched if urlsplit(address).netloc}
    assert outside == set()


@pytest.mark.parametrize(
    ("stems", "page"),
    [(("latin", "hypercub"), "docs/studies"), (("merit", "protect"), "docs/parameters"), (("seed",), "docs/glossary")],
)
def test_the_search_finds_a_name_by_its_words(site, stems, page):
    text = (site / "searchindex.js").read_text("utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    place = index["docnames"].index(page)
    for stem in stems:
        assert place in np.atleast_1d(index["terms"][stem])


def test_types_in_the_reference_lead_to_their_pages(site):
    links = Page(site / "docs/api/ensembles.html").links
    assert {"parameters.html#engagesim.Parameters", "#engagesim.Options", "rules.html#engagesim.Rules"} <= set(links)
