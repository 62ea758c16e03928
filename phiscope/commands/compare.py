"""Put two runs side by side, in a page: other answers, changes of rank of margins and hull distances.

phiscope compare digits digits-again
"""

from __future__ import annotations

import argparse
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from phiscope.commands.runs import RESULTS, folder_of
from phiscope.explorer import page
from phiscope.explorer.compare import compare
from phiscope.explorer.matching import ComparedRun


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page and print its place; raises ConfigError where there is no such run, DataError where the two have
    no image in common."""
    parser = argparse.ArgumentParser(prog="phiscope compare", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("first", metavar="A", help="a run, by its name below results/, or its folder")
    parser.add_argument("second", metavar="B", help="another run on the same images")
    parser.add_argument("--to", type=Path, help="folder of the page; results/compare/A--B unless given")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    options = parser.parse_args(arguments)
    folders = [folder_of(name) for name in (options.first, options.second)]
    compared = compare(*map(ComparedRun.read, folders))
    to = options.to or RESULTS / "compare" / "--".join(folder.name for folder in folders)
    page.write(compared, to / "index.html")
    print(compared.note)
    print(to / "index.html")
    if options.open:
        webbrowser.open((to / "index.html").resolve().as_uri())
