"""Can attacked and foreign samples be told from genuine ones? ROC statistics of every detector, with intervals."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.errors import DataError
from phiscope.stats.intervals import Resampling, counted_share, without_interval

BASELINE = "margin"  # the threshold of Yousefzadeh 2022, which all others are compared with
MEASURES = ("area", "fpr95")
CAUGHT = 0.95  # share of suspicious samples that is caught where the false positive rate is taken
COUNTED = ("all", "success", "success_8bit")
_TOGETHER = 20  # resamples handled at a time: their counts stay in the cache


@dataclass(frozen=True)
class Trial:
    """One view against the genuine samples. Larger scores are more suspicious.

    genuine (n, d) and suspicious (m, d): scores of d detectors; counted: which suspicious samples (m,) count, by name;
    paired: whether row k of both is the same sample, before and after an attack.
    """

    view: str
    detectors: tuple[str, ...]
    genuine: NDArray
    suspicious: NDArray
    counted: Mapping[str, NDArray]
    paired: bool


def detection(
    scores: pd.DataFrame, attacks: pd.DataFrame | None = None, *, foreign: Collection[str] = (), options: Resampling
) -> pd.DataFrame:
    """Area under the ROC curve, and false positive rate where 95 % are caught, of every detector on every view.

    scores: the table of that name; attacks: the table of that name; foreign: views of other data sets, whose samples
    have no genuine counterpart. Returns one row per view, `counted`, detector and measure (`area`, `fpr95`):

        area = P(suspicious > genuine) + P(equal) / 2 over all pairs,   fpr95 = P(genuine >= t),
        t the largest threshold with P(suspicious >= t) >= 0.95

    `counted` says which samples of the view count as suspicious: all; success, those on which the attack succeeded;
    success_8bit, those on which it still does after rounding to 8 bits. Genuine are always all samples that the view
    holds a copy of, or for a foreign view all there are. Intervals (value, ci_low, ci_high, interval): bootstrap
    over samples, a genuine sample and its attacked copy drawn together, a foreign view on its own. difference,
    difference_low, difference_high: the detector less `margin`, on the same resamples. n and n_genuine: samples.
    NaN ends where every resample gives the same difference.

    ASSUME: attacked and foreign are the positives; the literature also has it the other way round.
    """
    return pd.DataFrame([row for trial in trials(scores, attacks, foreign) for row in _rows(trial, options)])


def trials(scores: pd.DataFrame, attacks: pd.DataFrame | None, foreign: Collection[str]) -> Iterator[Trial]:
    """The views other than `original`, each beside its genuine samples; those without any sample are left out.

    ASSUME: samples that some detector has no score for, such as those without a hull distance, are left out for all.
    """
    test = scores[scores["split"] == "test"]
    tables = {view: by_sample(rows) for view, rows in test.groupby("view")}
    for view in sorted(set(tables) - {"original"}):
        own, genuine = tables[view], tables["original"]
        shared = [name for name in _in_order(test["detector"]) if name in own and name in genuine]
        own, genuine = own[shared].dropna(), genuine[shared].dropna()
        if view not in foreign:
            own = own[own.index.isin(genuine.index)]
            genuine = genuine.loc[own.index]
        if len(own) and len(genuine):
            counted = _counted(view, own.index, attacks)
            yield Trial(view, tuple(shared), genuine.to_numpy(), own.to_numpy(), counted, view not in foreign)


def by_sample(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per sample, one column per detector that scored any."""
    return rows.pivot(index="sample", columns="detector", values="score").sort_index().dropna(axis=1, how="all")


def _in_order(names: pd.Series) -> list[str]:
    """Every name once: the baseline first, then by appearance."""
    return sorted(names.unique(), key=lambda name: name != BASELINE)


def _counted(view: str, samples: pd.Index, attacks: pd.DataFrame | None) -> dict[str, NDArray]:
    """Which samples count, by name; names that no sample counts under are left out."""
    counted = {"all": np.ones(len(samples), bool)}
    if attacks is not None and (attacks["view"] == view).any():
        own = attacks[attacks["view"] == view].set_index("sample").reindex(samples)
        if own["success"].isna().any():
            missing = own.index[own["success"].isna()][0]
            raise DataError(f"attacks: view {view}: sample {missing} is scored but has no row; expected one per sample")
        counted |= {name: own[name].to_numpy(bool) for name in COUNTED[1:]}
    return {name: flags for name, flags in counted.items() if flags.any()}


def _rows(trial: Trial, options: Resampling) -> Iterator[dict]:
    """The rows of one view; values and draws have the axes counted, detector, measure."""
    measure = Measures(trial)
    n, m = len(trial.genuine), len(trial.suspicious)
    sizes = (n,) if trial.paired else (n, m)
    values = measure(*(np.ones((1, size)) for size in sizes))[0]
    draws = options.draws(measure, *sizes)
    reference = trial.detectors.index(BASELINE) if BASELINE in trial.detectors else None
    for i, (counted, flags) in enumerate(trial.counted.items()):
        for j, detector in enumerate(trial.detectors):
            for k, name in enumerate(MEASURES):
                row = {"view": trial.view, "counted": counted, "detector": detector, "measure": name}
                row |= interval_of(values[i, j, k], draws[:, i, j, k], name, int(flags.sum()), trial, options)
                if reference is not None:
                    row |= difference_of(values[i, [j, reference], k], draws[:, i, [j, reference], k], options)
                yield row | {"n": int(flags.sum()), "n_genuine": n, "paired": trial.paired}


def interval_of(value: float, draws: NDArray, measure: str, n: int, trial: Trial, options: Resampling) -> dict:
    """The bootstrap's interval; where the value is 0 or 1, resampling shows nothing and the exact one is given.

    ASSUME: a perfect area counts as that many independent comparisons all won: every sample used once, so half as many
    as there are where both sides come from the same samples. A false positive rate counts genuine samples, with the
    threshold taken as fixed.
    """
    draws = draws[np.isfinite(draws)]
    if value in (0, 1):
        genuine = len(trial.genuine)
        comparisons = max(1, n // 2) if trial.paired else min(n, genuine)
        trials_held = comparisons if measure == "area" else genuine
        estimate = counted_share(round(value * trials_held), trials_held, options)
        low, high, how = estimate.low, estimate.high, estimate.interval
    elif len(draws):
        (low, high), how = options.ends(draws), options.bootstrap
    else:
        estimate = without_interval(value, n, "no resample holds such a sample")
        low, high, how = estimate.low, estimate.high, estimate.interval
    return {"value": value, "ci_low": low, "ci_high": high, "interval": how}


def difference_of(values: NDArray, draws: NDArray, options: Resampling) -> dict:
    """A detector less the baseline: values (2,), draws (resamples, 2)."""
    apart = draws[:, 0] - draws[:, 1]
    apart = apart[np.isfinite(apart)]
    low, high = options.ends(apart) if len(apart) and np.ptp(apart) > 0 else (np.nan, np.nan)
    return {"difference": values[0] - values[1], "difference_low": low, "difference_high": high}


class Measures:
    """Area and false positive rate of a trial in resamples, without sorting anew."""

    def __init__(self, trial: Trial) -> None:
        flags = np.stack(list(trial.counted.values()))
        self._shape = (len(flags), len(trial.detectors), len(MEASURES))
        self._curves = [Roc(own, other, flags) for own, other in zip(trial.genuine.T, trial.suspicious.T)]

    def __call__(self, genuine: NDArray, suspicious: NDArray | None = None) -> NDArray[np.float64]:
        """(k, counted, detectors, measures) from counts (k, n) and (k, m); one for both where samples are paired."""
        suspicious = genuine if suspicious is None else suspicious
        curves = np.empty((len(genuine), *self._shape))
        for start in range(0, len(genuine), _TOGETHER):
            part = slice(start, start + _TOGETHER)
            held = [np.ascontiguousarray(counts[part].T) for counts in (genuine, suspicious)]
            for place, curve in enumerate(self._curves):
                curves[part, :, place] = curve(*held)
        return curves


class Roc:
    """Area and false positive rate of one score in any resample: sorted once, then sums of counts.

    genuine (n,), suspicious (m,): scores; flags (s, m): which suspicious samples count, in each of s countings.
    """

    def __init__(self, genuine: NDArray, suspicious: NDArray, flags: NDArray) -> None:
        self._genuine = np.argsort(genuine, kind="stable")
        self._suspicious = np.argsort(-suspicious, kind="stable")  # the most suspicious first
        values = suspicious[self._suspicious]
        self._below = np.searchsorted(genuine, values, "left", sorter=self._genuine)
        self._up_to = np.searchsorted(genuine, values, "right", sorter=self._genuine)
        self._flags = flags[:, self._suspicious].astype(float)

    def __call__(self, genuine: NDArray, suspicious: NDArray) -> NDArray[np.float64]:
        """(k, s, 2) area and false positive rate in k resamples that hold samples `genuine` (n, k) times and
        `suspicious` (m, k) times; NaN where a resample holds no sample that counts."""
        passed = np.zeros((len(genuine) + 1, genuine.shape[1]))
        np.cumsum(genuine[self._genuine], axis=0, out=passed[1:])
        below, drawn = passed[self._below], suspicious[self._suspicious]
        won = (below + passed[self._up_to]) * drawn / 2
        total, held = passed[-1], self._flags @ drawn
        with np.errstate(invalid="ignore", divide="ignore"):
            area = self._flags @ won / (held * total)
        rate = np.stack([self._rate(drawn * flags[:, None], below, total) for flags in self._flags])
        return np.stack([area, np.where(held > 0, rate, np.nan)], axis=2).swapaxes(0, 1)

    @staticmethod
    def _rate(drawn: NDArray, below: NDArray, total: NDArray) -> NDArray[np.float64]:
        """(k,) share of genuine samples at or above the score at which enough of the drawn ones are caught."""
        caught = np.cumsum(drawn, axis=0)
        needed = np.ceil(CAUGHT * caught[-1] - 1e-9)  # 0.95 * 20 is a hair above 19
        place = np.argmax(caught >= needed, axis=0)
        return 1 - np.take_along_axis(below, place[None], axis=0)[0] / total


def roc_curves(
    scores: pd.DataFrame, attacks: pd.DataFrame | None = None, *, foreign: Collection[str] = (), points: int = 200
) -> pd.DataFrame:
    """True positive rate at given false positive rates, the curve that the area of `detection` lies under.

    Arguments as for `detection`. Returns view, counted, detector, false_positive_rate, true_positive_rate: the largest
    share caught while at most that share of genuine samples is. Rates are denser towards 0.
    """
    rates = np.linspace(0, 1, points) ** 2
    frames = []
    for trial in trials(scores, attacks, foreign):
        for counted, flags in trial.counted.items():
            for j, detector in enumerate(trial.detectors):
                caught = _caught(trial.genuine[:, j], trial.suspicious[flags, j], rates)
                about = {"view": trial.view, "counted": counted, "detector": detector}
                frames.append(
                    pd.DataFrame({"false_positive_rate": rates, "true_positive_rate": caught}).assign(**about)
                )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _caught(genuine: NDArray, suspicious: NDArray, rates: NDArray) -> NDArray[np.float64]:
    """Share of suspicious samples above the threshold that at most `rates` of the genuine ones exceed."""
    genuine, suspicious = np.sort(genuine), np.sort(suspicious)
    allowed = np.floor(rates * len(genuine) + 1e-9).astype(int)
    threshold = genuine[np.maximum(len(genuine) - allowed - 1, 0)]
    caught = 1 - np.searchsorted(suspicious, threshold, "right") / len(suspicious)
    return np.where(allowed == len(genuine), 1.0, caught)


def by_confidence(detected: pd.DataFrame, parameters: Mapping[str, Mapping]) -> pd.DataFrame:
    """Detection against the confidence κ that an attack keeps beyond the boundary.

    detected: as from `detection`; parameters: of each attack in question, its kind included. Adds to the rows that
    count successes: confidence, and series, which names the attack by what else tells it from others of its kind.
    Sorted by series and confidence.

    ASSUME: an attack that is given no confidence stops at the boundary: κ = 0.
    """
    rows = detected[detected["view"].isin(list(parameters)) & (detected["counted"] == "success")]
    confidence = {view: float(options.get("confidence") or 0) for view, options in parameters.items()}
    rows = rows.assign(confidence=rows["view"].map(confidence), series=rows["view"].map(_series(parameters)))
    return rows.sort_values(["series", "confidence", "detector", "measure"], ignore_index=True)


def _series(parameters: Mapping[str, Mapping]) -> dict[str, str]:
    """View -> its kind, and those of its parameters in which views of that kind differ."""
    names = {}
    for view, options in parameters.items():
        alike = [other for other in parameters.values() if other["kind"] == options["kind"]]
        differing = [key for key in _keys(alike) if len({str(other.get(key)) for other in alike}) > 1]
        names[view] = ", ".join([options["kind"], *(f"{key} {options[key]}" for key in differing if key in options)])
    return names


def _keys(parameters: Sequence[Mapping]) -> list[str]:
    """The keys that may tell series apart, in order of appearance."""
    return [
        key
        for key in dict.fromkeys(key for options in parameters for key in options)
        if key not in ("kind", "confidence")
    ]
