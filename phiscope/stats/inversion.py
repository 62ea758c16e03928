"""What inverting to points of feature space gave: sections 4, 5 and 7.1, over all samples that were inverted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from phiscope.stats import closest as of_closest
from phiscope.stats.intervals import Estimate, Resampling, median_of, share_of, without_interval

Estimates = Iterator[tuple[str, Estimate]]

TARGETS = {"flip": "image of the closest flip point", "hull": "image of the hull projection"}

# key -> what it is, its unit; `{}` is the target in words.
_OF_TARGETS = {
    "solved": ("{}: share found, residual within the tolerance", "share"),
    "no_image": ("{}: share proven to have no image", "share"),
    "distance": ("{}: median pixel distance to the sample", "distance"),
    "levels": ("{}: median change of a pixel (RMS), of 255 levels", "distance"),
    "as_demanded": ("{}: share classified as the target demands", "share"),
    "path_changes": ("{}: share with a change of class on the way, of the sample's own class", "share"),
}
QUESTIONS: dict[str, tuple[str, str]] = {
    f"inverted_{target}_{key}": (words.format(name), unit)
    for target, name in TARGETS.items()
    for key, (words, unit) in _OF_TARGETS.items()
} | {
    "hull_image_nearer": ("share whose image of the hull projection is nearer than that of the flip point", "share"),
    "flip_image_nearer": ("share whose image of the flip point is nearer than DeepFool's", "share"),
    "flip_over_deepfool": ("pixel distance of the flip point's image over DeepFool's, median", "ratio"),
    "boundary_closer_pixel": ("share closer to DeepFool's image than to the hull, pixel space", "share"),
    "boundary_closer_feature": (
        "the same samples: share closer to the boundary than to the hull, feature space",
        "share",
    ),
    **of_closest.QUESTIONS,
}

BESIDE_DEEPFOOL = ("flip_image_nearer", "flip_over_deepfool")


def solved(inversions: pd.DataFrame) -> pd.Series:
    """Whether each inversion reached its target, by itself or because the reference had done so."""
    return inversions["status"].isin(["solved", "reference"])


def as_demanded(inversions: pd.DataFrame) -> pd.Series:
    """Whether each inverted image is classified as its target demands.

    A flip point lies between the sample's own class and another and demands one of the two; a point of a hull
    demands the class of that point; a ball or its perimeter demands the class of the centre, the sample's own.
    """
    demanded = inversions["predicted"] == inversions["target_class"]
    return demanded | ((inversions["target"] == "flip") & (inversions["predicted"] == inversions["own"]))


@dataclass(frozen=True)
class InvertedRun:
    """What a run holds of inverted, attacked and edited samples; None or empty where it has none.

    inversions: rows of the table with the targets `flip` and `hull`; deepfool: rows of `attacks` of one view;
    standing, hulls: the statistic and the table; paths: as from `experiments.inversion.paths`; edits: both sides of
    every edit; pixels: numbers in an image; closest: the table `closest_images`; attacks: the table of all views.
    """

    inversions: pd.DataFrame | None
    deepfool: pd.DataFrame | None
    standing: pd.DataFrame
    hulls: pd.DataFrame
    paths: pd.DataFrame
    edits: pd.DataFrame
    pixels: int
    closest: pd.DataFrame | None = None
    attacks: pd.DataFrame | None = None
    deepfool_view: str | None = None


def inversion_frames(run: InvertedRun, wanted: Collection[str], options: Resampling) -> dict[str, pd.DataFrame]:
    """The statistics that are wanted by name, and `inversion_summary` of all of them."""
    frames, summaries = {}, [sample_summary(run.paths, run.edits)]
    if "inversion_distances" in wanted and run.inversions is not None:
        frames["inversion_distances"] = distances = inversion_distances(run.inversions, run.deepfool)
        summaries.append(inversion_summary(run.inversions, distances, run.pixels, options))
    if "pixel_boundary" in wanted and run.deepfool is not None:
        frames["pixel_boundary"] = boundary = pixel_boundary(run.standing, run.hulls, run.deepfool)
        summaries.append(order_of_distances(boundary, options))
    if "edits" in wanted:
        frames["edits"] = run.edits
    if "closest_distances" in wanted and run.closest is not None:
        frames["closest_distances"] = each = of_closest.closest_distances(
            run.closest, run.standing, run.attacks, run.deepfool_view
        )
        summaries.append(summary(dict(of_closest.closest_summary(each, run.pixels, options))))
    return frames | {"inversion_summary": pd.concat(summaries, ignore_index=True)}


def inversion_distances(inversions: pd.DataFrame, deepfool: pd.DataFrame | None) -> pd.DataFrame:
    """kind (`flip`, `hull`, `deepfool`), sample, pixel_distance: of every image that was found.

    inversions: rows of the table with the targets `flip` and `hull`; deepfool: rows of `attacks` of one view, of which
    those on inverted samples count where the class changed; None for none.
    """
    inverted = inversions[solved(inversions)].rename(columns={"target": "kind"})
    parts = [inverted[["kind", "sample", "pixel_distance"]]]
    if deepfool is not None:
        beside = deepfool[deepfool["success"] & deepfool["sample"].isin(inversions["sample"])]
        parts.append(beside[["sample"]].assign(kind="deepfool", pixel_distance=beside["l2"]))
    return pd.concat(parts, ignore_index=True).sort_values(["kind", "sample"], ignore_index=True)


def inversion_summary(
    inversions: pd.DataFrame, distances: pd.DataFrame, pixels: int, options: Resampling
) -> pd.DataFrame:
    """One row per question of QUESTIONS about inverted samples that has an answer.

    inversions: rows of the table with the targets `flip` and `hull`, of samples that nobody chose; distances: as from
    `inversion_distances`; pixels: how many numbers an image has. `solved` is of the samples that have such a target,
    the rest of those that were solved. `path_changes`: the straight path from an image of the sample's own class to the
    sample leaves that class, constraint (19). Pairs are of the samples that have both images.
    """
    pairs = [pair for target in TARGETS for pair in _of_target(target, inversions, pixels, options)]
    return summary(dict([*pairs, *_pairs(distances, options)]))


def summary(estimates: Mapping[str, Estimate], questions: Mapping[str, tuple[str, str]] = QUESTIONS) -> pd.DataFrame:
    """Estimates by key as a frame: key, quantity, unit, value, ci_low, ci_high, interval, n."""
    rows = [
        (key, *questions[key], estimate.value, estimate.low, estimate.high, estimate.interval, estimate.n)
        for key, estimate in estimates.items()
    ]
    columns = ["key", "quantity", "unit", "value", "ci_low", "ci_high", "interval", "n"]
    return pd.DataFrame(rows, columns=columns)


def _of_target(target: str, inversions: pd.DataFrame, pixels: int, options: Resampling) -> Estimates:
    asked = inversions[(inversions["target"] == target) & (inversions["status"] != "no_target")]
    if len(asked):
        yield f"inverted_{target}_solved", share_of(solved(asked), options)
        yield f"inverted_{target}_no_image", share_of(asked["status"] == "no_image", options)
    reached = asked[solved(asked)]
    if not len(reached):
        return
    yield f"inverted_{target}_distance", median_of(reached["pixel_distance"], options)
    yield f"inverted_{target}_levels", median_of(255 * reached["pixel_distance"] / np.sqrt(pixels), options)
    yield f"inverted_{target}_as_demanded", share_of(as_demanded(reached), options)
    same = reached[reached["predicted"] == reached["own"]]
    if len(same):
        yield f"inverted_{target}_path_changes", share_of(same["class_changes"] > 0, options)


def _pairs(distances: pd.DataFrame, options: Resampling) -> Estimates:
    """Two images of the same sample beside each other."""
    by_kind = distances.pivot(index="sample", columns="kind", values="pixel_distance")
    by_kind = by_kind.reindex(columns=["flip", "hull", "deepfool"])
    both = by_kind[["flip", "hull"]].dropna()
    if len(both):
        yield "hull_image_nearer", share_of(both["hull"] < both["flip"], options)
    both = by_kind[["flip", "deepfool"]].dropna()
    if len(both):
        yield "flip_image_nearer", share_of(both["flip"] < both["deepfool"], options)
        yield "flip_over_deepfool", median_of(both["flip"] / both["deepfool"], options)


def pixel_boundary(standing: pd.DataFrame, hulls: pd.DataFrame, deepfool: pd.DataFrame) -> pd.DataFrame:
    """sample, margin, distance, pixel_margin, pixel_distance: both spaces, for the samples that have all of them.

    standing: as from `standing`; hulls: the table of that name; deepfool: rows of `attacks` of one view. pixel_margin
    is the length of a successful attack: the boundary is at most so far in pixel space.
    """
    original = standing.loc[standing["view"] == "original", ["sample", "margin", "distance"]]
    pixel = hulls.loc[(hulls["view"] == "original") & (hulls["space"] == "pixel"), ["sample", "distance"]]
    bound = deepfool.loc[deepfool["success"], ["sample", "l2"]].rename(columns={"l2": "pixel_margin"})
    bounds = original.merge(bound, on="sample", validate="one_to_one")
    pixel = pixel.rename(columns={"distance": "pixel_distance"})
    return bounds.merge(pixel, on="sample", validate="one_to_one").sort_values("sample", ignore_index=True)


def order_of_distances(frame: pd.DataFrame, options: Resampling) -> pd.DataFrame:
    """In which space the boundary is closer than the hull, for how many samples; frame: as from `pixel_boundary`."""
    if frame.empty:
        return summary({})
    return summary(
        {
            "boundary_closer_pixel": share_of(frame["pixel_margin"] < frame["pixel_distance"], options),
            "boundary_closer_feature": share_of(frame["margin"] < frame["distance"], options),
        }
    )


# What is asked of single samples; `{}` is the sample. Of a segment, distances of pixels over that of both its ends.
_OF_SAMPLES = {
    "path_ratio": ("{}: straight pixel path to its ball's perimeter, length over chord in feature space", "ratio"),
    "morph_end": ("{}: last image of the morph, distance to the sample over that of the first", "ratio"),
    "segment_from_neighbour": (
        "{}: segment in feature space, images near its start: how far the last is from it",
        "ratio",
    ),
    "segment_from_sample": (
        "{}: segment in feature space, images near it: how far the first is from the start",
        "ratio",
    ),
    "segment_unlike": (
        "{}: segment in feature space, images near the blend: how far they are from it at most",
        "ratio",
    ),
    "edited_margin": ("{}, edited: margin", "distance"),
    "edited_distance": ("{}, edited: distance to the feature hull", "distance"),
    "edited_moved": ("{}, edited: how far the edit moves it in feature space", "distance"),
    "edited_path_ratio": ("{}, edited: straight pixel path, length over chord in feature space", "ratio"),
}


def questions_about(sample: int, name: str) -> dict[str, tuple[str, str]]:
    """key -> quantity and unit of what is asked of one sample."""
    return {f"sample_{sample}_{key}": (words.format(name), unit) for key, (words, unit) in _OF_SAMPLES.items()}


def sample_summary(paths: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """The rows of samples that were looked at one by one; without intervals.

    paths: sample, kind (`ball` or `edit`), length_over_chord, and of balls morph_end, how much of the way in pixels the
    last image of the morph still is from the sample, and, where there is a segment, what `ends_of` says of it; edits:
    sample, side (`before` or `after`), margin, distance, moved.
    """
    estimates: dict[str, Estimate] = {}
    questions: dict[str, tuple[str, str]] = {}
    for row in paths.itertuples():
        key = {"ball": "path_ratio", "edit": "edited_path_ratio"}[row.kind]
        estimates[f"sample_{row.sample}_{key}"] = without_interval(row.length_over_chord, 1, "one sample")
        if row.kind == "ball":
            ends = ["morph_end", *(name for name in _OF_SAMPLES if name.startswith("segment_"))]
            known = {name: getattr(row, name, np.nan) for name in ends}
            estimates |= {
                f"sample_{row.sample}_{name}": without_interval(value, 1, "one sample")
                for name, value in known.items()
                if not np.isnan(value)
            }
    for row in edits[edits["side"] == "after"].itertuples():
        for key in ("margin", "distance", "moved"):
            estimates[f"sample_{row.sample}_edited_{key}"] = without_interval(getattr(row, key), 1, "one sample")
    for sample in {*paths["sample"], *edits["sample"]}:
        questions |= questions_about(sample, f"test sample {sample}")
    return summary(estimates, questions)
