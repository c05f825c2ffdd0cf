"""The site builds without a warning, loads nothing from elsewhere, and has every page."""

import html.parser
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from local import ROOT

PAGES = [page.relative_to(ROOT / "docs") for page in sorted((ROOT / "docs").rglob("*.md"))]
PYTHON = ROOT / ".venv-docs" / "bin" / "python"
REPOSITORY = "https://repository.example/rotator"
BLOCKS = ("table", "tr", "li", "pre", "blockquote", "h1", "h2", "h3", "h4")
"""What a page consists of, whoever renders it."""


class Tags(html.parser.HTMLParser):
    """Every tag of a page, with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def count(self, tag: str) -> int:
        return sum(one == tag for one, _ in self.found)

    def values(self, *attributes: str) -> list[str]:
        return [
            value for _, given in self.found for name in attributes if (value := given.get(name))
        ]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("site")
    done = run("make", "docs", f"ARGS=--site-dir '{directory}'", repository=REPOSITORY)
    assert done.returncode == 0, done.stderr
    return directory


def run(*command: str | Path, repository: str) -> subprocess.CompletedProcess[str]:
    # not what the `make` that runs the tests was given
    environment = {name: value for name, value in os.environ.items() if name[:4] != "MAKE"}
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**environment, "REPOSITORY_URL": repository},
        capture_output=True,
        text=True,
        check=False,
    )


def page_of(site: Path, page: Path) -> str:
    stem = "" if page.stem in {"index", "README"} else page.stem
    return (site / page.parent / stem / "index.html").read_text(encoding="utf-8")


def article(text: str) -> str:
    return text.partition("<article")[2].partition("</article>")[0]


def test_the_site_loads_nothing_from_elsewhere(site: Path):
    loading = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "srcset"}

    for file in site.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        loads = [given.get(loading[tag], "") for tag, given in Tags(text).found if tag in loading]
        assert [one for one in loads if re.match("(https?:)?//", one)] == [], file
        assert "default-src 'self' 'unsafe-inline' data:" in text, file
    for file in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(https?:)?//", file.read_text(encoding="utf-8")), file


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_of_the_site_has_what_the_hosted_repository_shows(site: Path, page: Path):
    """Python-Markdown wants empty lines and deeper indents where others do not."""
    source = (ROOT / "docs" / page).read_text(encoding="utf-8")
    hosted = Tags(MarkdownIt("commonmark").enable("table").render(source))
    shown = Tags(article(page_of(site, page)))

    assert {tag: shown.count(tag) for tag in BLOCKS} == {
        tag: hosted.count(tag) for tag in BLOCKS
    }, "on the site, a list needs an empty line before it, and a block within a list four spaces"


@pytest.mark.parametrize(
    ("page", "language"), [("start/try.md", "en"), ("ja/start/try.md", "ja"), ("ja/index.md", "ja")]
)
def test_a_page_says_which_language_it_is_in(site: Path, page: str, language: str):
    (page_in,) = [given for tag, given in Tags(page_of(site, Path(page))).found if tag == "html"]

    assert page_in["lang"] == language


@pytest.mark.parametrize(
    ("page", "leads"),
    [
        ("start/try.md", {"en": "./", "ja": "../../ja/start/try/"}),
        ("ja/start/try.md", {"en": "../../../start/try/", "ja": "./"}),
        ("ja/index.md", {"en": "../", "ja": "./"}),
        ("operate/costs.md", {"en": "./", "ja": "../../ja/"}),
    ],
)
def test_the_choice_of_the_language_leads_to_the_same_page(
    site: Path, page: str, leads: dict[str, str]
):
    chosen = [given for tag, given in Tags(page_of(site, Path(page))).found if tag == "a"]

    assert {a["hreflang"]: a["href"] for a in chosen if "hreflang" in a} == leads


def test_the_search_knows_both_languages(site: Path):
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))

    assert index["config"]["lang"] == ["en", "ja"]
    assert (site / "assets/javascripts/lunr/tinyseg.js").exists()
    assert (site / "assets/javascripts/lunr/min/lunr.ja.min.js").exists()


def test_a_picture_of_a_page_from_outside_of_the_docs_is_shown():
    program = (
        "import markdown; from studies.site import hooks\n"
        "hooks.Links.page = 'ja/index.md'\n"
        "print(markdown.markdown('![a](docs/start/a.svg)', extensions=[hooks.LINKS]))"
    )

    assert run(PYTHON, "-c", program, repository="").stdout == (
        '<p><img alt="a" src="../start/a.svg" /></p>\n'
    )


def test_a_page_with_a_diagram_brings_the_library_that_draws_it(site: Path):
    with_diagram = [
        page for page in PAGES if "```mermaid" in (ROOT / "docs" / page).read_text(encoding="utf-8")
    ]

    assert with_diagram
    for page in with_diagram:
        scripts = [src for src in Tags(page_of(site, page)).values("src") if src.endswith(".js")]
        assert scripts[0].endswith("assets/javascripts/mermaid.js")
    assert (site / "assets/javascripts/mermaid.js").stat().st_size > 1_000_000


LINKS = {
    ("start/deploy.md", "../../rotators.toml"): f"{REPOSITORY}/blob/HEAD/rotators.toml",
    ("ja/index.md", "docs/ja/start/try.md"): "start/try.md",
    ("ja/index.md", "README.md"): "../index.md",
    ("index.md", "../README.ja.md"): "ja/index.md",
    ("index.md", "../app.py#L1"): f"{REPOSITORY}/blob/HEAD/app.py#L1",
    ("project/security.md", "tests/conftest.py"): f"{REPOSITORY}/blob/HEAD/tests/conftest.py",
    ("project/security.md", "docs/start/try.md"): "../start/try.md",
    ("start/deploy.md", "../../SECURITY.md#scope"): "../project/security.md#scope",
    ("start/deploy.md", "../../README.md"): "../index.md",
    ("start/deploy.md", "try.md#a"): "try.md#a",
    ("start/deploy.md", "#a"): "#a",
    ("start/deploy.md", "https://example.com/a"): "https://example.com/a",
}
"""Where a link of a page leads on the site."""


@pytest.mark.parametrize("repository", [REPOSITORY, ""], ids=["hosted", "not hosted"])
def test_a_link_leads_to_a_page_or_to_the_repository_or_is_text(repository: str):
    program = (
        "import json, markdown, sys; from studies.site import hooks\n"
        "for hooks.Links.page, target in json.loads(sys.argv[1]):\n"
        "    print(markdown.markdown(f'[a]({target})', extensions=[hooks.LINKS]))"
    )
    shown = run(
        *(PYTHON, "-c", program, json.dumps([*LINKS])),
        repository=repository,
    )

    assert shown.stdout.splitlines() == [
        f'<p><a href="{leads}">a</a></p>'
        if repository or not leads.startswith(REPOSITORY)
        else "<p><span>a</span></p>"
        for leads in LINKS.values()
    ]


@pytest.mark.parametrize("page", [page for page in PAGES if page.name[:1] != "0"], ids=str)
def test_the_map_of_the_documentation_has_every_page(page: Path):
    if page.name != "index.md":
        assert f"]({page})" in (ROOT / "docs" / "index.md").read_text(encoding="utf-8")


def test_the_list_of_decisions_has_every_decision():
    folder = ROOT / "docs" / "understand" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")

    for decision in folder.glob("0*.md"):
        assert f"({decision.name})" in listed
