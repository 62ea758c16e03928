"""What a run found, in at most five sentences for who has not read the page: its terminal ends with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.report.detectors import by_attack
from phiscope.report.estimate import MeasuredNumber
from phiscope.words.detectors import title_of as detector_title
from phiscope.words.methods import title_of as method_title
from phiscope.words.numbers import known, percent, significant

MOST = 5
NEEDS = ("paper_comparison", "hulls", "disagreements")
OPTIONAL = ("attack_summary", "detection", "denoising_summary", "training_standing")
_NAMED = 3  # attacks in one sentence


def findings(run: Run) -> list[str]:
    """Sentences in the order of what matters most; what a run has not measured, a later one makes up for."""
    run = run.only([*NEEDS, *OPTIONAL])
    numbers = {row["key"]: MeasuredNumber.of(row) for row in run["paper_comparison"].to_dict("records")}
    numbers = {key: number for key, number in numbers.items() if known(number.value)}
    return [sentence for sentence in _sentences(run, numbers) if sentence][:MOST]


def _sentences(run: Run, numbers: Mapping[str, MeasuredNumber]) -> Iterator[str | None]:
    yield _contradiction(run["disagreements"])
    yield _accuracy(numbers)
    yield _training(run["training_standing"])
    yield _outside(numbers, run["hulls"])
    yield _boundary(numbers)
    yield _closest(numbers)
    yield _detectors(run["detection"])
    yield _attacks(run["attack_summary"])
    yield _people(numbers)
    yield _denoising(run["denoising_summary"])
    yield _inverted(numbers)
    yield _moved(numbers)
    yield _balls(numbers)


def _contradiction(disagreements: pd.DataFrame) -> str | None:
    """Before all else: what is wrong with the numbers of the others."""
    against = disagreements[disagreements["outcome"] == "disagrees"]
    if against.empty:
        return None
    return (
        f"{against['solver'].iloc[0]}, asked for {len(disagreements):,} distances once more, contradicts "
        f"{len(against):,}: one of the solvers is wrong, and distances are not to be trusted before that is explained."
    )


def _accuracy(numbers: Mapping[str, MeasuredNumber]) -> str | None:
    if "accuracy" not in numbers:
        return None
    return f"The classifier gets {numbers['accuracy'].text} of {numbers['accuracy'].n:,} test samples right."


def _training(standing: pd.DataFrame | None) -> str | None:
    """Of a run that has training samples alone."""
    if standing is None:
        return None
    labelled = standing[standing["label"] >= 0]
    middle = significant(standing["margin"].median())
    median = f"the closest decision boundary of training samples is at a median distance of {middle}"
    if labelled.empty:
        return f"{median[0].upper()}{median[1:]}."
    wrong = int((~labelled["correct"]).sum())
    return f"The head gives {wrong:,} of {len(labelled):,} training samples another class than their label; {median}."


def _outside(numbers: Mapping[str, MeasuredNumber], hulls: pd.DataFrame) -> str | None:
    pixel = hulls.query("view == 'original' and split == 'test' and space == 'pixel'")["distance"].median()
    parts = [
        f"{numbers[key].text} of {numbers[key].n:,} in {space} space{_median(distance)}"
        for key, space, distance in [
            ("outside_feature", "feature", _value(numbers, "median_distance")),
            ("outside_pixel", "pixel", pixel),
        ]
        if key in numbers
    ]
    return f"Test samples outside the hull of the training set: {', '.join(parts)}." if parts else None


def _median(distance: float | None) -> str:
    return f" (median distance {significant(distance)})" if known(distance) else ""


def _boundary(numbers: Mapping[str, MeasuredNumber]) -> str | None:
    if "median_margin" not in numbers:
        return None
    sentence = (
        f"The closest decision boundary is at a median distance of {numbers['median_margin'].text} in feature space"
    )
    if "closer_to_hull" in numbers:
        sentence += f"; for {numbers['closer_to_hull'].text} of the samples the hull is closer"
    return f"{sentence}."


def _closest(numbers: Mapping[str, MeasuredNumber]) -> str | None:
    if "closest_distance" not in numbers:
        return None
    sentence = (
        f"The closest image of another class is {numbers['closest_distance'].text} away in pixels (L2, median of "
        f"{numbers['closest_distance'].n:,})"
    )
    if "closest_over_deepfool" in numbers:
        sentence += f", {numbers['closest_over_deepfool'].text} times as far as DeepFool’s"
    return f"{sentence}."


def _attacks(summary: pd.DataFrame | None) -> str | None:
    if summary is None:
        return None
    rates = summary[(summary["key"] == "rate") & (summary["counted"] == "success")].sort_values(
        "value", ascending=False
    )
    if rates.empty:
        return None
    changed = [f"{row.view} for {percent(row.value)} of {row.n:,} images" for row in rates.head(_NAMED).itertuples()]
    more = f", {len(rates) - _NAMED} more for fewer" if len(rates) > _NAMED else ""
    return f"Attacks change the answer: {', '.join(changed)}{more}."


def _detectors(detection: pd.DataFrame | None) -> str | None:
    attacks = [] if detection is None else by_attack(detection)
    if not attacks:
        return None
    worst = attacks[0]
    detector, area = worst.best
    margin = worst.areas.get(detector_title("margin"))
    beside = f", the margin {margin.text}" if margin is not None and detector != detector_title("margin") else ""
    return (
        f"Hardest to detect is {worst.view}: the best of {len(worst.areas)} detectors, {detector}, has an area of "
        f"{area.text} under the ROC curve{beside} (0.5 is guessing)."
    )


def _people(numbers: Mapping[str, MeasuredNumber]) -> str | None:
    if "human_ambiguity" not in numbers:
        return None
    return f"People’s doubts and the ambiguity indicator have a rank correlation of {numbers['human_ambiguity'].text}."


def _denoising(summary: pd.DataFrame | None) -> str | None:
    if summary is None:
        return None
    images = summary[~summary["method"].isin(["noisy", "biharmonic-true-mask"])]  # the latter is told what is missing
    best = images.dropna(subset="psnr").nlargest(1, "psnr")
    if best.empty:
        return None
    row = best.iloc[0]
    return (
        f"The best denoiser, {method_title(row['method'])}, brings noisy images of {row['dataset']} from a PSNR of "
        f"{significant(row['psnr_noisy'])} to {significant(row['psnr'])} dB."
    )


def _inverted(numbers: Mapping[str, MeasuredNumber]) -> str | None:
    if "inverted_flip_levels" not in numbers:
        return None
    return (
        "The image of a sample’s closest flip point changes its pixels by a median of "
        f"{numbers['inverted_flip_levels'].text} of 255 levels."
    )


def _moved(numbers: Mapping[str, MeasuredNumber]) -> str | None:
    parts = [
        f"{numbers[key].text} of {numbers[key].n:,} in {space} space"
        for key, space in [("changed_feature", "feature"), ("changed_pixel", "pixel")]
        if key in numbers
    ]
    return f"Moved to the hull, samples change class: {', '.join(parts)}." if parts else None


def _balls(numbers: Mapping[str, MeasuredNumber]) -> str | None:
    if "in_union" not in numbers:
        return None
    return (
        f"{numbers['in_union'].text} of the test samples lie so close to a training sample that its answer is certain."
    )


def _value(numbers: Mapping[str, MeasuredNumber], key: str) -> float | None:
    return numbers[key].value if key in numbers else None
