"""Which samples to look at, and where the samples of each class stand: what a report begins with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from phiscope.stats.intervals import Resampling, share_of
from phiscope.words.labels import named
from phiscope.words.numbers import percent, significant
from phiscope.words.reasons import REASONS

MOST = 50  # samples that are listed for one reason; errors are listed all
CONFIDENT = 0.99
OWN_CLASS = 0.5  # a label is suspicious where less than this weight of the support has it

_COLUMNS = ("split", "sample", "label", "predicted", "margin", "distance", "confidence")


def inspection(
    standing: pd.DataFrame, support: pd.DataFrame, duplicates: pd.DataFrame, files: pd.DataFrame, classes: Sequence[str]
) -> pd.DataFrame:
    """Samples worth a look, one row for each reason that a sample is listed for (`phiscope.words.reasons`).

    standing: of the original view alone, `distance` and its noise may be missing; support: `support_shares`;
    duplicates: the statistic; files: of the table `samples`, the columns sample and file of the same split. Columns:
    reason; rank, from 1; those of the sample; value, what ranks it: confidence (error, far_outside: hull distance),
    weight of the own class in the support (label_suspect), distance of the pixels, or of the features where there are
    no pixels (duplicate), margin minus hull distance (ambiguous); train_sample, the copy, -1 for other reasons; why,
    a sentence; file. Reasons come in the order of `REASONS`.
    """
    standing = standing.assign(
        distance=standing.get("distance", np.nan), distance_noise=standing.get("distance_noise", 0.0)
    )
    shares = support.query("view == 'original' and space == 'feature'")[["sample", "same_weight"]]
    samples = standing[[*_COLUMNS, "distance_noise"]].merge(shares, on="sample", how="left", validate="one_to_one")
    listed = [make(samples).assign(reason=reason) for reason, make in _RULES.items()]
    listed.append(_copies(samples, duplicates).assign(reason="duplicate"))
    rows = pd.concat(listed, ignore_index=True)
    order = {reason: place for place, reason in enumerate(REASONS)}
    rows = rows.sort_values("reason", key=lambda column: column.map(order), kind="stable", ignore_index=True)
    rows["rank"] = rows.groupby("reason").cumcount() + 1
    rows["why"] = [_in_words(row, classes) for row in rows.to_dict("records")]
    rows["train_sample"] = rows["train_sample"].fillna(-1).astype(int)
    rows = rows.merge(files, on="sample", how="left", validate="many_to_one")
    return rows[["reason", "rank", *_COLUMNS, "value", "train_sample", "why", "file"]]


def class_summary(standing: pd.DataFrame, classes: Sequence[str], options: Resampling) -> pd.DataFrame:
    """Where the labelled samples of each class stand; standing: of the original view alone.

    Columns: class, class_name; n; accuracy, with ci_low, ci_high and interval; median_margin and median_distance (to
    the hull; NaN without one). A class without a sample has n = 0 and NaN.
    """
    distances = standing.get("distance", pd.Series(np.nan, standing.index))
    rows = []
    for number, name in enumerate(classes):
        own = standing["label"] == number
        about = {"class": number, "class_name": name, "n": int(own.sum())}
        right = share_of(standing.loc[own, "correct"].to_numpy(), options) if own.any() else None
        about |= {
            "accuracy": right.value if right else np.nan,
            "ci_low": right.low if right else np.nan,
            "ci_high": right.high if right else np.nan,
            "interval": right.interval if right else "no sample",
            "median_margin": standing.loc[own, "margin"].median(),
            "median_distance": distances[own].median(),
        }
        rows.append(about)
    return pd.DataFrame(rows)


def confusion(standing: pd.DataFrame, classes: int) -> pd.DataFrame:
    """How often each label (rows) is predicted as each class (columns), of labelled samples."""
    labelled = standing[standing["label"] >= 0]
    table = pd.crosstab(labelled["label"], labelled["predicted"])
    return table.reindex(index=range(classes), columns=range(classes), fill_value=0)


def _errors(samples: pd.DataFrame) -> pd.DataFrame:
    wrong = samples[(samples["label"] >= 0) & (samples["label"] != samples["predicted"])]
    return wrong.assign(value=wrong["confidence"]).sort_values("value", ascending=False, kind="stable")


def _suspects(samples: pd.DataFrame) -> pd.DataFrame:
    # In the hull a sample is a mixture of training samples in many ways, of which the solver gives any.
    outside = samples["distance"] > samples["distance_noise"]
    suspect = samples[(samples["same_weight"] < OWN_CLASS) & outside]
    return suspect.assign(value=suspect["same_weight"]).sort_values("value", kind="stable").head(MOST)


def _ambiguous(samples: pd.DataFrame) -> pd.DataFrame:
    ranked = samples.assign(value=samples["margin"] - samples["distance"].fillna(0))
    return ranked[np.isfinite(ranked["value"])].sort_values("value", kind="stable").head(MOST)


def _far(samples: pd.DataFrame) -> pd.DataFrame:
    sure = samples[(samples["confidence"] >= CONFIDENT) & (samples["distance"] > samples["distance"].median())]
    return sure.assign(value=sure["distance"]).sort_values("value", ascending=False, kind="stable").head(MOST)


_RULES = {"error": _errors, "label_suspect": _suspects, "ambiguous": _ambiguous, "far_outside": _far}


def _copies(samples: pd.DataFrame, duplicates: pd.DataFrame) -> pd.DataFrame:
    """One row for a sample: its closest copy, one with another label before the others."""
    pairs = duplicates[["sample", "train_sample", "train_label", "pixel_rms", "feature_distance"]]
    rows = samples.merge(pairs, on="sample")
    rows["value"] = rows["pixel_rms"].fillna(rows["feature_distance"])
    same = (rows["label"] == rows["train_label"]) | (rows["label"] < 0)
    rows = rows.assign(same=same).sort_values(["same", "value", "train_sample"], kind="stable")
    return rows.drop_duplicates("sample").head(MOST)


def _in_words(row: dict, classes: Sequence[str]) -> str:
    label, predicted = named(row["label"], classes), classes[int(row["predicted"])]
    said = {
        "error": lambda: f"labelled {label}, predicted {predicted} with confidence {_sure(row['confidence'])}",
        "label_suspect": lambda: (
            f"labelled {label}; {percent(row['same_weight'])} of the weight of its nearest training mixture is {label}"
        ),
        "ambiguous": lambda: (
            f"boundary at {significant(row['margin'])}"
            + (f", training hull at {significant(row['distance'])}" if np.isfinite(row["distance"]) else "")
        ),
        "far_outside": lambda: (
            f"predicted {predicted} with confidence {_sure(row['confidence'])}, {significant(row['distance'])} outside "
            "the training hull"
        ),
        "duplicate": lambda: (
            f"labelled {label}; training sample {int(row['train_sample'])} looks the same and is labelled "
            f"{named(row['train_label'], classes)}"
        ),
    }
    return said[row["reason"]]()


def _sure(confidence: float) -> str:
    return "above 99.9 %" if confidence > 0.999 else percent(confidence)
