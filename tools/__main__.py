"""Start a tool of the project: python -m tools NAME ...

page results RUN "on what it ran"    write docs/results/RUN.md from a finished run; further pages: see `page --help`
pictures KIND ...                    draw or copy the pictures of docs/; see `pictures --help`
notebook                             execute docs/notebook.ipynb, and keep what it printed and drew
compare-results OLD NEW              compare the tables of two results folders value by value
compare-commits OLD NEW              run small configurations at two commits and compare their tables
"""

from __future__ import annotations

import sys
from importlib import import_module

from phiscope.errors import PhiscopeError

# Name -> module with main(arguments), which returns an exit code.
TOOLS = {
    "page": "tools.pages",
    "pictures": "tools.pictures",
    "notebook": "tools.notebook",
    "compare-results": "tools.compare",
    "compare-commits": "tools.compare_commits",
}


def main(arguments: list[str]) -> int:
    """Start a tool by its name; returns its exit code."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    if arguments[0] not in TOOLS:
        print(f"tools: there is no {arguments[0]!r}; expected one of {', '.join(TOOLS)}", file=sys.stderr)
        return 2
    try:
        return import_module(TOOLS[arguments[0]]).main(arguments[1:])
    except (PhiscopeError, FileNotFoundError) as error:
        print(f"tools: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
