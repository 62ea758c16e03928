"""Sparsity, and rate against distortion: pictures of few coefficients in one basis or several, beside JPEG.

A row per image, method and setting. Methods: `largest` coefficients of one basis, which are basis pursuit's in it once
they are fitted again; `pursuit`, basis pursuit denoising in a union; `jpeg`.
ASSUME: images are grey (luma), less their mean, so that colour, which JPEG halves, does not blur the comparison.
ASSUME: values are rounded to multiples of 1.5 λ, λ the threshold below which they were dropped: of 0.5, 1, 1.5, 2 and 3
the step with most PSNR for its bits, on a photograph in three bases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.experiments.implicit.images import fitted
from phiscope.implicit.bases import LARGEST_MATRIX, ImageBasis, basis
from phiscope.implicit.coding import coefficient_bits, jpeg, rounded
from phiscope.implicit.images import psnr
from phiscope.implicit.pursuit import analyse, largest_penalty, pursue, refitted, synthesise
from phiscope.implicit.waves import Size

COLUMNS = (
    *(
        "image",
        "group",
        "height",
        "width",
        "method",
        "basis",
        "setting",
        "coefficients",
        "functions",
        "bits",
        "scan_bits",
    ),
    *("psnr", "psnr_rounded", "duality_gap", "status"),
)
STEP = 1.5  # of rounding, in thresholds
MATRICES = ("orthogonal",)  # bases that are a matrix, and not there for large images


def rate_rows(
    images: Mapping[str, NDArray],
    options: Mapping[str, Any],
    seed: int,
    *,
    report: Callable[[int, int], None] | None = None,
) -> Iterator[dict[str, Any]]:
    """Rows of every image (h, w, c) in [0, 1], by `group/name`, in every way, in COLUMNS as far as a method has them.

    options: groups (None for all), bases (several joined by `+` for pursuit), thresholds (as shares of the largest
    coefficient) and qualities (of JPEG). `functions` is how many there are to choose from; of JPEG `bits` are those of
    the file and `scan_bits` those without header and tables.
    """
    chosen = {
        name: fitted(image, None, grey=True)[..., 0]
        for name, image in images.items()
        if options["groups"] is None or name.partition("/")[0] in options["groups"]
    }
    for done, (name, image) in enumerate(chosen.items()):
        about = {"image": name, "group": name.partition("/")[0], "height": image.shape[0], "width": image.shape[1]}
        for names in options["bases"]:
            yield from (about | row for row in _coefficients(image, names, options["thresholds"], seed))
        yield from (about | row for row in _jpegs(image, options["qualities"]))
        if report:
            report(done + 1, len(chosen))


def _coefficients(image: NDArray, names: str, thresholds: Sequence[float], seed: int) -> Iterator[dict[str, Any]]:
    size = image.shape
    obstacle = obstacle_of(names, size)
    several = "+" in names
    if obstacle:
        yield dict.fromkeys(COLUMNS[6:]) | {
            "method": "pursuit" if several else "largest",
            "basis": names,
            "status": obstacle,
        }
        return
    bases = [_basis(name, size, seed) for name in names.split("+")]
    mean = image.mean()
    y = image - mean
    top = largest_penalty(y, bases)
    for threshold in sorted(thresholds, reverse=True) if top > 0 else ():
        penalty = threshold * top
        gap, status = 0.0, "solved"
        if several:
            found = pursue(y, bases, penalty)
            support, gap, status = found.weight != 0, found.gap, found.status
        else:
            support = np.abs(analyse(y, bases)) > penalty
        weight = refitted(y, bases, support)
        levels = rounded(weight, STEP * penalty)
        yield {
            "method": "pursuit" if several else "largest", "basis": names, "setting": threshold,
            "coefficients": int(np.count_nonzero(weight)), "functions": weight.size,
            "bits": coefficient_bits(levels), "scan_bits": coefficient_bits(levels),
            "psnr": _psnr(mean + synthesise(weight, bases), image),
            "psnr_rounded": _psnr(mean + synthesise(STEP * penalty * levels.astype(np.float64), bases), image),
            "duality_gap": gap, "status": status,
        }  # fmt: skip


def _jpegs(image: NDArray, qualities: Sequence[int]) -> Iterator[dict[str, Any]]:
    for quality in qualities:
        decoded, file, scan = jpeg(image, quality)
        reached = _psnr(decoded, image)
        yield dict.fromkeys(COLUMNS[6:]) | {
            "method": "jpeg", "basis": "jpeg", "setting": float(quality), "bits": 8.0 * file, "scan_bits": 8.0 * scan,
            "psnr": reached, "psnr_rounded": reached, "status": "solved",
        }  # fmt: skip


def obstacle_of(names: str, size: Size) -> str:
    """Why images of that size have no such basis; empty where they have."""
    parts = names.split("+")
    if "haar" in parts and any(side & (side - 1) for side in size):
        return "sides not powers of two"
    if set(parts) & set(MATRICES) and size[0] * size[1] > LARGEST_MATRIX:
        return "too many pixels"
    return ""


def _psnr(image: NDArray, reference: NDArray) -> float:
    return psnr(image.clip(0, 1)[..., None], reference[..., None])


def _basis(name: str, size: Size, seed: int) -> ImageBasis:
    return basis("fourier" if name == "fourier_complete" else name, size, seed=seed)
