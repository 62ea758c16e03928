import numpy as np
import pytest
import torch

from phiscope.arrays import choose_device, eight_bit, unit_range
from phiscope.errors import DeviceError


def test_8_bit_images_are_what_a_file_gives_back():
    every = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(eight_bit(unit_range(every)), unit_range(every))
    between = np.array([0.49 / 255, 0.51 / 255, 1.4, -0.2], np.float32)
    np.testing.assert_array_equal(eight_bit(between), np.array([0, 1, 255, 0], np.float32) / np.float32(255))


@pytest.mark.parametrize(
    ("cards", "told"), [(0, "torch sees no CUDA device"), (2, "torch sees 2, the last of them cuda:1")]
)
def test_a_card_that_is_not_there_is_told(cards, told, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cards > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cards)
    with pytest.raises(DeviceError, match=f"device: cuda:2 was asked for but {told}"):
        choose_device("cuda:2")
