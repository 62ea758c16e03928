"""DeepFool over its overshoot, PGD over confidence and hull penalty: where images end, which detectors see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import nn

from phiscope import detection, stats
from phiscope.attacks.bisection import onto_the_boundary
from phiscope.attacks.deepfool import deepfool
from phiscope.attacks.hull_penalty import HullPenalty
from phiscope.attacks.judge import judge
from phiscope.attacks.network import Attacked
from phiscope.attacks.pgd import pgd
from phiscope.experiments.geometry.class_hulls import Spanning, projected_by_class
from phiscope.features import extract
from phiscope.geometry import hull, margin
from phiscope.head import Head
from phiscope.models.feature_map import FeatureMap

DEEPFOOL, BISECTED, PGD = "deepfool", "bisected", "pgd-first"
FALSE_POSITIVES = 0.05  # share of genuine samples that each detector may flag
_TOLERANCE = 1e-8  # of projections, relative: what is asked of them here are shares and medians
_JUDGED = ("success", "success_8bit", "lead", "l2", "linf")


@dataclass(frozen=True)
class AttackSetting:
    """One attack: `deepfool` with its overshoot, `bisected`, or `pgd-first` with confidence and hull penalty."""

    attack: str
    overshoot: float = np.nan
    confidence: float = np.nan
    hull_penalty: float = np.nan


@dataclass(frozen=True)
class Scene:
    """What attacks and detectors look at.

    spanning: training samples; training: the same as detectors want them; thresholds: of each detector the score that
    at most FALSE_POSITIVES of the genuine samples exceed; classes: onto the hulls of how many classes samples are
    projected for detectors that ask for it, None where none does.
    """

    network: nn.Module
    feature_map: FeatureMap
    head: Head
    spanning: Spanning
    training: detection.Training
    thresholds: Mapping[str, float]
    classes: int | None
    threads: int = 1


def thresholds_of(scores: pd.DataFrame) -> dict[str, float]:
    """Detector -> the score that at most FALSE_POSITIVES of the genuine samples exceed; scores: of the view `original`.

    ASSUME: thresholds are set on all genuine test samples that have the score, the attacked ones' originals among them.
    """
    found = {}
    for name, own in scores.dropna(subset="score").groupby("detector"):
        ordered = np.sort(own["score"].to_numpy())
        found[str(name)] = float(ordered[len(ordered) - 1 - int(FALSE_POSITIVES * len(ordered) + 1e-9)])
    return found


def settings_of(options: Mapping[str, Any]) -> list[AttackSetting]:
    """Every attack that the configuration's `attacks` asks for; bisection rests on the first overshoot."""
    overshoots = [AttackSetting(DEEPFOOL, overshoot=float(each)) for each in options["overshoots"]]
    bisected = [AttackSetting(BISECTED)] if overshoots else []
    grid = [
        AttackSetting(PGD, confidence=float(confidence), hull_penalty=float(penalty))
        for penalty in options["penalties"]
        for confidence in options["confidences"]
    ]
    return [*bisected, *overshoots, *grid]


def sweep(
    scene: Scene,
    images: NDArray,
    samples: NDArray[np.int64],
    labels: NDArray[np.int64],
    options: Mapping[str, Any],
    report: Callable[[int, int], None] = lambda done, total: None,
) -> pd.DataFrame:
    """The table `attack_sweep`: a row for each setting and sample. images (m, channels, h, w), uint8 or in [0, 1].

    `success` is a changed class, whatever lead was asked for: how far beyond the boundary an image lies say `lead` and
    `margin`. PGD stops at the confidence, so that one which is not reached has taken all its steps.
    """
    settings, parts = settings_of(options), []
    for place, (setting, attacked) in enumerate(_attacked(scene, settings, images, options)):
        judged = judge(scene.network, images, attacked.images)
        rows = pd.DataFrame(
            {
                **{name: np.full(len(samples), getattr(setting, name)) for name in AttackSetting.__dataclass_fields__},
                "sample": samples,
                "label": labels,
                "predicted_before": judged.before,
                "predicted_after": judged.after,
                **{name: getattr(judged, name) for name in _JUDGED},
                "iterations": attacked.iterations,
                **where(scene, attacked.images),
            }
        )
        parts.append(rows)
        report(place + 1, len(settings))
    return pd.concat(parts, ignore_index=True)


def _attacked(
    scene: Scene, settings: list[AttackSetting], images: NDArray, options: Mapping[str, Any]
) -> Iterator[tuple[AttackSetting, Attacked]]:
    """The attacked images of every setting; what bisection starts from is DeepFool's with the least overshoot."""
    overshoots = [setting.overshoot for setting in settings if setting.attack == DEEPFOOL]
    least = deepfool(scene.network, images, overshoot=min(overshoots)) if overshoots else None
    for setting in settings:
        if setting.attack == BISECTED:
            assert least is not None
            yield setting, onto_the_boundary(scene.network, images, least.images)
        elif setting.attack == DEEPFOOL:
            assert least is not None
            again = setting.overshoot != min(overshoots)
            yield setting, deepfool(scene.network, images, overshoot=setting.overshoot) if again else least
        else:
            yield setting, _pgd(scene, setting, images, options)


def _pgd(scene: Scene, setting: AttackSetting, images: NDArray, options: Mapping[str, Any]) -> Attacked:
    penalty = None
    if setting.hull_penalty:
        penalty = HullPenalty(scene.feature_map, scene.spanning.vectors, weight=setting.hull_penalty)
    steps, epsilon = options["steps"], options["epsilon"]
    return pgd(
        scene.network,
        images,
        norm=options["norm"],
        epsilon=epsilon,
        step=2.5 * epsilon / steps,
        steps=steps,
        stop=True,
        confidence=setting.confidence,
        penalty=penalty,
    )


def where(scene: Scene, images: NDArray) -> dict[str, Any]:
    """Columns of where images (m, channels, h, w) stand in feature space, and of the detectors that flag them."""
    features = extract(scene.feature_map, images)
    head, points = scene.head, features.astype(np.float64)
    margins = margin.closest_flip(points, head, lower_bound=head.lower_bound).distance
    projection = hull.project(features, scene.spanning.vectors, tol=_TOLERANCE, threads=scene.threads)
    own, other = _of_classes(scene, features, head.logits(features))
    queries = detection.Queries(features, head.logits(features), margins, projection.separation, own, other)
    asked = [name for name in detection.possible(queries, scene.training) if name in scene.thresholds]
    flags = {name: detection.score(name, queries, scene.training) > scene.thresholds[name] for name in asked}
    return {
        "margin": margins,
        "distance": projection.separation,
        "norm": np.linalg.norm(points, axis=1),
        "asked": [len(asked)] * len(images),
        "seen_by": [" ".join(name for name in asked if flags[name][row]) for row in range(len(images))],
    }


def _of_classes(scene: Scene, features: NDArray, logits: NDArray) -> tuple[NDArray | None, NDArray | None]:
    """(m,) distances to the hull of the predicted class, and to the nearest of another; inf where there is none."""
    if scene.classes is None:
        return None, None
    rows, columns = projected_by_class(
        features,
        logits,
        scene.spanning,
        classes=scene.classes,
        noise=scene.head.noise.of_features(features),
        tolerance=_TOLERANCE,
        threads=scene.threads,
    )
    names = ("hull_class", "is_predicted", "distance", "position")
    frame = pd.DataFrame({name: columns[name] for name in names}).assign(view="", split="test", sample=rows)
    found = stats.own_and_other(frame).set_index("sample").reindex(range(len(features)))
    own, other = (found[name].fillna(np.inf).to_numpy(float) for name in ("own_distance", "other_distance"))
    return own, other
