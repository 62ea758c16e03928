"""Turning latents from the axis of their own label along those of others: Deep LSD, section VI."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phiscope.latent.basis import Basis
from phiscope.latent.operators import rotate
from phiscope.latent.spectral import classify, decompose


def own_labels(latents: NDArray, basis: Basis) -> NDArray[np.int64]:
    """(n,) label of the axis of set 1 with the largest |c|, of latents (n, M): where a turn starts without a label."""
    return classify(decompose(latents, basis), basis, axes="first-set")


def turned(latent: NDArray, basis: Basis, toward: Sequence[int], step: float, kind: str) -> NDArray[np.float64]:
    """(steps, M): a latent (1, M) on its way from its own axis along those of `toward`, Algorithm 1.

    step: at most so many degrees, of equal size, so that every stage is a quarter turn; a stage from a label to
    itself stands still, so that all images take as many steps. kind: of `latent.operators.KINDS`.
    """
    count = int(np.ceil(90 / step - 1e-9))
    way, stops = [latent], [int(own_labels(latent, basis)[0]), *toward]
    for source, target in pairwise(stops):
        if source == target:
            way += [way[-1]] * count
        else:
            path = rotate(way[-1], basis, [source, target], step=np.pi / 2 / count, steps=count, kind=kind)
            way += list(path.latents[1:])
    return np.concatenate(way)[1:]
