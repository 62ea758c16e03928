"""Open the report of a run, or its explorer, in the browser.

phiscope open digits
phiscope open digits --explorer
"""

from __future__ import annotations

import argparse
import webbrowser
from collections.abc import Sequence

from phiscope.commands.runs import folder_of
from phiscope.errors import ConfigError


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the place of the page and hand it to the browser; raises ConfigError where there is none yet."""
    parser = argparse.ArgumentParser(prog="phiscope open", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run", metavar="RUN", help="its name below results/, or its folder")
    parser.add_argument("--explorer", action="store_true", help="the page in which every sample can be looked at")
    options = parser.parse_args(arguments)
    what, file = ("explorer", "explorer/index.html") if options.explorer else ("report", "report.html")
    page = folder_of(options.run) / file
    if not page.is_file():
        raise ConfigError(f"{page}: there is no {what} yet; `phiscope run` makes it")
    print(page)
    webbrowser.open(page.resolve().as_uri())
