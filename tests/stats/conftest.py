"""One small run, made up: two classes, a view and its projections, enough of each table for every statistic."""

import numpy as np
import pandas as pd
import pytest

from phiscope import stats
from phiscope.experiments.inversion.paths import COLUMNS
from phiscope.papers.comparison import paper_comparison
from phiscope.stats.closest import closest_distances, closest_summary
from phiscope.stats.intervals import Resampling
from phiscope.stats.inversion import summary
from phiscope.stats.sweeps import QUESTIONS as SWEEPS
from phiscope.words.detectors import SCORES

TRAIN, TEST = 12, 10
ATTACKS = ("deepfool", "pgd-first", "pgd-full")
ATTACKS_NAMED = {name.replace("-", "_"): name for name in ATTACKS}


def random_norms(*features: pd.DataFrame) -> pd.DataFrame:
    """Norms of features of some views."""
    frame = pd.concat([each[["view", "sample"]] for each in features], ignore_index=True)
    return frame.assign(norm=np.random.default_rng(11).uniform(1, 2, len(frame)))


def _margins(original: pd.DataFrame) -> pd.DataFrame:
    """Of the first sample the margins to the nine classes that it is not, if it is a cat."""
    others = [place for place in range(10) if place != 3]
    frame = pd.DataFrame({"other_class": others, "margin": np.arange(9) + 0.5})
    return frame.assign(view="original", split="test", sample=0)


def _sweeps() -> pd.DataFrame:
    """Answers to every question about attacks at many settings and about paths."""
    rows = [
        {"key": key, "quantity": words, "unit": unit, "value": 0.5, "ci_low": 0.4, "ci_high": 0.6}
        for key, (words, unit) in SWEEPS.items()
    ]
    return pd.DataFrame(rows).assign(interval="95 % Wilson; test samples like those of this run, classifier and", n=7)


def _features(view: str, split: str, count: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    logits = random.normal(size=(count, 3))
    return pd.DataFrame({
        "view": view, "split": split, "sample": np.arange(count), "label": random.integers(3, size=count),
        "predicted": logits.argmax(axis=1), "margin": random.uniform(0.1, 2, count), "closest_class": 1,
        "margin_noise": 1e-6,
        "confidence": random.uniform(0.4, 1, count),
    })  # fmt: skip


def _hulls(features: pd.DataFrame, space: str, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 6, len(features))
    return features[["view", "split", "sample", "label", "predicted"]].assign(
        space=space, distance=random.uniform(0.1, 2, len(features)), distance_lower=0.1, position="outside", noise=1e-6,
        support_size=sizes, support_index=[random.choice(TRAIN, size, replace=False) for size in sizes],
        support_weight=[random.dirichlet(np.ones(size)) for size in sizes],
        projected_class=features["predicted"].astype(float) if space == "feature" else np.nan,
    )  # fmt: skip


def _inversions(features: pd.DataFrame) -> pd.DataFrame:
    """Every sample to both targets: all are reached but the last sample's flip point, and sample 3 has none."""
    rows = features[["view", "split", "sample", "label"]].assign(own=features["predicted"], status="solved")
    flip = rows.assign(target="flip", target_class=(rows["own"] + 1) % 3, pixel_distance=0.1 + rows["sample"] / 10)
    flip["predicted"] = flip["target_class"].where(flip["sample"] % 2 == 0, flip["own"])
    flip["class_changes"] = (flip["sample"] % 2 == 0).astype(int)
    flip.loc[flip["sample"] == TEST - 1, "status"] = "unreached"
    flip.loc[flip["sample"] == 3, ["status", "pixel_distance", "predicted"]] = ["no_target", np.nan, -1]
    hull = rows.assign(target="hull", target_class=rows["own"], predicted=rows["own"], pixel_distance=0.35)
    hull["class_changes"] = (hull["sample"] == 4) * 2
    return pd.concat([flip, hull], ignore_index=True)


def _closest(features: pd.DataFrame) -> pd.DataFrame:
    """Images on the boundary for all but the last sample, half as far as the attack's for the even ones."""
    rows = features[["view", "split", "sample", "label", "predicted"]].assign(
        other_class=1, start="class 1", image="inversions/closest/a.safetensors:0", kkt_residual=1e-3
    )
    rows["pixel_distance"] = np.where(rows["sample"] % 2 == 0, 0.125, 0.2 + rows["sample"] / 1000)
    rows["status"] = np.where(rows["sample"] < 5, "stationary", "stopped")
    rows.loc[rows["sample"] == TEST - 1, ["status", "pixel_distance", "other_class"]] = ["not_found", np.nan, -1]
    return rows


@pytest.fixture
def run() -> dict:
    """Tables as they are read: features of two views, hulls in two spaces, balls, labels of the training split."""
    original, train = _features("original", "test", TEST, 0), _features("original", "train", TRAIN, 1)
    projected = _features("hull-pixel", "test", TEST - 2, 2)
    projected["label"] = original["label"]
    attacks = {
        view: _features(view, "test", TEST, 6 + 2 * place).assign(label=original["label"], margin=0.01)
        for place, view in enumerate(ATTACKS)
    }
    attacked = pd.concat(attacks.values(), ignore_index=True)
    norms = random_norms(original, attacked)
    random = np.random.default_rng(3)
    balls = pd.concat([original, train], ignore_index=True)[["view", "split", "sample", "label", "predicted"]].assign(
        radius=random.uniform(0.1, 2, TEST + TRAIN), train_inside=random.integers(0, 4, TEST + TRAIN),
        test_inside=random.integers(0, 2, TEST + TRAIN), in_train_union=random.random(TEST + TRAIN) < 0.5,
        on_surface=0, on_union_surface=False,
    )  # fmt: skip
    return {
        "features": pd.concat([original, projected, train], ignore_index=True),
        "hulls": pd.concat([_hulls(original, "feature", 4), _hulls(original[:8], "pixel", 5)], ignore_index=True),
        "balls": balls,
        "train_labels": train.set_index("sample")["label"],
        "lipschitz": pd.DataFrame({"constant": [3.0], "largest_ratio": [2.5], "from_samples": [4], "of_samples": [4]}),
        "entropy": pd.DataFrame({"sample": np.arange(TEST), "entropy": random.random(TEST)}),
        "attacked": attacked,
        "attacked_hulls": _hulls(attacked, "feature", 7),
        "norms": norms,
        "rounded": _hulls(attacked, "feature", 9).assign(margin=0.02),
        "margins": _margins(original),
        "sweeps": _sweeps(),
        "attacks": attacked[["view", "sample"]].assign(success=True, success_8bit=attacked["sample"] < 3, l2=0.25),
        "inversions": _inversions(original),
        "closest": _closest(original),
        "scores": pd.DataFrame(
            {
                "sample": np.tile(np.arange(TEST), len(SCORES)),
                "detector": np.repeat(list(SCORES), TEST),
                "score": random.normal(size=TEST * len(SCORES)),
            }
        ),
    }


@pytest.fixture
def compare():
    """From tables to the comparison."""
    paths = pd.DataFrame([(0, "ball", 3.0, 0.8, 1.0, 0.9, 0.1)], columns=COLUMNS)
    edits = pd.DataFrame(columns=["sample", "side", "margin", "distance", "moved"])

    def compared(run: dict, *, dataset_is_papers=True, people=True, attacked=True) -> pd.DataFrame:
        deepfool = run["attacks"][run["attacks"]["view"] == "deepfool"] if attacked else None
        both = [
            pd.concat([run[name], run[other]])
            for name, other in (("features", "attacked"), ("hulls", "attacked_hulls"))
        ]
        standing, options = stats.standing(*both), Resampling(resamples=200)
        original = standing[standing["view"] == "original"]
        agreement = stats.human_agreement(original, run["entropy"], run["scores"], resamples=50) if people else None
        attacks = moves = beside = None
        if attacked:
            attacks = stats.attack_summary(standing, run["attacks"], original["margin"], options, run["rounded"])
            moves = stats.attack_moves(standing, run["norms"], run["attacks"], options)
            beside = stats.pixel_boundary(standing, run["hulls"], deepfool)
        distances = stats.inversion_distances(run["inversions"], deepfool)
        closest = closest_distances(run["closest"], standing, deepfool, "deepfool" if attacked else None)
        inversions = [
            stats.inversion_summary(run["inversions"], distances, 100, options),
            stats.order_of_distances(beside, options) if attacked else None,
            stats.sample_summary(paths, edits),
            summary(dict(closest_summary(closest, 100, options))),
        ]
        return paper_comparison(
            standing,
            run["hulls"],
            stats.support_shares(run["hulls"], run["train_labels"]),
            stats.projection_accuracy(run["features"], run["hulls"], {"original": "hull-pixel"}),
            run["balls"],
            run["lipschitz"],
            agreement,
            attacks,
            pd.concat(inversions),
            moves,
            run["sweeps"],
            run["margins"],
            named=ATTACKS_NAMED if attacked else {},
            dataset_is_papers=dataset_is_papers,
            options=options,
        )

    return compared
