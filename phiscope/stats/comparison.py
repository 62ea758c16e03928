"""What the text states, beside what this run measured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from phiscope.stats.human import DIFFERENCE
from phiscope.stats.intervals import Estimate, Resampling, mean_of, median_of, ratio_of, without_interval

PAPER = "feature_space.txt"
Row = tuple[str, str, str, str, float | None, Estimate]  # key, quantity, unit, section, paper's value, ours


def paper_comparison(
    standing: pd.DataFrame,
    hulls: pd.DataFrame,
    support: pd.DataFrame,
    accuracy: pd.DataFrame,
    balls: pd.DataFrame,
    lipschitz: pd.DataFrame,
    agreement: pd.DataFrame | None = None,
    *,
    dataset_is_papers: bool,
    options: Resampling,
) -> pd.DataFrame:
    """One row per quantity of feature_space.txt, and of our own questions, for the view `original`.

    Frames as from the functions of this package; `hulls` and `balls` are the tables. Numbers of the text stand
    beside ours only where the data set is the text's: dataset_is_papers. Shares are in [0, 1].
    """
    own = [frame[frame["view"] == "original"] for frame in (standing, hulls, support, accuracy, balls)]
    rows = [
        *_distances(own[0], own[1], options),
        *_accuracies(own[3], options),
        *_supports(own[2], options),
        *_balls(own[4], options),
        *_lipschitz(lipschitz),
    ]
    if dataset_is_papers:
        rows += _named_samples(own[0], own[4])
    found = pd.DataFrame([_record(*row, PAPER, dataset_is_papers) for row in rows])
    if agreement is not None:
        found = pd.concat([found, pd.DataFrame(_human(agreement))], ignore_index=True)
    return found


def _record(key, quantity, unit, section, paper_value, estimate: Estimate, paper: str, known: bool) -> dict:
    return {
        "key": key,
        "quantity": quantity,
        "unit": unit,
        "paper": paper,
        "section": section,
        "paper_value": paper_value if known and paper_value is not None else np.nan,
        "value": estimate.value,
        "ci_low": estimate.low,
        "ci_high": estimate.high,
        "interval": estimate.interval,
        "n": estimate.n,
    }


def _distances(standing: pd.DataFrame, hulls: pd.DataFrame, options: Resampling) -> Iterator[Row]:
    yield "accuracy", "accuracy on the test samples", "share", "7.2", 0.9, mean_of(standing["correct"], options)
    closer = mean_of(standing["distance"] < standing["margin"], options)
    name = "share of test samples closer to the hull than to the boundary"
    yield "closer_to_hull", name, "share", "7.2", 0.783, closer
    for column, name in (("margin", "median margin"), ("distance", "median distance to the hull, feature space")):
        yield f"median_{column}", name, "distance", "7.2, Figure 10", None, median_of(standing[column], options)
    for space, rows in hulls.groupby("space"):
        outside = mean_of(rows["position"] == "outside", options)
        name = f"share of test samples proven outside the hull, {space} space"
        yield f"outside_{space}", name, "share", "6, 7.1", 1.0, outside


def _accuracies(accuracy: pd.DataFrame, options: Resampling) -> Iterator[Row]:
    told = {"feature": (None, None, 0.0), "pixel": (0.9, 0.33, None)}
    for row in accuracy.itertuples():
        before, after, changed = told[row.space]
        name = f"accuracy of the samples projected in {row.space} space"
        share = _share(row.accuracy_before, row.n, options)
        yield f"accuracy_before_{row.space}", f"{name}, before", "share", "7.2", before, share
        share = _share(row.accuracy_after, row.n, options)
        yield f"accuracy_after_{row.space}", f"{name}, after", "share", "7.2", after, share
        name = f"share of predictions changed by projecting, {row.space} space"
        share = _share(row.changed / row.n, row.n, options)
        yield f"changed_{row.space}", name, "share", "7.2", changed, share


def _share(value: float, n: int, options: Resampling) -> Estimate:
    """A share whose samples are only known in sum: any samples with that many ones resample alike."""
    ones = round(value * n)
    return mean_of(np.repeat([1.0, 0.0], [ones, n - ones]), options)


def _supports(support: pd.DataFrame, options: Resampling) -> Iterator[Row]:
    told = {"feature": 0.78, "pixel": 0.27}
    for space, rows in support.groupby("space"):
        pooled = ratio_of(rows["same_label"].to_numpy(), rows["support_size"].to_numpy(), options)
        counted = {
            "pooled": ("pooled over all supports", pooled),
            "query": ("mean share per sample", mean_of(rows["same_share"], options)),
            "weighted": ("weighted by coefficient", mean_of(rows["same_weight"], options)),
        }
        for way, (words, estimate) in counted.items():
            name = f"support images with the sample's label, {space} space, {words}"
            yield f"same_label_{space}_{way}", name, "share", "7.2", told[space], estimate


def _balls(balls: pd.DataFrame, options: Resampling) -> Iterator[Row]:
    inside = balls["train_inside"] + balls["test_inside"]
    for split, paper_value in {"train": 0.499, "test": 0.47}.items():
        nonempty = mean_of(inside[balls["split"] == split] > 0, options)
        name = f"share of {split} balls that hold another sample"
        yield f"balls_{split}_nonempty", name, "share", "7.2", paper_value, nonempty
    yield "balls_mean", "other samples inside a ball, mean", "count", "7.2", 297, mean_of(inside, options)
    most = without_interval(inside.max(), len(balls), "a maximum")
    yield "balls_most", "other samples inside a ball, most", "count", "7.2", 4791, most
    union = mean_of(balls.loc[balls["split"] == "test", "in_train_union"], options)
    yield "in_union", "share of test samples in the union of training balls", "share", "7.2", 0.68, union


def _lipschitz(lipschitz: pd.DataFrame) -> Iterator[Row]:
    constant = without_interval(lipschitz["constant"][0], 1, "a property of the classifier")
    yield "lipschitz", "Lipschitz constant of the head, σ_max(Wφ)", "ratio", "7.1", 6.122, constant
    largest = without_interval(lipschitz["largest_ratio"][0], 1, "a maximum")
    name = "largest observed ratio of (14) over pairs with a test sample"
    yield "largest_ratio", name, "ratio", "3", None, largest


def _named_samples(standing: pd.DataFrame, balls: pd.DataFrame) -> Iterator[Row]:
    """The two samples that the text looks at, where they are in the run: its first and its #732."""
    told = {0: ("first test sample", "7.1", 2.546, 0.508), 731: ("test sample #732", "7.2", 0.3745, 2.143)}
    for sample, (name, section, *values) in told.items():
        for _, row in standing[standing["sample"] == sample].iterrows():
            for column, words, value in zip(("margin", "distance"), ("margin", "distance to the feature hull"), values):
                found = without_interval(row[column], 1, "one sample")
                yield f"sample_{sample}_{column}", f"{name}: {words}", "distance", section, value, found
    first = balls[(balls["sample"] == 0) & (balls["split"] == "test")]
    for _, row in first.iterrows():
        for split, value in (("train", 437), ("test", 69)):
            found = without_interval(row[f"{split}_inside"], 1, "one sample")
            yield (
                f"sample_0_{split}_inside",
                f"first test sample: {split} samples in its ball",
                "count",
                "7.1",
                value,
                found,
            )


def _human(agreement: pd.DataFrame) -> Iterator[dict]:
    for row in agreement.itertuples():
        what = "difference of rank correlations" if row.indicator == DIFFERENCE else "rank correlation"
        estimate = Estimate(row.correlation, row.ci_low, row.ci_high, row.interval, row.n)
        name = f"{what} with human label entropy: {row.indicator}"
        yield _record(f"human_{row.key}", name, "correlation", "", None, estimate, "", False)
