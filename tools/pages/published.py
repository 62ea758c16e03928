"""The published table of Fourier features beside what has been fitted of it so far, image by image."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from safetensors import safe_open

from phiscope import tables
from phiscope.errors import DataError
from phiscope.stats.implicit.fits import PUBLISHED
from phiscope.words.encodings import phrase_of
from tools.pages import markdown

# Mean and standard deviation over 16 images each of the authors' notebook (Tancik et al. 2020), PSNR on odd rows and
# columns in dB.
STATED = {
    "natural": {"none": (19.32, 2.48), "basic": (21.72, 2.72), "positional": (24.95, 3.72), "gaussian": (25.57, 4.19)},
    "text": {"none": (18.40, 2.34), "basic": (20.48, 1.96), "positional": (27.57, 3.07), "gaussian": (30.47, 2.11)},
}


def page(run: Path, circumstances: str, folder: Path) -> str:
    """Of the images and fits that are there; a job that was stopped has left the fits that it had done."""
    rows = fitted(run)
    lines = [f"# {run.name}", "", circumstances, "", f"{len(rows)} fits so far, of 128.", ""]
    for group, stated in STATED.items():
        own = rows[rows["group"] == group]
        lines += [f"**{group}**, PSNR in dB on odd rows and columns, the pixels between four fitted ones", ""]
        head = ["image", *(phrase_of(name) for name in PUBLISHED), "in the published order"]
        lines += [*markdown.table(head, [*_by_image(own), *_mean(own), _published(stated)]), ""]
    about = ["image", "encoding", "fitted pixels", "held-out pixels", "steps", "precision", "seconds"]
    return "\n".join([*lines, *markdown.table(about, _every_fit(rows)), ""])


def fitted(run: Path) -> pd.DataFrame:
    """Rows of finished images, and of the fits that an unfinished one has kept."""
    parts = [tables.read(path) for path in sorted(run.glob("chunks/implicit/*.parquet"))]
    parts += [pd.DataFrame(_kept(path)) for path in sorted(run.glob("chunks/implicit/*.fits/*.safetensors"))]
    if not parts:
        raise DataError(f"{run}: nothing lies at chunks/implicit; expected a run of presets/implicit-published.yaml")
    return pd.concat(parts, ignore_index=True).sort_values("image", kind="stable")


def _kept(path: Path) -> list[dict]:
    with safe_open(path, framework="numpy") as file:
        return json.loads(file.metadata()["rows"])


def _by_image(rows: pd.DataFrame) -> Iterator[list[str]]:
    for image, own in rows.groupby("image"):
        reached = own.set_index("encoding")["psnr_between"]
        there = [reached[name] for name in PUBLISHED if name in reached]
        order = markdown.DASH if len(there) < len(PUBLISHED) else "yes" if there == sorted(there) else "no"
        yield [str(image), *(f"{reached[n]:.2f}" if n in reached else markdown.DASH for n in PUBLISHED), order]


def _mean(rows: pd.DataFrame) -> Iterator[list[str]]:
    """Over the images of which every fit is there, with the deviation between them, where there are two."""
    images = rows.pivot(index="image", columns="encoding", values="psnr_between").reindex(columns=PUBLISHED).dropna()
    if len(images) > 1:
        mean, deviation = images.mean(), images.std()
        numbers = [f"{mean[name]:.2f} ± {deviation[name]:.2f}" for name in PUBLISHED]
        yield [f"mean ± deviation of {len(images)}", *numbers, "yes" if mean.is_monotonic_increasing else "no"]


def _published(stated: dict[str, tuple[float, float]]) -> list[str]:
    return ["published, mean ± deviation of 16", *("{:.2f} ± {:.2f}".format(*stated[n]) for n in PUBLISHED), "yes"]


def _every_fit(rows: pd.DataFrame) -> Iterator[list[str]]:
    for row in rows.to_dict("records"):
        numbers = [f"{row['psnr_train']:.2f}", f"{row['psnr_heldout']:.2f}", f"{row['steps']:,.0f}"]
        yield [row["image"], phrase_of(row["encoding"]), *numbers, row["precision"], f"{row['seconds']:,.0f}"]
