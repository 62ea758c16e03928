"""Open the report of a run in the browser.

phiscope open digits
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
    page = folder_of(parser.parse_args(arguments).run) / "report.html"
    if not page.is_file():
        raise ConfigError(f"{page}: there is no report yet; `phiscope run` makes it")
    print(page)
    webbrowser.open(page.resolve().as_uri())
