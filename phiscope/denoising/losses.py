"""What a denoiser is trained to make small, per pixel, so that patches of all sizes count alike."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def weighted(output: Tensor, clean: Tensor, l2_weight: float) -> Tensor:
    """w · mean(Δ²) + (1 - w) · mean(|Δ|), Δ = output - clean: C_L2 and C_L1 of the denoising lecture by pixel."""
    residual = output - clean
    return l2_weight * residual.square().mean() + (1 - l2_weight) * residual.abs().mean()


def squared_coefficients(network: nn.Module) -> Tensor:
    """Σ θ² over the coefficients of filters: the denoising lecture's penalty for large ones, to be scaled and added.

    ASSUME: biases and the scales of normalisations are no coefficients of a filter. Stepped along with plain stochastic
    gradient descent, λ times this is a weight decay of 2λ; AdamW's decay is none of the loss, and acts otherwise.
    """
    return torch.stack([weight.square().sum() for weight in network.parameters() if weight.ndim > 1]).sum()


def indicator(output: Tensor) -> Tensor:
    """Share of pixels below 0, C_bad of the denoising lecture: it changes in jumps, and no gradient leads anywhere.

    Multiplied by a slope of zero, as torch knows no derivative of a comparison: the gradient exists, and is 0.
    """
    return (output < 0).to(output).mean() + 0 * output.sum()
