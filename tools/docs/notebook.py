"""The executed notebook as Markdown: its text, its code, and what it printed and drew."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).parents[2] / "docs/notebook.ipynb"

# Of a frame as pandas writes it: what pages have styles of their own for.
_PLAIN = re.compile(r"<style.*?</style>|</?div[^>]*>|\s+border=\"1\"|\s+class=\"dataframe\"|\n\s*", re.S)


def text(path: Path = NOTEBOOK) -> str:
    """Every cell in its order. Pictures stand in the page itself."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join(line for cell in cells for line in _cell(cell))


def _cell(cell: dict[str, Any]) -> list[str]:
    source = _joined(cell["source"])
    if cell["cell_type"] == "markdown":
        return [source, ""]
    outputs = [line for output in cell["outputs"] for line in _output(output)]
    return ["```python", source, "```", "", *outputs]


def _output(output: dict[str, Any]) -> list[str]:
    if output["output_type"] == "stream":
        return _said(_joined(output["text"]))
    data = output.get("data", {})
    if "image/png" in data:
        return [
            f'<img alt="What the code above draws" src="data:image/png;base64,{_joined(data["image/png"]).strip()}">',
            "",
        ]
    if "text/html" in data:
        return [_PLAIN.sub("", _joined(data["text/html"])), ""]
    return _said(_joined(data["text/plain"])) if "text/plain" in data else []


def _said(printed: str) -> list[str]:
    return ["```text", printed.rstrip("\n"), "```", ""]


def _joined(lines: str | list[str]) -> str:
    return lines if isinstance(lines, str) else "".join(lines)
