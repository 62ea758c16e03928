"""The explorer in Chromium, driven by Playwright; tests are skipped where one of the two is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.browser import executable

# Drawing on a card that is none: what WebGL2 has where there is no graphics card.
OPTIONS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--enable-unsafe-swiftshader"]
# Canvases without WebGL2, which costs the processor more than all else where there is no card.
_PLAIN = """
const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind === "webgl2" ? null : get.call(this, kind, ...more);
};
"""
_OF_THE_MACHINE = "GPU stall due to ReadPixels"
_OWN = ("file:", "blob:", "data:")


class Explorer:
    """A page of the explorer: what it says, what it asks for, and what is done to it."""

    def __init__(self, context: Any, page: Path, state: str = "", ready: bool = True) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(page.resolve().as_uri() + state)
        if ready:
            self.until("document.documentElement.dataset.ready")

    def _hear(self, message: Any) -> None:
        """What is said of the page. That drawing without a card is slow is said of the machine."""
        if _OF_THE_MACHINE not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    @property
    def outside(self) -> list[str]:
        """What was asked of the network."""
        return [url for url in self.requests if not url.startswith(_OWN)]

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)

    def until(self, condition: str, seconds: float = 30) -> Any:
        """Wait for a condition. Playwright's own way evaluates text inside the page, which the page forbids."""
        for _ in range(int(seconds * 50)):
            if value := self.run(f"(() => {condition})()"):
                return value
            self.page.wait_for_timeout(20)
        raise AssertionError(f"not so after {seconds} s: {condition}; the page said {self.complaints}")

    @property
    def listed(self) -> list[int]:
        """Rows that pass, in their order, once numbers are exact."""
        self.settle()
        return self.run("phiscope.rows()")

    def settle(self) -> None:
        self.run("phiscope.settled()")
        self.page.wait_for_timeout(50)

    def values(self, name: str) -> list[Any]:
        """Of a column, in the order of the rows of the page."""
        return json.loads(
            self.run(
                f"(async () => {{ const own = phiscope.columns.find((each) => each.name === {json.dumps(name)});"
                " await own.exact(); return JSON.stringify(own.texts ?? [...own.values ?? own.codes]); })()"
            )
        )

    @property
    def link(self) -> str:
        self.settle()
        return self.run("location.hash")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """For a module: while Playwright runs, nothing else in the process may use asyncio."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not executable():
        pytest.skip("no Chromium here: tools/install-debian-packages.sh installs it on Debian")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=executable(), args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium) -> Iterator[Any]:
    """Opens pages in a browser that knows nothing; each must have complained of nothing and asked nobody at the end."""
    contexts, pages = [], []

    def open_page(
        page: Path, state: str = "", *, webgl: bool = False, width: int = 1200, ready: bool = True, **options: Any
    ) -> Explorer:
        contexts.append(chromium.new_context(viewport={"width": width, "height": 700}, **options))
        if not webgl:
            contexts[-1].add_init_script(_PLAIN)
        pages.append(Explorer(contexts[-1], page, state, ready))
        return pages[-1]

    yield open_page
    complaints, outside = [each.complaints for each in pages], [each.outside for each in pages]
    for context in contexts:
        context.close()
    assert not any(complaints), complaints
    assert not any(outside), outside
