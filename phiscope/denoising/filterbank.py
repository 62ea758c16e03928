"""Filter banks with ReLU as pattern detectors, what can be read off them, and the image back from them.

    bank = orientation_bank(orientations=6, scales=(1.0, 2.0))
    responses = respond(image, bank)
    edges(responses), interest_points(respond(image, orientation_bank(4, (1.0,), even=False)), count=20)
    invert(responses, bank).image

Runs invert responses (`phiscope.denoising.invertibility`); edges and interest points are for images of one's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter
from scipy.sparse.linalg import LinearOperator, lsqr
from torch.nn import functional

from phiscope.errors import DataError

_AROUND = 1.5  # ASSUME: deviation in pixels of the average around an interest point


@dataclass(frozen=True)
class FilterResponses:
    """ReLU(f ⋆ x) and ReLU(-f ⋆ x) for each filter f, (filters, h, w) each; negative None where only one sign is kept.

    A filter correlates with the image, which is 0 beyond its border.
    """

    positive: NDArray[np.float64]
    negative: NDArray[np.float64] | None


@dataclass(frozen=True)
class FilterInversion:
    """The image (h, w) whose responses come closest; equations: how many responses spoke; residual: their norm left."""

    image: NDArray[np.float64]
    equations: int
    residual: float


def orientation_bank(orientations: int, scales: tuple[float, ...], even: bool = True) -> NDArray[np.float64]:
    """(filters, k, k): derivatives of Gaussians, of unit norm, evenly turned, at each deviation in pixels.

    First derivatives answer to edges, and, where `even`, second derivatives to lines, in the same order: scales,
    first and second derivative, orientations.
    """
    reach = int(np.ceil(3 * max(scales)))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(float)
    bank = []
    for scale in scales:
        window = np.exp(-(x**2 + y**2) / (2 * scale**2))
        for profile in (lambda u: -u, lambda u: u**2 - 1)[: 2 if even else 1]:
            for angle in np.arange(orientations) * np.pi / orientations:
                filters = profile((x * np.cos(angle) + y * np.sin(angle)) / scale) * window
                filters -= window * filters.sum() / window.sum()  # no answer to what is constant
                bank.append(filters / np.linalg.norm(filters))
    return np.array(bank)


def random_bank(count: int, side: int, seed: int) -> NDArray[np.float64]:
    """(count, side, side) filters of unit norm, drawn evenly from all directions."""
    drawn = np.random.default_rng([seed, count, side]).standard_normal((count, side * side))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).reshape(count, side, side)


def respond(image: NDArray, bank: NDArray, both_signs: bool = True) -> FilterResponses:
    """Scores of an image (h, w) against every pattern (filters, k, k), k odd."""
    if bank.shape[-1] % 2 == 0:
        raise DataError(f"filters are {bank.shape[-1]} pixels wide; expected an odd number, so that they have a centre")
    scores = correlate(np.asarray(image, np.float64)[None], bank)[0]
    return FilterResponses(np.maximum(scores, 0), np.maximum(-scores, 0) if both_signs else None)


def invert(
    responses: FilterResponses, bank: NDArray, *, tolerance: float = 1e-10, steps: int = 2000
) -> FilterInversion:
    """min_x Σ over responses that survived the ReLU of (f ⋆ x - r)²: least squares, by LSQR from x = 0.

    With both signs every r = r₊ - r₋ is known, also where it is 0; with one, only what is positive gives an equation.
    The image comes back exactly where these equations determine it; else the solution of least norm does.
    """
    positive, negative = responses.positive, responses.negative
    spoke = positive > 0 if negative is None else np.ones_like(positive, bool)
    target = (positive if negative is None else positive - negative)[spoke]
    shape = positive.shape[1:]

    def forward(x: NDArray) -> NDArray:
        return correlate(x.reshape(1, *shape), bank)[0][spoke]

    def adjoint(r: NDArray) -> NDArray:
        spread = np.zeros(spoke.shape)
        spread[spoke] = np.ravel(r)
        return correlate_back(spread[None], bank).ravel()

    operator = LinearOperator((int(spoke.sum()), shape[0] * shape[1]), matvec=forward, rmatvec=adjoint, dtype=float)
    solution, _, _, residual, *_ = lsqr(operator, target, atol=tolerance, btol=tolerance, iter_lim=steps)
    return FilterInversion(solution.reshape(shape), int(spoke.sum()), float(residual))


def edges(responses: FilterResponses) -> NDArray[np.float64]:
    """(h, w) the strongest response of either sign: how much of an edge or line there is."""
    return _strength(responses).max(axis=0)


def interest_points(responses: FilterResponses, count: int) -> NDArray[np.int64]:
    """(count, 2) rows and columns where the image changes in every direction, strongest first.

    responses: of first derivatives of one scale, evenly turned. Their squares, averaged around a pixel, are u M uᵀ of
    the structure tensor M for each direction u; the score is the least of them (Shi and Tomasi 1994), a point a
    local maximum of it among 5 x 5 pixels.
    """
    squares = gaussian_filter(np.square(_strength(responses)), (0, _AROUND, _AROUND))
    score = squares.min(axis=0)
    peaks = np.argwhere((score == maximum_filter(score, 5)) & (score > 0))
    return peaks[np.argsort(-score[tuple(peaks.T)], kind="stable")][:count]


def _strength(responses: FilterResponses) -> NDArray[np.float64]:
    if responses.negative is None:
        return responses.positive
    return np.maximum(responses.positive, responses.negative)


def correlate(images: NDArray[np.float64], bank: NDArray) -> NDArray[np.float64]:
    """f ⋆ x for each image and filter: (m, h, w) -> (m, filters, h, w), zeros beyond the border."""
    x, f = torch.from_numpy(images)[:, None], torch.from_numpy(np.ascontiguousarray(bank))[:, None]
    return functional.conv2d(x, f, padding=bank.shape[-1] // 2).numpy()


def correlate_back(responses: NDArray[np.float64], bank: NDArray) -> NDArray[np.float64]:
    """The adjoint: (m, filters, h, w) -> (m, h, w). The last step of a reconstruction is filtering, too."""
    r, f = torch.from_numpy(responses), torch.from_numpy(np.ascontiguousarray(bank))[:, None]
    return functional.conv_transpose2d(r, f, padding=bank.shape[-1] // 2)[:, 0].numpy()
