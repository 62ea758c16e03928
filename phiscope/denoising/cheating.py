"""An autoencoder that learned nothing: filters set by hand that pass the image through.

How the denoising lecture cheats.

network = PassThrough(*passing_filters(channels=1))
network(clean) == clean, and network(noisy) is as noisy as before
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

_SIDE, _PLACES = 3, ((0, 0), (0, 1), (1, 0), (1, 1))  # of the filters; of the pixels in a block of 2 x 2


def passing_filters(channels: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Three banks (out, in, 3, 3) of filters with a single 1 that copy pixels: report, pick out, put back.

    The first reports the pixel at its centre. The second, of stride 2, takes four filters per channel, as each picks
    one pixel out of every block of 2 x 2: the pixel at (i, j) of the block for the filter with its 1 at (1 + i, 1 + j).
    The third gathers the four again from where they stand among zeros, with its 1 at (1 - i, 1 - j).
    """
    report = np.zeros((channels, channels, _SIDE, _SIDE), np.float32)
    pick = np.zeros((len(_PLACES) * channels, channels, _SIDE, _SIDE), np.float32)
    put_back = np.zeros((channels, len(pick), _SIDE, _SIDE), np.float32)
    for channel in range(channels):
        report[channel, channel, 1, 1] = 1
        for place, (i, j) in enumerate(_PLACES, len(_PLACES) * channel):
            pick[place, channel, 1 + i, 1 + j] = 1
            put_back[channel, place, 1 - i, 1 - j] = 1
    return report, pick, put_back


class PassThrough(nn.Module):
    """Two layers of convolution and ReLU, two of decoding: max(x, 0) for every image x (b, channels, h, w).

    So the cost of clean images, which are not negative, is 0, and of the noise only what is negative goes.
    The decoder puts every number of the code at the first pixel of its block, zeros elsewhere, and then filters.
    ASSUME: zeros, where `models.denoiser` repeats. After repetition no filters would do: an image of period 2 has a
    constant code, which stays constant under repetition and convolution.
    """

    report: nn.Parameter
    pick: nn.Parameter
    put_back: nn.Parameter

    def __init__(self, report: NDArray, pick: NDArray, put_back: NDArray) -> None:
        super().__init__()
        banks = {"report": report, "pick": pick, "put_back": put_back}
        for name, bank in banks.items():
            self.register_parameter(name, nn.Parameter(torch.from_numpy(bank), requires_grad=False))

    def encode(self, x: Tensor) -> Tensor:
        """The code (b, 4 channels, ⌈h / 2⌉, ⌈w / 2⌉): every pixel of the image, in another order."""
        x = functional.relu(functional.conv2d(x, self.report, padding=1))
        return functional.relu(functional.conv2d(x, self.pick, stride=2, padding=1))

    def decode(self, code: Tensor, size: tuple[int, int]) -> Tensor:
        """The image (b, channels, *size) of a code."""
        spread = code.new_zeros(*code.shape[:2], *size)
        spread[..., ::2, ::2] = code
        gathered = functional.relu(functional.conv2d(spread, self.put_back, padding=1))
        return functional.conv2d(gathered, self.report, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x), (x.shape[2], x.shape[3]))
