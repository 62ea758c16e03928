"""The image that least squares make of what a filter bank says of a noisy image: how much of the noise is left.

    project(noisy, bank)                 # all responses: the noisy image itself
    project(noisy, bank[:1], stride=2)   # fewer responses than pixels: a projection, which leaves noise out
    detected(noisy, bank, threshold)     # responses below a threshold count as none

The bank is W: images (m, h, w) to its responses at every `stride`-th pixel. The image of least norm among those whose
responses come closest to W y is W⁺ W y, the projection of y onto the span of the shifted filters. Of white noise of
variance σ² on N pixels it leaves σ² d / N on average, d the dimension of that span, and of the clean image it takes
what is outside of the span. With more independent responses than pixels d is N: least squares alone remove nothing,
however many patterns an image is scored against. What removes noise is to doubt small responses, as a ReLU with a
threshold does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, lsqr

from phiscope.denoising.filterbank import correlate, correlate_back
from phiscope.errors import DataError


def project(images: NDArray, bank: NDArray, stride: int = 1, *, steps: int = 500) -> NDArray[np.float64]:
    """argmin_x ‖W x - W y‖² of least norm, for each image y of (m, h, w): by LSQR from 0, all images at once.

    bank: (filters, k, k), k odd; an image is 0 beyond its border.
    """
    return _closest(_responses(images, bank, stride), images.shape, bank, stride, steps)


def detected(
    images: NDArray, bank: NDArray, threshold: float, stride: int = 1, *, steps: int = 500
) -> NDArray[np.float64]:
    """The same, of responses that a ReLU with a threshold let through: argmin_x ‖W x - r‖².

    r = W y where ReLU(|W y| - threshold) spoke, and 0 elsewhere: what a detector did not see is taken not to be there.
    A threshold of 0 is `project`. Known as hard thresholding of a redundant transform (Coifman and Donoho 1995).
    """
    responses = _responses(images, bank, stride)
    return _closest(np.where(np.abs(responses) > threshold, responses, 0.0), images.shape, bank, stride, steps)


def principal_bank(images: NDArray, side: int, *, patches: int = 20_000, seed: int = 0) -> NDArray[np.float64]:
    """(side², side, side) principal components of patches of images (m, h, w), the largest first; of unit norm.

    Not of patches less their mean: the first one is that of what is constant, or nearly.
    """
    if min(images.shape[1:]) < side:
        raise DataError(f"images of {images.shape[1]} x {images.shape[2]} have no patches of {side} x {side} pixels")
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(images, np.float64), (side, side), axis=(1, 2))
    drawn = windows.reshape(-1, side * side)
    if len(drawn) > patches:
        drawn = drawn[np.random.default_rng([seed, side]).choice(len(drawn), patches, replace=False)]
    _, vectors = np.linalg.eigh(drawn.T @ drawn)
    return vectors.T[::-1].reshape(-1, side, side)


def _responses(images: NDArray, bank: NDArray, stride: int) -> NDArray[np.float64]:
    return correlate(np.asarray(images, np.float64), bank)[:, :, ::stride, ::stride]


def _closest(target: NDArray, shape: tuple[int, ...], bank: NDArray, stride: int, steps: int) -> NDArray[np.float64]:
    def adjoint(responses: NDArray) -> NDArray:
        spread = np.zeros((len(target), len(bank), *shape[1:]))
        spread[:, :, ::stride, ::stride] = responses.reshape(target.shape)
        return correlate_back(spread, bank).ravel()

    def forward(x: NDArray) -> NDArray:
        return _responses(x.reshape(shape), bank, stride).ravel()

    operator = LinearOperator((target.size, int(np.prod(shape))), matvec=forward, rmatvec=adjoint, dtype=float)
    return lsqr(operator, target.ravel(), atol=1e-9, btol=1e-9, iter_lim=steps)[0].reshape(shape)
