"""Where samples stand: one row per sample, and what that comes to per view."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.errors import DataError

_WHO = ["view", "split", "sample", "label", "predicted"]
_KEY = ["view", "split", "sample"]


def standing(features: pd.DataFrame, hulls: pd.DataFrame, processed_hulls: pd.DataFrame | None = None) -> pd.DataFrame:
    """Margin, distance to the feature hull and their difference, equation (26), per test sample of each view.

    features: of the table of that name, with confidence, the largest softmax of the logits, which are not needed;
    hulls: the table of that name. Samples without a feature hull are left out, unless none has one: then distance and
    ambiguity are NaN. Columns added: ambiguity = margin - distance, which is small or negative for ambiguous images;
    correct, never so for samples of another data set, whose label is -1; distance_noise, how far rounding may move
    sample and hull; processed, the distance in the table processed_hulls, NaN where there is none. Distances of samples
    that touch the hull are 0, see `at_zero`.
    """
    hull = at_zero(hulls).loc[hulls["space"] == "feature", [*_KEY, "distance", "distance_lower", "noise", "position"]]
    hull = hull.rename(columns={"noise": "distance_noise"})
    own = features.loc[features["split"] == "test", [*_WHO, "margin", "margin_noise", "closest_class", "confidence"]]
    kept = "inner" if len(hull) else "left"
    samples = own.merge(hull, on=_KEY, how=kept, validate="one_to_one")
    samples = samples.sort_values(["view", "sample"], ignore_index=True)
    samples["processed"] = _processed(samples, processed_hulls)
    samples["ambiguity"] = samples["margin"] - samples["distance"]
    return _judged(samples)


def at_zero(hulls: pd.DataFrame) -> pd.DataFrame:
    """Projections with distance 0 where a sample touches the hull: what is left there is a tolerance, no length."""
    return hulls.assign(distance=hulls["distance"].where(hulls["position"] != "within_tolerance", 0.0))


def training_standing(features: pd.DataFrame) -> pd.DataFrame:
    """Margin, confidence and correct, as in `standing`, of every training sample; features: as there."""
    return _judged(features[[*_WHO, "margin", "closest_class", "confidence"]].sort_values("sample", ignore_index=True))


def _judged(samples: pd.DataFrame) -> pd.DataFrame:
    return samples.assign(correct=samples["label"] == samples["predicted"])


def _processed(samples: pd.DataFrame, processed_hulls: pd.DataFrame | None) -> NDArray[np.float64]:
    if processed_hulls is None:
        return np.full(len(samples), np.nan)
    beside = at_zero(processed_hulls)[[*_KEY, "distance"]].rename(columns={"distance": "processed"})
    return samples[_KEY].merge(beside, on=_KEY, how="left", validate="one_to_one")["processed"].to_numpy()


def support_shares(hulls: pd.DataFrame, train_labels: pd.Series) -> pd.DataFrame:
    """How much of each projection rests on training samples with the sample's own label.

    train_labels: by `sample` in the training split. Columns: view, space, sample, support_size; same_label, how many
    of the support have the label; same_share, of the support; same_weight, of the coefficients, which sum to 1.
    Samples without a label (-1) are left out; training samples without one are not counted, and samples that rest on
    such alone left out. Raises DataError for a support sample that is not in train_labels.
    """
    hulls = hulls[hulls["label"] >= 0].sort_values(["view", "space", "sample"], ignore_index=True)
    owner = np.repeat(np.arange(len(hulls)), hulls["support_index"].map(len).to_numpy(int))
    labels = _looked_up(train_labels, _flat(hulls["support_index"], int))
    known, weight = labels >= 0, _flat(hulls["support_weight"], float)

    def total(values: NDArray) -> NDArray:
        return np.bincount(owner, values * known, len(hulls))

    same, sizes = labels == hulls["label"].to_numpy()[owner], total(np.ones(len(owner)))
    shares = hulls[["view", "space", "sample"]].assign(
        support_size=sizes.astype(int),
        same_label=total(same).astype(int),
        weight=total(weight),
        same_weight=total(weight * same),
    )
    shares = shares[sizes > 0].reset_index(drop=True)
    shares.insert(5, "same_share", shares["same_label"] / shares["support_size"])
    shares["same_weight"] /= shares.pop("weight")
    return shares


def projection_accuracy(features: pd.DataFrame, hulls: pd.DataFrame, pixel_views: Mapping[str, str]) -> pd.DataFrame:
    """Accuracy before and after projecting the same samples, per view and space.

    In feature space the class after is that of the linear head at the projection; in pixel space that of the
    projection as an image, sent through the network again: pixel_views maps a view to the view that holds its
    projections. Samples without a class after or a label are left out, so is a space without samples. Columns: n,
    accuracy_before, accuracy_after; of the predictions `changed`, how many became right (`gained`) and wrong (`lost`).
    """
    feature = hulls.loc[hulls["space"] == "feature", [*_WHO, "projected_class"]]
    pairs = [feature.rename(columns={"projected_class": "after"}).assign(space="feature")]
    for view, projected in pixel_views.items():
        after = features.loc[features["view"] == projected, ["split", "sample", "predicted"]]
        before = hulls.loc[(hulls["space"] == "pixel") & (hulls["view"] == view), _WHO]
        after = after.rename(columns={"predicted": "after"})
        pairs.append(before.merge(after, on=["split", "sample"], validate="one_to_one").assign(space="pixel"))
    paired = pd.concat(pairs, ignore_index=True).dropna(subset="after").query("label >= 0")
    right, still = paired["predicted"] == paired["label"], paired["after"] == paired["label"]
    paired = paired.assign(
        right=right,
        still=still,
        changed=paired["after"] != paired["predicted"],
        gained=still & ~right,
        lost=right & ~still,
    )
    return paired.groupby(["view", "space"], as_index=False).agg(
        n=("sample", "size"),
        accuracy_before=("right", "mean"),
        accuracy_after=("still", "mean"),
        changed=("changed", "sum"),
        gained=("gained", "sum"),
        lost=("lost", "sum"),
    )


def ball_summary(balls: pd.DataFrame) -> pd.DataFrame:
    """Per view and split: how many balls hold another sample, how many they hold, how many centres the union holds.

    balls: the table of that name. Columns: n, share_nonempty, mean_inside, max_inside (training and test samples
    together, over all balls), share_in_union (of the balls of other training samples), median_radius. What noise
    decides counts as neither inside nor outside: on_surface, how many pairs of a ball and a sample; on_union_surface,
    how many centres.
    """
    inside = balls["train_inside"] + balls["test_inside"]
    frame = balls.assign(inside=inside, nonempty=inside > 0)
    return frame.groupby(["view", "split"], as_index=False).agg(
        n=("sample", "size"),
        share_nonempty=("nonempty", "mean"),
        mean_inside=("inside", "mean"),
        max_inside=("inside", "max"),
        share_in_union=("in_train_union", "mean"),
        on_surface=("on_surface", "sum"),
        on_union_surface=("on_union_surface", "sum"),
        median_radius=("radius", "median"),
    )


def _flat(lists: pd.Series, dtype: type) -> NDArray:
    """All rows of a list column, one after the other."""
    return np.concatenate([np.empty(0, dtype), *lists]).astype(dtype)


def _looked_up(labels: pd.Series, samples: NDArray) -> NDArray:
    places = labels.index.get_indexer(samples)
    if (places < 0).any():
        missing = int(samples[places < 0][0])
        raise DataError(f"support: training sample {missing} has no label; expected labels of the whole training split")
    return labels.to_numpy()[places]
