"""Where samples stand: one row per sample, and what that comes to per view."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import softmax

_WHO = ["view", "split", "sample", "label", "predicted"]


def standing(features: pd.DataFrame, hulls: pd.DataFrame) -> pd.DataFrame:
    """Margin, distance to the feature hull and their difference, equation (26), per test sample of each view.

    features: columns of the table of that name, without `features`; hulls: the table of that name. Columns
    added: ambiguity = margin - distance, confidence = largest softmax of the logits, correct.
    """
    hull = hulls.loc[hulls["space"] == "feature", ["view", "split", "sample", "distance", "distance_lower", "position"]]
    found = features[features["split"] == "test"].merge(hull, on=["view", "split", "sample"])
    found["ambiguity"] = found["margin"] - found["distance"]
    logits = np.stack(found["logits"].to_numpy()) if len(found) else np.empty((0, 1))
    found["confidence"] = softmax(logits, axis=1).max(1)
    found["correct"] = found["label"] == found["predicted"]
    return found.drop(columns="logits").sort_values(["view", "sample"], ignore_index=True)


def support_shares(hulls: pd.DataFrame, train_labels: pd.Series) -> pd.DataFrame:
    """How much of each projection rests on training samples with the sample's own label.

    train_labels: by `sample` in the training split. Columns: same_label (support rows), same_share (of the
    rows), same_weight (of the coefficients).
    """
    same = [train_labels.loc[index].to_numpy() == label for index, label in zip(hulls["support_index"], hulls["label"])]
    found = hulls[["view", "space", "sample", "support_size"]].reset_index(drop=True)
    found["same_label"] = [int(hits.sum()) for hits in same]
    found["same_share"] = found["same_label"] / found["support_size"]
    found["same_weight"] = [float(weights[hits].sum()) for hits, weights in zip(same, hulls["support_weight"])]
    return found


def projection_accuracy(features: pd.DataFrame, hulls: pd.DataFrame, pixel_views: Mapping[str, str]) -> pd.DataFrame:
    """Accuracy before and after projecting the same samples, per view and space, and predictions changed.

    In feature space the class after is that of the linear head at the projection; in pixel space that of the
    projection as an image, sent through the network again: pixel_views names the view that holds them.
    """
    feature = hulls.loc[hulls["space"] == "feature", [*_WHO, "projected_class"]].assign(space="feature")
    pairs = [feature.rename(columns={"projected_class": "after"})]
    for of, projected in pixel_views.items():
        after = features.loc[features["view"] == projected, ["sample", "predicted"]]
        before = hulls.loc[(hulls["space"] == "pixel") & (hulls["view"] == of), _WHO]
        pairs.append(before.merge(after.rename(columns={"predicted": "after"}), on="sample").assign(space="pixel"))
    paired = pd.concat(pairs)
    paired = paired.assign(
        accuracy_before=paired["predicted"] == paired["label"],
        accuracy_after=paired["after"] == paired["label"],
        changed=paired["after"] != paired["predicted"],
    )
    grouped = paired.groupby(["view", "space"], sort=True)
    found = grouped[["accuracy_before", "accuracy_after"]].mean()
    found["changed"], found["n"] = grouped["changed"].sum(), grouped.size()
    return found.reset_index()


def ball_summary(balls: pd.DataFrame) -> pd.DataFrame:
    """Per view and split: how many balls hold another sample, how many samples they hold, how many lie in the union."""
    inside = balls["train_inside"] + balls["test_inside"]
    grouped = balls.assign(inside=inside, nonempty=inside > 0).groupby(["view", "split"], sort=True)
    found = grouped.agg(
        n=("sample", "size"),
        share_nonempty=("nonempty", "mean"),
        mean_inside=("inside", "mean"),
        max_inside=("inside", "max"),
        share_in_union=("in_train_union", "mean"),
        median_radius=("radius", "median"),
    )
    return found.reset_index()
