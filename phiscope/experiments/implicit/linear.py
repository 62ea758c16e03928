"""The linear models of one image: least squares in an encoding, and sparse ones in complete bases."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from phiscope.errors import ConfigError
from phiscope.experiments.implicit.settings import SPARSE, Setting
from phiscope.implicit import linear, spectrum
from phiscope.implicit.bases import ImageBasis, basis
from phiscope.implicit.encodings import Encoding
from phiscope.implicit.waves import Size, nyquist, positions

T = TypeVar("T")


def least_squares(image: NDArray, encoding: Encoding, seen: NDArray[np.bool_]) -> tuple[NDArray, dict[str, Any]]:
    """An image (h, w, c) by least squares on the pixels seen (h, w), and what its row says of that.

    ASSUME: the linear model has an intercept, as the network has.
    """
    features = encoding(positions(image.shape[:2]))
    features = np.hstack([np.ones((len(features), 1)), features])
    fit = linear.least_squares(features, image.reshape(-1, image.shape[2]), seen.ravel())
    about = {"parameters": fit.weight.size, "coefficients": fit.rank, "status": "fitted"}
    return fit.prediction.reshape(image.shape), about


def sparse(image: NDArray, setting: Setting, seed: int, seen: NDArray[np.bool_]) -> tuple[NDArray, dict[str, Any]]:
    """An image less its mean in an orthonormal basis, or several, from the pixels seen; the mean is kept apart.

    ASSUME: so that a basis which holds no constant function is not blamed for an image's mean.
    """
    size = image.shape[:2]
    mean = image[seen].mean(0)
    if setting.model == "largest":
        chosen = basis_of(setting.encoding, size, seed)
        c = chosen.analyse(np.moveaxis(image - mean, 2, 0)).T
        k = max(1, round(given(setting.share) * len(c)))
        kept = linear.largest(c, k)
        drawn = mean + np.moveaxis(chosen.synthesise(kept.T), 0, 2)
        missed = float(((c - kept) ** 2).sum())
        about = {"k": k, "parameters": k * image.shape[2], "psnr_parseval": spectrum.parseval_psnr(missed, image.size)}
        return drawn, about | {"coefficients": k, "dimension": len(c), "bandwidth": nyquist(size), "status": "fitted"}
    D = np.hstack([basis_of(name, size, seed).matrix() for name in setting.encoding.split("+")])
    seen, y = seen.ravel(), (image - mean).reshape(-1, image.shape[2])
    if setting.model == "lasso":
        fit = linear.lasso(D[seen], y[seen], given(setting.penalty) * float(np.abs(D[seen].T @ y[seen]).max()))
    elif setting.model == "basis_pursuit":
        fit = linear.basis_pursuit(D[seen], y[seen])
    else:
        raise ConfigError(f"model {setting.model!r}: expected one of {', '.join(SPARSE)}")
    about = {"coefficients": int(fit.support().max()), "dimension": D.shape[1], "parameters": fit.weight.size}
    about |= {"duality_gap": float(np.abs(fit.duality_gap).max()), "status": _worst(fit.status)}
    return mean + (D @ fit.weight).reshape(image.shape), about | {"bandwidth": nyquist(size)}


def given(value: T | None) -> T:
    """What a setting of this kind always has: `settings.expand` sees to it."""
    if value is None:
        raise ConfigError("implicit: a fit lacks a value that its model or encoding needs")
    return value


def _worst(status: NDArray[np.str_]) -> str:
    """`fitted` where every channel was solved, else the first word for not."""
    return next((str(word) for word in status if word != "solved"), "fitted")


@lru_cache(maxsize=8)  # a random one takes a minute to draw at 64 x 64; the others hold no matrix
def basis_of(name: str, size: Size, seed: int) -> ImageBasis:
    return basis("fourier" if name == "fourier_complete" else name, size, seed=seed)
