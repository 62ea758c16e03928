"""Pages of docs/results, each written from the tables and figures of a finished run.

python -m tools page results cifar10 "on two cores of a laptop"
python -m tools page together implicit-kinds "on one core" --beside implicit-ordering-64
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from phiscope.errors import DataError

# Kind of page -> module with page(run, circumstances, folder), and what the page's name ends in.
PAGES = {
    "results": ("tools.pages.results", ""),
    "latent": ("tools.pages.latent", "-latent"),
    "denoising": ("tools.pages.denoising", ""),
    "study": ("tools.pages.study", ""),
    "implicit": ("tools.pages.implicit", ""),
    "directions": ("tools.pages.directions", "-directions"),
    "together": ("tools.pages.together", "-together"),
    "published": ("tools.pages.published", ""),
}
WITH_OTHERS = ("together",)  # pages of several runs


def write(kind: str, run: Path, circumstances: str, folder: Path, beside: Sequence[Path] = ()) -> Path:
    """Write the page of a run, and the pictures on it, into a folder; returns the page.

    beside: further runs, for the pages of WITH_OTHERS. Raises DataError where there is no such run.
    """
    for each in (run, *beside):
        if not each.is_dir():
            raise DataError(f"{each}: there is no such folder; expected that of a finished run")
    if beside and kind not in WITH_OTHERS:
        raise DataError(f"page {kind}: it is of one run; --beside is for {', '.join(WITH_OTHERS)}")
    module, ending = PAGES[kind]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run.name}{ending}.md"
    others = {"beside": beside} if kind in WITH_OTHERS else {}
    path.write_text(import_module(module).page(run, circumstances, folder, **others), encoding="utf-8")
    return path


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools page", description=__doc__.partition("\n")[0])
    parser.add_argument("kind", choices=PAGES, help="what the page is about")
    parser.add_argument("run", help="name of a finished run below results/")
    parser.add_argument("circumstances", help="one sentence: on what it ran, and for how long")
    parser.add_argument("--beside", nargs="+", default=[], help="further runs, of which a page tells together")
    parser.add_argument("--results", type=Path, default=Path("results"), help="folder of the runs")
    parser.add_argument("--output", type=Path, default=Path("docs/results"), help="folder of the pages")
    options = parser.parse_args(arguments)
    beside = [options.results / name for name in options.beside]
    print(write(options.kind, options.results / options.run, options.circumstances, options.output, beside))
    return 0
