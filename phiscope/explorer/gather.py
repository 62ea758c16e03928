"""From a finished run to what the explorer shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.exhibits.run import Run
from phiscope.explorer.columns import columns_of
from phiscope.explorer.details import details_of
from phiscope.explorer.frames import frames_of, of_split, spectra_of
from phiscope.explorer.listed import as_listed, contradicted
from phiscope.explorer.page import ExplorerPage, TrainingSamples
from phiscope.explorer.pictures import has_picture, of_inversions, of_training, used_training_samples
from phiscope.explorer.questions import questions_of
from phiscope.explorer.thumbnails import Sheets
from phiscope.views import in_words
from phiscope.views.epsilon import with_epsilon

# Artifacts that the page is made of, by name.
NEEDS = ("located", "margins", "hulls", "balls", "samples", "test_images", "training_images")
OPTIONAL = (
    "support",
    "duplicates",
    "processed_hulls",
    "attacks",
    "scores",
    "inversions",
    "closest_images",
    "spectra",
    "entropy",
    "hull_standing",
    "inspect",
    "disagreements",
    "thumbnails",
    "inverted_images",
)
TRAIN = ":train"  # names of groups of thumbnails, which no view can have
INVERTED = ":inverted"


def gather(run: Run) -> ExplorerPage:
    """What the page of a run shows. context: title, setting, only; views, as configured, and their origins."""
    run, asked = run.only([*NEEDS, *OPTIONAL]), run.context["views"]
    frames, classes = frames_of(run), run.classes
    columns = columns_of(frames, classes)
    split = "train" if run.single_split == "train" else "test"
    hulls = {
        "feature": run["hulls"].query("space == 'feature'"),
        "pixel": run["hulls"].query("space == 'pixel'"),
        "processed": run["processed_hulls"],
    }
    hulls = {kind: rows for kind, rows in hulls.items() if rows is not None and len(rows)}
    spectra = spectra_of(run["spectra"], run.context["setting"])
    details = details_of(
        *(frames, len(classes), of_split(run["margins"], split), hulls),
        *(_pictured(run["inversions"]), spectra),
    )
    return ExplorerPage(
        title=run.context["title"],
        classes=classes,
        columns=columns,
        questions=[
            *as_listed(questions_of(columns), frames.rows, run["inspect"] if split == "test" else None),
            *contradicted(frames.rows, run["disagreements"], split),
        ],
        axes=("hull_distance", "margin") if "feature" in hulls else ("confidence", "margin"),
        pictures=_pictures(run, hulls),
        details=details,
        training=_training(run["samples"], run["duplicates"], hulls),
        views={name: in_words(with_epsilon(view, run["training_images"])) for name, view in asked.items()},
        origins=run.context["origins"],
        split=split,
    )


def _pictures(run: Run, hulls: Mapping[str, pd.DataFrame]) -> dict[str, Sheets]:
    """Name of a view, `TRAIN` or `INVERTED` -> its thumbnails; none of vectors alone."""
    if not run["training_images"].holds_images:
        return {}
    groups: dict[str, Sheets | None] = dict(sheets_in(run["thumbnails"] or {}))
    groups[TRAIN] = of_training(run["training_images"], used_training_samples(hulls, run["duplicates"]))
    if run["inversions"] is not None:
        groups[INVERTED] = of_inversions(run["inversions"], run["inverted_images"] or {})
    return {name: sheets for name, sheets in groups.items() if sheets}


def sheets_in(arrays: Mapping[str, NDArray]) -> dict[str, Sheets]:
    """Of the file of thumbnails, by view."""
    groups: dict[str, dict[str, NDArray]] = {}
    for key, array in arrays.items():
        name, _, part = key.rpartition("/")
        groups.setdefault(name, {})[part] = array
    return {name: Sheets.of_arrays(parts) for name, parts in groups.items()}


def _training(
    listed: pd.DataFrame, duplicates: pd.DataFrame | None, hulls: Mapping[str, pd.DataFrame]
) -> TrainingSamples:
    numbers = used_training_samples(hulls, duplicates)
    own = listed[listed["dataset"].isna() & (listed["split"] == "train")].set_index("sample").reindex(numbers)
    counts = {}
    for kind, rows in hulls.items():
        index = np.concatenate([np.empty(0, int), *rows.loc[rows["view"] == "original", "support_index"]]).astype(int)
        counts[kind] = np.bincount(np.searchsorted(numbers, index), minlength=len(numbers))
    files = [value if isinstance(value, str) else None for value in own["file"]]
    labels = own["label"].fillna(-1).to_numpy(int)
    return TrainingSamples(numbers, labels, files, counts)


def _pictured(inversions: pd.DataFrame | None) -> Any:
    """The table with the number of each row's thumbnail, -1 where its image has none."""
    if inversions is None:
        return None
    drawn = has_picture(inversions)
    return inversions.assign(picture=np.where(drawn, np.cumsum(drawn) - 1, -1))
