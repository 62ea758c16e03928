"""What the page says of one sample beyond its columns: in shards of `ROWS` samples, read when one of them is opened.

Scalars are the float64 of the tables. Coefficients of supports, spectra and percentiles, of which a picture or three
digits are shown, are float32.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.arrays import blocks
from phiscope.explorer.columns import Frames, percentiles
from phiscope.explorer.frames import places_of, words_of
from phiscope.explorer.pack import packed

ROWS = 256  # samples of a shard
MOST_WIDE = 64  # classes of which every sample has a place for each; of more, only the closest are on the page
CLOSEST = 30  # so many
_CERTIFICATES = ("primal_residual", "dual_residual", "duality_gap")
_HULL_NUMBERS = ("distance", "distance_lower", "noise", "duality_gap", "hull_radius", "rounds")
_HULL_WORDS = ("position", "status")
_INVERSION = (
    *("target", "target_class", "radius", "reference", "pixel_distance", "predicted", "class_changes"),
    *("feature_residual", "target_norm", "iterations", "status"),
)


@dataclass(frozen=True)
class Ragged:
    """Several values for each of n rows: those of row k lie at ends[k]:ends[k + 1] of every array."""

    ends: NDArray[np.int64]
    arrays: Mapping[str, NDArray]

    def part(self, name: str, rows: slice) -> dict[str, NDArray]:
        start, stop = self.ends[rows.start], self.ends[rows.stop]
        parts = {f"{name}_{key}": array[start:stop] for key, array in self.arrays.items()}
        return {f"{name}_ends": (self.ends[rows.start : rows.stop + 1] - start).astype(np.uint32), **parts}


@dataclass(frozen=True)
class Details:
    """arrays: one row for each sample of the page; ragged: several; rows: JSON by the place of a sample; about: what
    holds for all of them, for the manifest."""

    count: int
    arrays: Mapping[str, NDArray]
    ragged: Mapping[str, Ragged]
    rows: Mapping[str, Mapping[int, Any]]
    about: Mapping[str, Any]

    def shards(self) -> Iterator[bytes]:
        for rows in blocks(self.count, ROWS):
            arrays = {name: array[rows].reshape(-1) for name, array in self.arrays.items()}
            for name, ragged in self.ragged.items():
                arrays |= ragged.part(name, rows)
            own = {
                name: {str(place): values[place] for place in range(rows.start, rows.stop) if place in values}
                for name, values in self.rows.items()
            }
            yield packed(arrays, own)


def details_of(
    frames: Frames,
    classes: int,
    margins: pd.DataFrame,
    hulls: Mapping[str, pd.DataFrame],
    inversions: pd.DataFrame | None = None,
    spectra: pd.DataFrame | None = None,
) -> Details:
    """classes: how many; margins: the table, of the rows' split; hulls: kind (`feature`, `pixel`, `processed`) -> rows
    of the tables; inversions: the table, with `picture`, the number of its thumbnail; spectra: one row per sample."""
    arrays, about = _certificates(frames.rows, margins)
    ragged: dict[str, Ragged] = {}
    if classes <= MOST_WIDE:
        to_class, about["marginStatus"] = _margins(frames.rows, classes, margins)
        arrays |= to_class
    else:
        ragged["margins"], about["marginStatus"] = _closest(frames.rows, margins)
    for kind, rows in hulls.items():
        own, words = _hull(frames.rows, kind, rows)
        arrays, about = arrays | own, about | words
        ragged[f"support_{kind}"] = _support(frames.rows, rows)
    if frames.scores:
        arrays["percentiles"] = _percentiles(frames)
        about["detectors"] = list(frames.scores)
    own_rows = {"inversions": _inversions(frames.rows, inversions)} if inversions is not None else {}
    if spectra is not None and len(spectra):
        arrays["spectrum"] = _spectrum(frames.rows, spectra)
        about["axes"] = arrays["spectrum"].shape[1]
    return Details(len(frames.rows), arrays, ragged, own_rows, about | {"hulls": list(hulls), "rows": ROWS})


def _certificates(rows: pd.DataFrame, margins: pd.DataFrame) -> tuple[dict[str, NDArray], dict[str, Any]]:
    """The worst certificates (n, 3) of each sample's margins, and what the classes without one are no closer than."""
    place = places_of(rows, margins)
    known = place >= 0
    worst, others = np.full((len(rows), len(_CERTIFICATES)), np.nan), np.full(len(rows), np.inf)
    for column, name in enumerate(_CERTIFICATES):
        np.fmax.at(worst[:, column], place[known], margins[name].to_numpy(float)[known])
    others[place[known]] = margins["others_at_least"].to_numpy(float)[known]
    arrays: dict[str, NDArray] = {"margin_certificate": worst}
    return arrays | ({"others_at_least": others} if np.isfinite(others).any() else {}), {}


def _closest(rows: pd.DataFrame, margins: pd.DataFrame) -> tuple[Ragged, list[str]]:
    """Class, margin and status of each sample's closest classes, the closest first; those without a margin last."""
    order = np.where(margins["rank"] > 0, margins["rank"], np.iinfo(np.int64).max)
    place = places_of(rows, margins)
    by = np.lexsort((margins["other_class"], order, place))
    by = by[place[by] >= 0]
    before = np.searchsorted(place[by], np.arange(len(rows)))
    by = by[np.arange(len(by)) - before[place[by]] < CLOSEST]
    words, codes = words_of(margins["status"])
    arrays = {
        "class": margins["other_class"].to_numpy()[by].astype(np.uint16),
        "margin": margins["margin"].to_numpy(float)[by],
        "status": codes[by],
    }
    sizes = np.bincount(place[by], minlength=len(rows))
    return Ragged(np.concatenate([[0], np.cumsum(sizes)]), arrays), words


def _margins(rows: pd.DataFrame, classes: int, margins: pd.DataFrame) -> tuple[dict[str, NDArray], list[str]]:
    """Margins to every class (n, classes), NaN to its own and to those that the table has none to."""
    place, other = places_of(rows, margins), margins["other_class"].to_numpy(int)
    known = place >= 0
    to_class = np.full((len(rows), classes), np.nan)
    to_class[place[known], other[known]] = margins["margin"].to_numpy(float)[known]
    words, codes = words_of(margins["status"])
    status = np.full((len(rows), classes), len(words), np.uint8)  # none: its own class
    status[place[known], other[known]] = codes[known]
    return {"margins": to_class, "margin_status": status}, words


def _hull(rows: pd.DataFrame, kind: str, hulls: pd.DataFrame) -> tuple[dict[str, NDArray], dict[str, Any]]:
    place = places_of(rows, hulls)
    known = place >= 0
    numbers = np.full((len(rows), len(_HULL_NUMBERS)), np.nan)
    numbers[place[known]] = hulls[list(_HULL_NUMBERS)].to_numpy(float)[known]
    arrays: dict[str, NDArray] = {f"hull_{kind}": numbers}
    about: dict[str, Any] = {}
    for name in _HULL_WORDS:
        words, codes = words_of(hulls[name])
        placed = np.full(len(rows), len(words), np.uint8)
        placed[place[known]] = codes[known]
        arrays[f"hull_{kind}_{name}"], about[f"{kind}_{name}"] = placed, words
    return arrays, about


def _support(rows: pd.DataFrame, hulls: pd.DataFrame) -> Ragged:
    """Numbers and coefficients of the training samples that projections rest on, the largest coefficient first."""
    place = places_of(rows, hulls)
    order = np.argsort(place, kind="stable")
    order = order[place[order] >= 0]
    index, weight = (hulls[name].to_numpy()[order] for name in ("support_index", "support_weight"))
    sizes = np.zeros(len(rows), int)
    sizes[place[order]] = [len(each) for each in index]
    flat = [np.concatenate([np.empty(0), *each]) for each in (index, weight)]
    arrays = {"index": flat[0].astype(np.int32), "weight": flat[1].astype(np.float32)}
    return Ragged(np.concatenate([[0], np.cumsum(sizes)]), arrays)


def _percentiles(frames: Frames) -> NDArray[np.float32]:
    keys = ["view", "sample"]
    columns = []
    for frame in frames.scores.values():
        joined = frames.rows[keys].merge(frame[[*keys, "score"]], on=keys, how="left", validate="one_to_one")
        columns.append(percentiles(joined["score"].to_numpy(float), frames.rows))
    return np.stack(columns, axis=1).astype(np.float32)


def _inversions(rows: pd.DataFrame, inversions: pd.DataFrame) -> dict[int, list[dict[str, Any]]]:
    """Place of a sample -> its images of chosen points, in the order of the table."""
    found: dict[int, list[dict[str, Any]]] = {}
    kept = inversions[[*_INVERSION, "picture"]].astype(object).where(inversions[[*_INVERSION, "picture"]].notna(), None)
    for place, row in zip(places_of(rows, inversions).tolist(), kept.to_dict("records")):
        if place >= 0:
            found.setdefault(place, []).append({str(key): _as_number(value) for key, value in row.items()})
    return found


def _as_number(value: Any) -> Any:
    """Numbers of Python's, whole ones without a point: what JSON holds."""
    value = value.item() if isinstance(value, np.generic) else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _spectrum(rows: pd.DataFrame, spectra: pd.DataFrame) -> NDArray[np.float32]:
    amplitudes = np.stack(spectra["amplitude"].to_numpy())
    place = places_of(rows, spectra)
    placed = np.full((len(rows), amplitudes.shape[1]), np.nan, np.float32)
    placed[place[place >= 0]] = amplitudes[place >= 0]
    return placed
