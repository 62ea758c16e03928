"""The site of the documentation: pages of reference made from what they describe, links, and what the build refuses.

`mkdocs build --strict` calls `tools/docs/hooks.py`. A page says `<!-- generated: NAME -->` where generated text goes,
so that it is there in the checkout too, with its prose and a link to the source, and nothing is kept twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module

# Name -> module with text(), the Markdown of it.
GENERATED = {
    "configuration": "tools.docs.configuration",
    "tables": "tools.docs.tables",
    "python": "tools.docs.verbs",
    "gallery": "tools.docs.gallery",
    "notebook": "tools.docs.notebook",
}
MARK = re.compile(r"^<!-- generated: (\w+) -->$", re.M)


def generator(name: str) -> Callable[[], str]:
    """The function that writes a generated part. Raises KeyError where there is none of that name."""
    return import_module(GENERATED[name]).text


def filled(markdown: str) -> str:
    """A page with its generated parts in the place of their marks."""
    return MARK.sub(lambda mark: generator(mark[1])(), markdown)
