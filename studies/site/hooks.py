"""What MkDocs does for this project: pages from outside of docs/, links out of it, diagrams.

The pages are written for the hosted repository, where a link to a source file works. On the site
such a link leads to the repository at REPOSITORY_URL, and without that it becomes plain text.
"""

import os
import posixpath
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

ROOT: Final = Path(__file__).parents[2]

FROM_OUTSIDE: Final = {
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "README.ja.md": "ja/index.md",
    "SECURITY.md": "project/security.md",
}
"""Files of the repository that are pages of the site, too."""

PAGES: Final = {"README.md": "index.md", **FROM_OUTSIDE}
"""Where a link to a file outside of docs/ leads on the site."""


class Links(Treeprocessor):
    """Leads the links of a page, which are relative to its file, to where they lead on the site."""

    page = ""
    """The page, relative to docs/."""

    def run(self, root: Element) -> None:
        for tag, attribute in (("a", "href"), ("img", "src")):
            for link in root.iter(tag):
                target = link.get(attribute, "")
                if not target.startswith(("#", "http:", "https:", "mailto:")):
                    self._lead(link, attribute, *target.partition("#")[::2])

    def _lead(self, link: Element, attribute: str, target: str, anchor: str) -> None:
        file = posixpath.normpath(posixpath.join(posixpath.dirname(_file_of(self.page)), target))
        there = PAGES.get(file, file.removeprefix("docs/") if file.startswith("docs/") else None)
        repository = os.environ.get("REPOSITORY_URL", "").rstrip("/")
        if there is not None:
            path = posixpath.relpath(there, posixpath.dirname(self.page) or ".")
            link.set(attribute, path + (anchor and f"#{anchor}"))
        elif repository:
            link.set(attribute, f"{repository}/blob/HEAD/{file}" + (anchor and f"#{anchor}"))
        else:
            link.tag = "span"
            del link.attrib[attribute]


class LinksExtension(Extension):
    """Registers ``Links`` after links were parsed, and before MkDocs resolves them."""

    links: Links

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        self.links = Links(md)
        md.treeprocessors.register(self.links, "links", 5)


LINKS: Final = LinksExtension()


def on_config(config: MkDocsConfig) -> None:
    """Adds the extension that leads the links."""
    config.markdown_extensions.append(LINKS)


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Adds the pages from outside of docs/, and the library that draws the diagrams."""
    script = ROOT / "node_modules" / "@mermaid-js" / "tiny" / "dist" / "mermaid.tiny.js"
    added = {page: ROOT / file for file, page in FROM_OUTSIDE.items()}
    added["assets/javascripts/mermaid.js"] = script
    for path, source in added.items():
        files.append(File.generated(config, path, abs_src_path=str(source)))


def on_page_markdown(markdown: str, page: Page, **_: Any) -> None:
    """Tells the extension which page it is about to read. The home page has the map itself."""
    Links.page = page.file.src_uri
    page.meta["hide"] = ["navigation"] if page.is_homepage else []


def on_page_context(
    context: TemplateContext, page: Page, config: MkDocsConfig, nav: Navigation
) -> None:
    """Leads the choice of the language in the header to the same page, or to the first one."""
    english = page.url.removeprefix("ja/")
    pages = {one.url for one in nav.pages}
    japanese = f"ja/{english}" if f"ja/{english}" in pages else "ja/"
    config.extra["alternate"] = [
        {"name": "English", "lang": "en", "link": english or "./"},
        {"name": "日本語", "lang": "ja", "link": japanese},
    ]


def _file_of(page: str) -> str:
    return next((file for file, there in FROM_OUTSIDE.items() if there == page), f"docs/{page}")
