"""Whether an attack succeeded, judged by the network alone and not by the attack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phiscope.arrays import blocks, eight_bit, require_finite, unit_range
from phiscope.attacks.network import frozen, lead
from phiscope.errors import DataError
from phiscope.geometry.activations import images_at_a_time

_BATCH = 250


@dataclass(frozen=True)
class Judgement:
    """One entry per image, (m,): before and after, the predicted classes; success: the class changed, and the best
    other logit is ahead by at least the confidence asked for; success_8bit: the same after rounding the attacked image
    to 8 bits; lead: best other logit minus that of the class before; l2 and linf: length of the perturbation, in
    units of the pixel range, of the image clamped to [0, 1].
    """

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    success: NDArray[np.bool_]
    success_8bit: NDArray[np.bool_]
    lead: NDArray[np.float64]
    l2: NDArray[np.float64]
    linf: NDArray[np.float64]


def judge(network: nn.Module, original: NDArray, attacked: NDArray, *, confidence: float = 0.0) -> Judgement:
    """Judge attacked against original images, both (m, channels, h, w), uint8 or float in [0, 1].

    Nearly all perturbations of DeepFool vanish in rounding, so that an attack is judged both as the float image and as
    what an 8-bit file would keep of it. Raises DataError for shapes that differ or pixels that are not finite.
    """
    if original.shape != attacked.shape:
        raise DataError(f"original images {original.shape}, attacked {attacked.shape}; expected the same shape")
    require_finite(attacked, "attacked images")
    parts = [_judged(network, original[rows], attacked[rows]) for rows in _batches(network, original)]
    *logits, l2, linf = (np.concatenate(part) for part in zip(*parts))
    before, after, rounded = map(torch.from_numpy, logits)
    origin = before.argmax(1)
    ahead, ahead_8bit = (lead(logits, origin) for logits in (after, rounded))
    return Judgement(
        before=origin.numpy(),
        after=after.argmax(1).numpy(),
        success=_won(after, origin, ahead, confidence),
        success_8bit=_won(rounded, origin, ahead_8bit, confidence),
        lead=ahead.double().numpy(),
        l2=l2,
        linf=linf,
    )


def _won(logits: Tensor, origin: Tensor, ahead: Tensor, confidence: float) -> NDArray[np.bool_]:
    return ((logits.argmax(1) != origin) & (ahead >= confidence)).numpy()


def _batches(network: nn.Module, images: NDArray) -> Iterator[slice]:
    with frozen(network) as device:
        first = torch.from_numpy(unit_range(images[:1])).to(device)
        return blocks(len(images), images_at_a_time(network, first, _BATCH, gradient=False))


def _judged(network: nn.Module, original: NDArray, attacked: NDArray) -> tuple[NDArray, ...]:
    """Of one batch: logits of the original, of the attacked image and of that in 8 bits; L2 and L∞ of the change."""
    original, clamped = unit_range(original), unit_range(attacked).clip(0, 1)
    logits = [_logits(network, images) for images in (original, clamped, eight_bit(clamped))]
    change = (clamped.astype(np.float64) - original).reshape(len(original), -1)
    return *logits, np.linalg.norm(change, axis=1), np.abs(change).max(axis=1)


def _logits(network: nn.Module, images: NDArray) -> NDArray:
    with frozen(network) as device, torch.no_grad():
        return network(torch.from_numpy(images).to(device)).cpu().numpy()
