"""What the text states, beside what this run measured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from phiscope.stats.human import DIFFERENCE
from phiscope.stats.intervals import Estimate, Resampling, mean_of, median_of, ratio_of, without_interval

PAPER = "feature_space.txt"
Row = tuple[str, str, float | None, Estimate]


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
        *_accuracies(own[3], own[1], options),
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


def _record(quantity, section, paper_value, estimate: Estimate, paper: str, known: bool) -> dict:
    return {
        "quantity": quantity,
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
    closer = standing["distance"] < standing["margin"]
    yield "share of test samples closer to the hull than to the boundary", "7.2", 0.783, mean_of(closer, options)
    yield "median margin", "7.2, Figure 10", None, median_of(standing["margin"], options)
    yield "median distance to the hull, feature space", "7.2, Figure 10", None, median_of(standing["distance"], options)
    for space, rows in hulls.groupby("space"):
        outside = mean_of(rows["position"] == "outside", options)
        yield f"share of test samples proven outside the hull, {space} space", "6, 7.1", 1.0, outside


def _accuracies(accuracy: pd.DataFrame, hulls: pd.DataFrame, options: Resampling) -> Iterator[Row]:
    told = {"feature": (None, None), "pixel": (0.9, 0.33)}
    for row in accuracy.itertuples():
        before, after = told[row.space]
        name = f"accuracy of the samples projected in {row.space} space"
        yield f"{name}, before", "7.2", before, _share(row.accuracy_before, row.n, options)
        yield f"{name}, after", "7.2", after, _share(row.accuracy_after, row.n, options)
        changed = 0.0 if row.space == "feature" else None
        yield (
            f"share of predictions changed by projecting, {row.space} space",
            "7.2",
            changed,
            _share(row.changed / row.n, row.n, options),
        )


def _share(value: float, n: int, options: Resampling) -> Estimate:
    """A share whose samples are only known in sum: any samples with that many ones resample alike."""
    ones = round(value * n)
    return mean_of(np.repeat([1.0, 0.0], [ones, n - ones]), options)


def _supports(support: pd.DataFrame, options: Resampling) -> Iterator[Row]:
    told = {"feature": 0.78, "pixel": 0.27}
    for space, rows in support.groupby("space"):
        name = f"support images with the sample's label, {space} space"
        pooled = ratio_of(rows["same_label"].to_numpy(), rows["support_size"].to_numpy(), options)
        yield f"{name}, pooled over all supports", "7.2", told[space], pooled
        yield f"{name}, mean share per sample", "7.2", told[space], mean_of(rows["same_share"], options)
        yield f"{name}, weighted by coefficient", "7.2", told[space], mean_of(rows["same_weight"], options)


def _balls(balls: pd.DataFrame, options: Resampling) -> Iterator[Row]:
    inside = balls["train_inside"] + balls["test_inside"]
    told = {"train": 0.499, "test": 0.47}
    for split, paper_value in told.items():
        nonempty = mean_of(inside[balls["split"] == split] > 0, options)
        yield f"share of {split} balls that hold another sample", "7.2", paper_value, nonempty
    yield "samples inside a ball, mean", "7.2", 297, mean_of(inside, options)
    yield "samples inside a ball, most", "7.2", 4791, without_interval(inside.max(), len(balls), "a maximum")
    test = balls[balls["split"] == "test"]
    yield "share of test samples in the union of training balls", "7.2", 0.68, mean_of(test["in_train_union"], options)


def _lipschitz(lipschitz: pd.DataFrame) -> Iterator[Row]:
    fixed = "a property of the classifier"
    yield (
        "Lipschitz constant of the head, σ_max(Wφ)",
        "7.1",
        6.122,
        without_interval(lipschitz["constant"][0], 1, fixed),
    )
    largest = without_interval(lipschitz["largest_ratio"][0], 1, "a maximum")
    yield "largest observed ratio of (14) over pairs with a test sample", "3", None, largest


def _named_samples(standing: pd.DataFrame, balls: pd.DataFrame) -> Iterator[Row]:
    """The two samples that the text looks at, where they are in the run: its first and its #732."""
    told = {0: ("first test sample", "7.1", 2.546, 0.508), 731: ("test sample #732", "7.2", 0.3745, 2.143)}
    one = "one sample"
    for sample, (name, section, margin, distance) in told.items():
        for row in standing[standing["sample"] == sample].itertuples():
            yield f"{name}: margin", section, margin, without_interval(row.margin, 1, one)
            yield (
                f"{name}: distance to the hull, feature space",
                section,
                distance,
                without_interval(row.distance, 1, one),
            )
    first = balls[(balls["sample"] == 0) & (balls["split"] == "test")]
    for row in first.itertuples():
        yield "first test sample: training samples in its ball", "7.1", 437, without_interval(row.train_inside, 1, one)
        yield "first test sample: test samples in its ball", "7.1", 69, without_interval(row.test_inside, 1, one)


def _human(agreement: pd.DataFrame) -> Iterator[dict]:
    for row in agreement.itertuples():
        what = "difference of rank correlations" if row.indicator == DIFFERENCE else "rank correlation"
        estimate = Estimate(row.correlation, row.ci_low, row.ci_high, row.interval, row.n)
        yield _record(f"{what} with human label entropy: {row.indicator}", "", None, estimate, "", False)
