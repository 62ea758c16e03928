"""What built pages would ask for from other hosts: scripts, styles, pictures, fonts. Links are no requests."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

_ELSEWHERE = re.compile(r"^\s*(?:https?:)?//", re.I)
_IN_STYLES = re.compile(r"(?:url\(|@import)\s*['\"]?((?:https?:)?//[^'\")\s]+)", re.I)
_FETCHED = {
    *(("script", "src"), ("img", "src"), ("img", "srcset"), ("iframe", "src"), ("source", "src"), ("source", "srcset")),
    *(("video", "src"), ("audio", "src"), ("embed", "src"), ("object", "data"), ("image", "href"), ("use", "href")),
}
_LINKS = {"stylesheet", "icon", "preload", "prefetch", "modulepreload", "preconnect", "dns-prefetch", "manifest"}


class _Requests(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        fetched = [given[name] for of_tag, name in _FETCHED if of_tag == tag and name in given]
        if tag == "link" and _LINKS & set(given.get("rel", "").lower().split()):
            fetched.append(given.get("href", ""))
        self.found += [each for each in fetched if _ELSEWHERE.match(each)]
        self.found += _IN_STYLES.findall(given.get("style", ""))


def outside(site: Path) -> list[str]:
    """`page: address` of everything that the pages and styles of a site ask other hosts for."""
    found = []
    for page in sorted(site.rglob("*.html")):
        text, reader = page.read_text(encoding="utf-8"), _Requests()
        reader.feed(text)
        styles = re.findall(r"<style.*?</style>", text, re.S)
        addresses = [*reader.found, *(each for style in styles for each in _IN_STYLES.findall(style))]
        found += [f"{page.relative_to(site)}: {each}" for each in addresses]
    for style in sorted(site.rglob("*.css")):
        found += [
            f"{style.relative_to(site)}: {each}" for each in _IN_STYLES.findall(style.read_text(encoding="utf-8"))
        ]
    return found
