"""What the denoising lecture states of filter banks and of training, and what a study found, a sentence each.

    for statement, found in answers(study_summary, held_out_choice):
        ...

Intervals are Student's over seeds. Two settings are told apart where the interval of their difference, seed by seed,
excludes 0; nothing else is called a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from phiscope.words.numbers import known, percent, significant

_GAUSSIAN = "gaussian"


class LectureAnswer(NamedTuple):
    """statement: the lecture's, in our words; found: one to three sentences with their numbers."""

    statement: str
    found: str


class StudyRows:
    """A summary of a study (`phiscope.stats.study_summary`), by experiment, setting, measure and noise."""

    def __init__(self, summary: pd.DataFrame) -> None:
        self._summary = summary

    def of(self, experiment: str, measure: str, noise: str | None = None) -> dict[str, Mapping[str, Any]]:
        """Setting -> its row, in the order of the settings; noise: what its name begins with."""
        rows = self._summary[(self._summary["experiment"] == experiment) & (self._summary["measure"] == measure)]
        rows = rows if noise is None else rows[rows["noise"].str.startswith(noise, na=False)]
        return {row["setting"]: row for row in rows.to_dict("records")}


def answers(summary: pd.DataFrame, choice: pd.DataFrame | None) -> list[LectureAnswer]:
    """Every statement that the study has asked about. choice: as from `phiscope.stats.held_out_choice`."""
    rows = StudyRows(summary)
    found = [LectureAnswer(statement, said) for statement, say in _STATEMENTS.items() if (said := say(rows))]
    return [*found, *(LectureAnswer(_CHOOSE, said) for said in [_chosen(choice)] if said)]


def _value(row: Mapping[str, Any], unit: str = "") -> str:
    """`24.1 dB [23.9, 24.2]`; without an interval where one seed leaves none."""
    return _ended(row["value"], row["ci_low"], row["ci_high"], unit)


def _ended(value: float, low: float, high: float, unit: str) -> str:
    if unit == "share":
        ends = f" [{percent(low)}, {percent(high)}]" if known(low) else ""
        return percent(value) + ends
    if unit == "points":  # of percentage
        value, low, high = 100 * value, 100 * low, 100 * high
    ends = f" [{_number(low)}, {_number(high)}]" if known(low) else ""
    return f"{_number(value)}{' ' + unit if unit else ''}{ends}"


def _number(value: float) -> str:
    """With two decimals from 10 on: tenths of a decibel are too coarse for settings that are alike."""
    return significant(value, 4 if abs(value) >= 10 else 3)


def _apart(row: Mapping[str, Any], more: str, less: str, unit: str = "dB") -> str:
    """`better by 0.05 dB [0.01, 0.09]`, or that it is not clearly different, as of one seed always."""
    low, high, value = row["difference_low"], row["difference_high"], row["difference"]
    if not known(low) or low <= 0 <= high:
        return f"not clearly different ({_ended(value, low, high, unit)})"
    return (
        f"{more} by {_ended(value, low, high, unit)}" if low > 0 else f"{less} by {_ended(-value, -high, -low, unit)}"
    )


def _losses(rows: StudyRows) -> str | None:
    sharp, psnr = rows.of("losses", "sharpness", _GAUSSIAN), rows.of("losses", "psnr", _GAUSSIAN)
    if not sharp:
        return None
    return (
        f"Edges have {_value(sharp['L2'])} of their gradient with L2 and {_value(sharp['L1'])} with L1: "
        f"{_apart(sharp['L1'], 'sharper', 'blurrier', '')}. L1 is {_apart(psnr['L1'], 'better', 'worse')} in PSNR."
    )


def _range(rows: StudyRows) -> str | None:
    out = rows.of("losses", "out_of_range", _GAUSSIAN)
    if not out:
        return None
    return (
        f"Of the pixels {_value(out['L2'], 'share')} are outside of [0, 1] with L2, {_value(out['L1'], 'share')} with "
        "L1."
    )


def _indicator(rows: StudyRows) -> str | None:
    norms = rows.of("gradients", "gradient_norm")
    if not norms:
        return None
    return (
        f"The norm of its gradient is {significant(norms['indicator']['value'])}; L2 has {_value(norms['L2'])}, L1 "
        f"{_value(norms['L1'])}."
    )


def _batches(rows: StudyRows) -> str | None:
    variance = rows.of("gradients", "variance")
    if not variance:
        return None
    first, *_, last = variance
    ratio = variance[first]["value"] / variance[last]["value"]
    return (
        f"The variance of the estimate over the square of its mean is {_value(variance[first])} at {first} and "
        f"{_value(variance[last])} at {last}: {significant(ratio)} times less."
    )


def _steps(rows: StudyRows) -> str | None:
    psnr, rise = rows.of("step_size", "psnr", _GAUSSIAN), rows.of("step_size", "rise")
    diverged = rows.of("step_size", "diverged")
    constant = [setting for setting in diverged if "," not in setting]
    if not psnr:
        return None
    best = max((setting for setting in constant if setting in psnr), key=lambda setting: psnr[setting]["value"])
    small, large = constant[0], constant[-1]
    lost = round(diverged[large]["value"] * diverged[large]["n"])
    end = f" and {lost:,} of {diverged[large]['n']:,} trainings diverge" if lost else ""
    beside = (
        f"the held-out loss still rises by {percent(rise[large]['value'])} of itself an epoch, to end at "
        f"{_value(psnr[large], 'dB')}{end}"
        if large in rise
        else "all trainings diverge"
    )
    return (
        f"Plain SGD with steps of one size: at {small} it ends at {_value(psnr[small], 'dB')}, at {best}, the best, at "
        f"{_value(psnr[best], 'dB')} (rising by {percent(rise[best]['value'])}); at {large} {beside}."
    )


def _schedule(rows: StudyRows) -> str | None:
    own, adamw = rows.of("optimiser", "psnr", _GAUSSIAN), rows.of("schedule", "psnr", _GAUSSIAN)
    parts = []
    if own:
        parts.append(f"plain SGD whose steps are made smaller is {_apart(own['SGD, shrinking'], 'better', 'worse')}")
    if adamw:
        named = " and ".join(f"{_apart(adamw[name], 'better', 'worse')} ({name})" for name in ("steps", "one-cycle"))
        parts.append(f"with AdamW a schedule is {named}")
    return f"Beside constant steps: {'; '.join(parts)}." if parts else None


def _optimiser(rows: StudyRows) -> str | None:
    psnr = rows.of("optimiser", "psnr", _GAUSSIAN)
    if not psnr:
        return None
    return (
        f"In as many steps plain SGD comes to {_value(psnr['SGD'], 'dB')}; momentum is "
        f"{_apart(psnr['momentum'], 'better', 'worse')}, AdamW {_apart(psnr['AdamW'], 'better', 'worse')}."
    )


def _penalty(rows: StudyRows) -> str | None:
    return _both(rows, "penalty", "a scale of ")


def _augmentation(rows: StudyRows) -> str | None:
    return _both(rows, "augmentation", "")


def _both(rows: StudyRows, experiment: str, word: str) -> str | None:
    """Of an experiment and of the same on few images: the best and the last setting beside the first."""
    parts = []
    for name, where in ((experiment, "With all images"), (f"{experiment}_few_images", "With few images")):
        psnr, trained = rows.of(name, "psnr", _GAUSSIAN), rows.of(name, "psnr_trained")
        if not psnr:
            continue
        (first, *others), gaps = psnr, {key: trained[key]["value"] - psnr[key]["value"] for key in psnr}
        shown = dict.fromkeys([max(others, key=lambda key: psnr[key]["difference"]), others[-1]])
        said = ", ".join(f"{word}{key} {_apart(psnr[key], 'better', 'worse')}" for key in shown)
        parts.append(
            f"{where}, new ones come to {_value(psnr[first], 'dB')} without it, {significant(gaps[first])} dB below "
            f"those trained on; {said}."
        )
    return " ".join(parts) or None


def _chosen(choice: pd.DataFrame | None) -> str | None:
    if choice is None or choice.empty or choice["psnr"].isna().all():
        return None
    scales = ", ".join(f"{scale} for {count:,}" for scale, count in choice["setting"].value_counts(sort=False).items())
    gained = (choice["psnr"] - choice["psnr_without"]).dropna()
    said = f"{significant(gained.min())} to {significant(gained.max())} dB" if len(gained) > 1 else ""
    beside = f"; less a network without a penalty that is {said}, over {len(gained):,} seeds" if said else ""
    return (
        f"Held-out images choose a scale of {scales} seeds. Trained with it once more, networks reach "
        f"{significant(choice['psnr'].mean())} dB on new images{beside}."
    )


def _cheating(rows: StudyRows) -> str | None:
    clean, noisy = rows.of("cheating", "psnr", "clean"), rows.of("cheating", "psnr", _GAUSSIAN)
    if not clean:
        return None
    return (
        f"Trained on clean pairs, {_value(clean['clean, wide'], 'dB')} on clean images and "
        f"{_value(noisy['clean, wide'], 'dB')} on noisy ones; trained on noisy pairs, "
        f"{_value(noisy['noisy, wide'], 'dB')} on these. With 8 channels instead of 32 clean pairs bring "
        f"{_value(clean['clean, small'], 'dB')}."
    )


def _codes(rows: StudyRows) -> str | None:
    accuracy = rows.of("codes", "probe_accuracy")
    if not accuracy:
        return None
    cheating, random, blocks = (
        f"{_value(accuracy[name], 'share')} ({_apart(accuracy[name], 'above', 'below', 'points')})"
        for name in ("cheating", "random", "blocks")
    )
    return (
        f"A linear classifier on the codes is right for {_value(accuracy['denoising'], 'share')}; on codes of a "
        f"network that cheats {cheating}, of one that fills knocked-out blocks {blocks}, of random filters {random}."
    )


def _generalisation(rows: StudyRows) -> str | None:
    """How far each network is behind the one that was trained on the noise it is tested with."""
    own = rows.of("generalisation", "psnr", _GAUSSIAN)
    if not own:
        return None
    behind: dict[str, list[float]] = {setting: [] for setting in own}
    for kind in [name for name in own if name != "mixture"]:
        psnr = rows.of("generalisation", "psnr", kind)
        for setting, row in psnr.items():
            if setting != kind:
                behind[setting].append(psnr[kind]["value"] - row["value"])
    parts = [f"{name} {significant(min(gaps))} to {significant(max(gaps))}" for name, gaps in behind.items() if gaps]
    return f"Behind the network that was trained on the noise it is tested with, in dB: {'; '.join(parts)}."


def _least_squares(rows: StudyRows) -> str | None:
    psnr, threshold = rows.of("filter_denoising", "psnr"), rows.of("filter_denoising", "threshold")
    if not psnr:
        return None
    level = significant(threshold["strong, learned"]["value"])
    return (
        "The image that fits all responses of the noisy one is the noisy one: "
        f"{_value(psnr['noisy image'], 'dB')} before, {_value(psnr['all responses'], 'dB')} after. Of a "
        f"quarter as many responses as pixels, with a smooth filter {_value(psnr['a quarter, smooth'], 'dB')}, with a "
        "random one "
        f"{_value(psnr['a quarter, random'], 'dB')}. Where only strong responses count, learned filters bring "
        f"{_value(psnr['strong, learned'], 'dB')} (threshold {level} deviations), random ones "
        f"{_value(psnr['strong, random'], 'dB')}; a Gaussian filter {_value(psnr['Gaussian filter'], 'dB')}."
    )


def _classes(rows: StudyRows) -> str | None:
    accuracy = rows.of("filter_classification", "accuracy")
    if not accuracy:
        return None
    named = ", ".join(f"{name} {_value(row, 'share')}" for name, row in accuracy.items())
    best = max(accuracy, key=lambda name: accuracy[name]["value"])
    return f"Accuracy of a linear classifier: {named}. Best are {best}."


_CHOOSE = "The scale is chosen on held-out images, then trained with once more, and judged on new ones"
_STATEMENTS: dict[str, Callable[[StudyRows], str | None]] = {
    "Least squares on filter responses might leave the noise out, with some care and some luck": _least_squares,
    "Scores against patterns can classify images, better than pixels, and patterns of patterns can": _classes,
    "A batch estimates the gradient quite well": _batches,
    "Steps that are too big do not settle down, too small ones make no progress": _steps,
    "Start with big steps and make them smaller": _schedule,
    "Stochastic gradient descent is a very effective search": _optimiser,
    "L2 blurs, L1 tends to discourage it": _losses,
    "Neither loss keeps pixels in [0, 1]": _range,
    "A loss that counts negative pixels has no gradient": _indicator,
    "Pairs without noise teach the network to cheat, not to denoise": _cheating,
    "A representation from cheating is of no use, and knocking out blocks is helpful": _codes,
    "Which noise to train with is an open choice": _generalisation,
    "Mirrored images and crops help on new images": _augmentation,
    "A penalty for large coefficients helps on new images, at the right scale": _penalty,
}
