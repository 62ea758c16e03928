"""The pictures of one image, drawn in many ways, that a figure shows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.experiments.implicit.settings import TRAINING, Setting


def of_all_chunks(pictures: Mapping[str, Mapping[str, NDArray]]) -> dict[str, NDArray]:
    """Pictures by the names of their settings, from those of each chunk; one image alone has pictures."""
    return {name: picture for chunk in pictures.values() for name, picture in chunk.items()}


def gallery(chosen: pd.DataFrame, pictures: Mapping[str, NDArray], image: str) -> pd.DataFrame:
    """The original and every picture of networks: model, encoding, spectrum, asked_k, psnr_train, psnr_heldout, image.

    chosen: as from `stats.implicit.fits.tuned`; pictures (h, w, c) by the names of their settings, and `original`.
    Fits of all pixels are shown where there are no others. Images come flat beside `channels`, `height`, `width`,
    channels first.
    """
    rows = chosen[(chosen["image"] == image) & chosen["model"].isin(["mlp", "siren"])]
    rows = rows[rows["seed"] == rows["seed"].min()]
    if TRAINING in set(rows["pixels"]):  # what is wrong between the pixels is to be seen
        rows = rows[rows["pixels"] == TRAINING]
    drawn = [_row({"model": "", "encoding": "original"}, pictures["original"])]
    for row in rows.to_dict("records"):
        picture = pictures.get(_setting(row).name)
        if picture is not None:
            columns = ("model", "encoding", "spectrum", "asked_k", "psnr_train", "psnr_heldout")
            drawn.append(_row({key: row[key] for key in columns}, picture))
    return pd.DataFrame(drawn)


def _setting(row: Mapping) -> Setting:
    """The setting that a row of the table is of; empty cells are None."""
    optional = {key: row[key] for key in ("sigma", "learning_rate") if pd.notna(row[key])}
    k = None if pd.isna(row["asked_k"]) else int(row["asked_k"])
    return Setting(
        row["model"], row["encoding"], k=k, spectrum=row["spectrum"] or None, pixels=row["pixels"], **optional
    )


def _row(about: dict, picture: NDArray) -> dict:
    first = np.moveaxis(np.asarray(picture, dtype=float), 2, 0)
    shape = dict(zip(("channels", "height", "width"), first.shape))
    return about | shape | {"image": first.ravel()}
