"""A page in a real browser, Chromium without a window."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

# Appended to a copy of the page: what a reader sees, written where the dumped document shows it.
_PROBE = """
<script>
window.addEventListener("load", () => {
  const seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, text = node.data, start = text.indexOf("\\u2068");
    if (start < 1 || !/[a-z]$/.test(text.slice(0, start).trimEnd())) continue;
    const box = (from, to) => { const r = document.createRange(); r.setStart(node, from); r.setEnd(node, to);
                                return r.getBoundingClientRect(); };
    const end = text.indexOf("\\u2069"), before = box(0, 1), name = box(start, end), after = box(end + 1, end + 2);
    seen.push(before.top !== after.top || before.left < name.left && name.left < after.left);
  }
  const title = document.createElement("pre");
  title.id = "probe";
  title.textContent = JSON.stringify({order: seen, title: document.title});
  document.body.append(title);
});
</script>
"""


class Seen(NamedTuple):
    """document: as it is after its scripts ran; console: what they and the browser said of the page."""

    document: str
    console: list[str]


def executable() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def probed(page: Path, copy: Path) -> Path:
    """A copy of a page that also says in which order its names are shown."""
    copy.write_text(page.read_text(encoding="utf-8").replace("</body>", f"{_PROBE}</body>"), encoding="utf-8")
    return copy


def opened(page: Path, profile: Path) -> Seen:
    """Open a page from the disk; profile: a folder for the browser's own files."""
    browser = executable()
    assert browser
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    options += [f"--user-data-dir={profile}", "--enable-logging=stderr", "--virtual-time-budget=5000", "--dump-dom"]
    done = subprocess.run([browser, *options, page.as_uri()], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return Seen(done.stdout, re.findall(r'CONSOLE[^"]*"(.*?)", source', done.stderr, re.S))
