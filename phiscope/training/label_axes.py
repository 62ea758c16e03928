"""Axes of labels in latent space while an encoder is trained: Löwdin's, of running averages."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from phiscope.errors import DataError

_KEPT = 0.99  # of an average, after a batch with latents of its label


class LabelAxes(nn.Module):
    """Latents (b, M) and labels (b,) in 0 .. l - 1 -> components (b, l) of the latents along axes of the labels.

    The axes are the orthonormal set nearest to the averages of the latents of each label (Löwdin 1950): those that
    `phiscope.latent.basis.lowdin` gives after the training, up to their length. In training mode the averages follow
    the batches. No gradient goes through them: a loss of the components moves latents towards axes, not axes to
    latents.
    """

    averages: Tensor
    seen: Tensor

    def __init__(self, labels: int, latent: int) -> None:
        super().__init__()
        self.register_buffer("averages", torch.zeros(labels, latent))
        self.register_buffer("seen", torch.zeros(labels, dtype=torch.bool))

    def forward(self, latents: Tensor, labels: Tensor) -> Tensor:
        if not bool(latents.isfinite().all()):
            raise DataError(
                "encoder: its latents are not finite, so that labels have no axes; expected numbers: lower "
                "latent.encoder.learning_rate, or that of the setting"
            )
        with torch.autocast(latents.device.type, enabled=False):  # axes in bfloat16 are off from orthogonal by 0.4 %
            if self.training:
                self._follow(latents.detach(), labels)
            left, _, right = torch.linalg.svd(self.averages, full_matrices=False)
            return latents @ (left @ right).T

    def _follow(self, latents: Tensor, labels: Tensor) -> None:
        """The first average of a label is that of its first batch."""
        members = functional.one_hot(labels, len(self.seen)).to(latents).T
        counts = members.sum(1, keepdim=True)
        averages = torch.lerp(members @ latents / counts.clamp(min=1), self.averages, _KEPT * self.seen[:, None])
        self.averages.copy_(torch.where(counts > 0, averages, self.averages))
        self.seen |= counts[:, 0] > 0
