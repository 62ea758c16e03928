"""Pages as a browser reads them, and pages that differ in one thing."""

from dataclasses import replace
from html.parser import HTMLParser

from phiscope.report.page import Page, pages_of, render

SVG, PNG = b"<?xml version='1.0'?><svg></svg>", b"\x89PNG\r\n"
VOID = {"meta", "img", "br", "hr", "link", "input", "source"}


class Parsed(HTMLParser):
    """What a browser would make of the page: text, attributes, and whether every tag is closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.text, self.open = [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "title"):
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())

    def attributes(self, tag: str, name: str) -> list[str]:
        return [attrs[name] for opened, attrs in self.tags if opened == tag and name in attrs]


def with_section(page: Page, name: str, data) -> Page:
    return replace(page, sections={**page.sections, name: data})


def with_facts(page: Page, **changes) -> Page:
    return replace(page, facts=replace(page.facts, **changes))


def read(page: Page, name: str = "report") -> Parsed:
    return Parsed(render(page, name))


def read_all(page: Page) -> list[Parsed]:
    """The report and the pages beside it."""
    return [read(page, name) for name in ("report", *pages_of(page))]
