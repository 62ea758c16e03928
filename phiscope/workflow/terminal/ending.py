"""The last lines of a run: what was found, and where its pages are."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path


def ending(results: str | Path, rules: Collection[str]) -> list[str]:
    """Lines for a run that wrote its page, or found it up to date; none for one that was not to write any.

    rules: names of the rules whose jobs the run consists of.
    """
    page, kept = Path(results) / "report.html", Path(results) / "findings.txt"
    if "render_report" not in rules or not page.is_file():
        return []
    findings = kept.read_text(encoding="utf-8").splitlines() if kept.is_file() else []
    explorer = Path(results) / "explorer/index.html"
    also = [f"Explorer: {explorer}"] if explorer.is_file() else []
    return [*(["", *findings, ""] if findings else []), *also, f"Report: {page}"]
