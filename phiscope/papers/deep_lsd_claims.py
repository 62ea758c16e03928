"""Sentences of Toledo-Marín and Glazier 2021 that state no plain number, as questions with a rule for the answer.

A claim is a quantity and the range of its values for which the sentence is true; the rule is in
`phiscope.papers.verdicts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from phiscope.papers.verdicts import judge_range
from phiscope.stats.intervals import Estimate, Resampling, counted_share, mean_of, median_of, without_interval
from phiscope.stats.shown import ALL, shown_counts

# ASSUME: what their words mean in numbers.
NEAR_ONE = 0.8  # an amplitude 'shifted towards 1', as a median: nearer to 1 than to 0.6
ABOUT_TWENTY = (15.0, 25.0)  # '≈ 20'
MOST = 0.5  # 'in most cases'
CONVERGES = -0.4  # slope of log difference against log V: independent latents have -0.5, what does not converge 0
ZERO = 0.1  # a mean of entries with deviation 1 that nobody tells from zero in a plot
SAME = 1e-3  # diversity of images that are one and the same, over that of the start

OURS = "ours"  # section, where the question is not the text's
_EVERYWHERE = 1.0 - 1e-9


class Claim(NamedTuple):
    """What the text says and where (`OURS` where it does not), the quantity that was measured, and the values (low,
    high) that it allows.

    of_its_data: whether it speaks of MNIST alone.
    """

    key: str
    section: str
    says: str
    quantity: str
    low: float
    high: float
    unit: str
    of_its_data: bool = False


def claims_table(
    numbers: pd.DataFrame,
    spectra: pd.DataFrame,
    latent: pd.DataFrame,
    shown: pd.DataFrame,
    truncated: pd.DataFrame,
    rotation: pd.DataFrame,
    axes: pd.DataFrame,
    options: Resampling,
    *,
    dataset_is_papers: bool,
) -> pd.DataFrame:
    """key, section, says, quantity, unit, value, ci_low, ci_high, interval, n, low, high, verdict: one row per claim.

    All of one setting, of its first training, as published: numbers: the statistic latent_basis; spectra: the table,
    one sampled encoding in Gram-Schmidt's axes; latent: the table; shown: the statistic latent_shown; truncated,
    rotation and axes: the statistics of those names. A number of the text is judged beside its own data set alone
    (dataset_is_papers); elsewhere its verdict is empty.
    """
    measured = [
        *_convergence(numbers),
        *_entries(numbers),
        *_averages(axes),
        *_directions(shown),
        *_amplitudes(spectra, options),
        *_first_four(latent),
        *_truncations(truncated, options),
        *_turns(rotation),
    ]
    return pd.DataFrame([_record(claim, estimate, dataset_is_papers) for claim, estimate in measured])


Measured = Iterator[tuple[Claim, Estimate]]


def _record(claim: Claim, estimate: Estimate, dataset_is_papers: bool) -> dict:
    judged = dataset_is_papers or not claim.of_its_data
    ends = {"value": estimate.value, "ci_low": estimate.low, "ci_high": estimate.high}
    about = {
        "interval": estimate.interval,
        "n": estimate.n,
        "verdict": judge_range(claim.low, claim.high, estimate) if judged else "",
    }
    return claim._asdict() | ends | about


def _convergence(numbers: pd.DataFrame) -> Measured:
    """III, figure 3: 'the average and standard deviation […] converges'."""
    for kind in ("encoded", "drawn"):
        for quantity in ("average", "deviation"):
            rows = numbers[(numbers["quantity"] == f"convergence_{quantity}") & (numbers["kind"] == kind)]
            if len(rows) < 3:
                continue
            words = f"slope of log difference between two halves of V latents on log V, {quantity}s of {kind} latents"
            yield (
                Claim(f"{quantity}s_{kind}", "III", f"{quantity}s converge with V", words, -np.inf, CONVERGES, "ratio"),
                slope(np.log(rows["x"].to_numpy()), np.log(rows["value"].to_numpy())),
            )


def slope(x: np.ndarray, y: np.ndarray) -> Estimate:
    """Least squares of y on x, both (n,), with the interval of Student's t."""
    from scipy import stats  # deferred: slow to import

    fit = stats.linregress(x, y)
    half = stats.t.ppf(0.975, len(x) - 2) * fit.stderr
    return Estimate(
        float(fit.slope), float(fit.slope - half), float(fit.slope + half), "95 % Student's t over sizes V", len(x)
    )


def _entries(numbers: pd.DataFrame) -> Measured:
    """Figure 3: entries of a label are 'Gaussian with non-zero mean' (encoded), 'with zero mean' (drawn)."""
    parts = (numbers[numbers["quantity"] == f"entry_{name}"] for name in ("mean", "mean_error"))
    mean, error = (part.set_index(["kind", "x"])["value"] for part in parts)
    mean = mean.abs()
    for kind, says, which, low, high in (
        ("encoded", "entries of encoded latents have a mean that is not zero", "smallest", ZERO, np.inf),
        ("drawn", "entries of drawn latents have mean zero", "largest", -np.inf, ZERO),
    ):
        if kind not in error.index.get_level_values("kind"):
            continue
        known = mean.loc[error.loc[[kind]].index]
        place = known.idxmin() if which == "smallest" else known.idxmax()
        half = 1.96 * error[place]
        claim = Claim(
            f"mean_{kind}", "III, figure 3", f"{says}, label by label",
            f"{which} absolute mean of all entries of a label", low, high, "ratio",
        )  # fmt: skip
        words = "95 % normal, standard error over latents of that label"
        yield claim, Estimate(known[place], known[place] - half, known[place] + half, words, len(known))


def _averages(axes: pd.DataFrame) -> Measured:
    first = axes[(axes["set"] == 1) & (axes["kind"] == "average")]
    if len(first):
        claim = Claim(
            "averages_keep", "III", "averages of a label keep it", "averages of set 1 that decode to their label",
            _EVERYWHERE, np.inf, "share",
        )  # fmt: skip
        yield claim, without_interval((first["label"] == first["decoded"]).mean(), len(first), "all labels")


def _directions(shown: pd.DataFrame) -> Measured:
    counts = shown_counts(shown)
    row = counts[(counts["basis"] == "gram-schmidt") & (counts["axes"] == ALL) & (counts["judge"] == "shown")]
    for own in row.to_dict("records"):
        per_hundred = 100 / own["of"]
        yield (
            Claim(
                "directions", "III", "about 20 of 100 directions show a number",
                "Gram-Schmidt's axes that three judges take for an image of a class, per 100", *ABOUT_TWENTY, "count",
                of_its_data=True,
            ),
            without_interval(per_hundred * own["count"], own["of"], "all axes"),
        )  # fmt: skip
        yield (
            Claim(
                "directions_null", OURS, "more of those axes show one than directions that know no label",
                "share of random orthonormal frames of which as many directions show one, or more",
                -np.inf, 0.05, "share",
            ),
            without_interval(own["p_more"], shown.loc[shown["kind"] == "frame", "frame"].nunique(), "all frames"),
        )  # fmt: skip


# Where the label comes, the rank whose amplitude is asked for, and what figure 6 says of its median.
_STATED = (
    *((1, rank, "below 0.6", -np.inf, 0.6) for rank in (2, 3, 4)),
    (2, 2, "near 1", NEAR_ONE, np.inf),
    *((2, rank, "below 0.7", -np.inf, 0.7) for rank in (3, 4)),
    *((3, rank, "near 1", NEAR_ONE, np.inf) for rank in (2, 3)),
    (3, 4, "below 0.7", -np.inf, 0.7),
)
_ORDINALS = ("", "first", "second", "third", "fourth")


def _amplitudes(spectra: pd.DataFrame, options: Resampling) -> Measured:
    """IV, figure 6: where the normalised amplitudes are centred. ASSUME: a density is centred at its median."""
    for place, rank, words, low, high in _STATED:
        rows = spectra[spectra["rank_of_label"] == place]
        if len(rows) < 2:
            continue
        amplitudes = -np.sort(-np.abs(np.stack(rows["amplitude"].to_numpy())), axis=1)
        if rank <= amplitudes.shape[1]:
            claim = Claim(
                f"amplitude_{place}_{rank}", "IV, figure 6",
                f"label {_ORDINALS[place]}: the {_ORDINALS[rank]} amplitude is centred {words}",
                "median over the largest amplitude", low, high, "ratio",
            )  # fmt: skip
            yield claim, median_of(amplitudes[:, rank - 1] / amplitudes[:, 0], options)


def _first_four(latent: pd.DataFrame) -> Measured:
    for row in latent[latent["measure"] == "lsd_less_classifier"].to_dict("records"):
        claim = Claim(
            "first_four", "IV", "the label is among the first four as often as the classifier is right",
            "share with the label among the first four less share that the classifier has right, image by image",
            0.0, 0.0, "share",
        )  # fmt: skip
        yield claim, Estimate(row["value"], row["ci_low"], row["ci_high"], row["interval"], row["n"])


def _truncations(truncated: pd.DataFrame, options: Resampling) -> Measured:
    cut = truncated[truncated["components"] > 0]
    if not len(cut):
        return
    by_sample = cut.groupby("sample")
    kept = by_sample["kept"].all()
    yield (
        Claim(
            "identity", "V", "truncation maintains the identity of the label, with exceptions",
            "images whose every truncation has their label", MOST, np.inf, "share",
        ),
        counted_share(int(kept.sum()), len(kept), options),
    )  # fmt: skip
    for column, key, against in (
        ("sharper", "sharper", "the image"),
        ("sharper_than_all", "sharper_than_all", "what its whole latent draws"),
    ):
        claim = Claim(
            key, "V", "in most cases the truncated image looks clearer and sharper",
            f"truncations with more gradient for their contrast than {against}", MOST, np.inf, "share",
        )  # fmt: skip
        yield claim, mean_of(by_sample[column].mean(), options)
    wide = cut.pivot(index="sample", columns="components", values="kept")
    wrong = wide[~wide[wide.columns.min()].astype(bool)]
    if len(wrong) and wide.shape[1] > 1:
        claim = Claim(
            "more_components", "V", "where few components yield a wrong number, more can yield the right one",
            "of images wrong with one component, those right with more", 1e-9, np.inf, "share",
        )  # fmt: skip
        yield claim, counted_share(int(wrong.any(axis=1).sum()), len(wrong), options)


def _turns(rotation: pd.DataFrame) -> Measured:
    """VI, figure 8, by equation (11): every image goes through the numbers, and ten images stay ten."""
    from phiscope.stats.latent import path_summary

    for row in path_summary(rotation).to_dict("records"):
        if row["path"] == "projector":
            claim = Claim(
                "turned", "VI", "rotation turns numbers into the next ones",
                "images with the label where a stage of equation (11) ends", MOST, np.inf, "share",
            )  # fmt: skip
            yield claim, without_interval(row["reached"], 0, "a mean over stages")
            claim = Claim(
                "turned_apart", "VI, figure 8", "ten images are turned, and stay ten images",
                "diversity at the end of equation (11) over that of the start", SAME, np.inf, "ratio",
            )  # fmt: skip
            yield claim, without_interval(row["diversity"], 0, "a property of the rotation")
