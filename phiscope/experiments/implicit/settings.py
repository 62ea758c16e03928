"""The ways in which images are drawn, from the lists of the configuration, `implicit.fits`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from phiscope.implicit.bases import LARGEST_MATRIX
from phiscope.implicit.waves import Size, grid_waves

NETWORKS = ("mlp", "siren")
ON_ALL_PIXELS = ("projection", "largest")  # linear models that see the whole image
SPARSE = ("largest", "lasso", "basis_pursuit")  # linear models in an orthonormal basis, or a union of such
ON_THE_GRID = ("fourier_random", "fourier_grid", "fourier_lowest", "fourier_strategic")
DRAWN = ("gaussian", "fourier_random", "orthogonal")  # encodings that a seed decides

_CROSSED = ("encoding", "pixels", "k", "sigma", "learning_rate", "share", "penalty")
ALL, TRAINING = "all", "training"  # which pixels are fitted


@dataclass(frozen=True)
class Setting:
    """model: `mlp`, `siren`; `projection` (least squares on all pixels), `least_squares` (on the training pixels);
    `largest`, `lasso`, `basis_pursuit`, whose encoding names bases, two of them joined by `+`.

    k, sigma: of the encoding; spectrum: what `fourier_strategic` looks at, `own` or `mean`; learning_rate: of networks;
    share: of coefficients that `largest` keeps; penalty: of Lasso, as a share of the least λ that gives zero; groups:
    the sets of images it is for, None for all; pixels: that are fitted, `training` or `all`, which hold none out.
    """

    model: str
    encoding: str
    k: int | None = None
    sigma: float | None = None
    spectrum: str | None = None
    learning_rate: float | None = None
    share: float | None = None
    penalty: float | None = None
    groups: tuple[str, ...] | None = None
    pixels: str = TRAINING

    @property
    def is_network(self) -> bool:
        return self.model in NETWORKS

    @property
    def on_all_pixels(self) -> bool:
        """Whether no pixel is held out."""
        return self.pixels == ALL or self.model in ON_ALL_PIXELS

    @property
    def is_drawn(self) -> bool:
        """Whether another seed gives another result."""
        return self.is_network or any(name in DRAWN for name in self.encoding.split("+"))

    @property
    def name(self) -> str:
        """All of it in one line, the key of what was drawn."""
        given = {key: getattr(self, key) for key in ("k", "sigma", "spectrum", "learning_rate", "share", "penalty")}
        shown = (f"{key}={value if isinstance(value, str) else f'{value:g}'}" for key, value in given.items() if value)
        fitted = ["all pixels"] if self.pixels == ALL else []
        return " ".join([self.model, self.encoding, *shown, *fitted])

    def parameters(self) -> dict[str, Any]:
        """Arguments of the encoding, without seed and magnitudes."""
        return {key: getattr(self, key) for key in ("k", "sigma") if getattr(self, key) is not None}

    def obstacle(self, size: Size) -> str:
        """Why images of that size cannot be drawn so; empty where they can."""
        pixels = size[0] * size[1]
        if self.encoding in ON_THE_GRID and (self.k or 0) > len(grid_waves(size)):
            return "too few waves"
        if "haar" in self.encoding.split("+") and any(side & (side - 1) for side in size):
            return "sides not powers of two"
        written_out = self.model in ("lasso", "basis_pursuit") or {"orthogonal", "haar"} & set(self.encoding.split("+"))
        if written_out and pixels > LARGEST_MATRIX:
            return "too many pixels"
        return ""


def expand(fits: Sequence[Mapping[str, Any]], learning_rate: float) -> list[Setting]:
    """Every combination of the lists in each entry; networks without a learning rate get the default one."""
    return [setting for entry in fits for setting in _crossed(entry, learning_rate)]


def _crossed(entry: Mapping[str, Any], learning_rate: float) -> list[Setting]:
    fixed = {key: entry[key] for key in ("model", "spectrum") if key in entry}
    if "groups" in entry:
        fixed["groups"] = tuple(entry["groups"])
    lists = {key: _listed(entry[key]) for key in _CROSSED if key in entry}
    if fixed["model"] in NETWORKS:
        lists.setdefault("learning_rate", [learning_rate])
    return [Setting(**fixed, **dict(zip(lists, values))) for values in product(*lists.values())]


def _listed(value: Any) -> list:
    return list(value) if isinstance(value, (list, tuple)) else [value]
