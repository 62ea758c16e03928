"""Pictures of the documentation, small enough to be kept beside it.

python -m tools pictures reading           how to read margin and hull: drawn by the library, on two features
python -m tools pictures gallery RUN ...   the figures of finished runs
"""

from __future__ import annotations

import argparse
from pathlib import Path

from phiscope.errors import DataError
from tools.docs.gallery import ELSEWHERE
from tools.pages.markdown import small

WIDTH = 800  # pixels of a picture in the gallery, whose pictures are below 3 MB together
FOLDER = Path(__file__).parents[2] / "docs/pictures"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools pictures", description=__doc__.partition("\n")[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    kinds.add_parser("reading", help="pictures of the page on margin and hull")
    runs = kinds.add_parser("gallery", help="one picture of every figure that runs have")
    runs.add_argument("runs", nargs="+", type=Path, help="folders of finished runs; the first that has a figure counts")
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder of the pictures")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    if options.kind == "reading":
        from tools.pictures.reading import write  # deferred: matplotlib

        write(options.output)
    else:
        gallery(options.runs, options.output / "gallery")
    return 0


def gallery(runs: list[Path], folder: Path) -> list[Path]:
    """Copy one picture of every figure that the runs have, made small. Raises DataError where a run has none."""
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, Path] = {}
    for run in runs:
        pictures = sorted((run / "figures").glob("*.png"))
        if not pictures:
            raise DataError(f"{run}/figures: there is no picture; expected the folder of a finished run")
        for picture in pictures:
            kind = picture.stem.partition("-")[0]
            if kind not in made and kind not in ELSEWHERE:
                made[kind] = folder / f"{kind}.png"
                small(picture, made[kind], WIDTH)
    return list(made.values())
