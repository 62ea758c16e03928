import numpy as np
import pytest
import torch

from phiscope import arrays
from phiscope.arrays import choose_device, eight_bit, unit_range
from phiscope.errors import DataError, DeviceError


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


@pytest.mark.parametrize("rows", [0, 1, 6, 7])
def test_blocks_put_together_are_the_whole(rows, monkeypatch):
    monkeypatch.setattr(arrays, "_NUMBERS", 6)  # three rows of two numbers at a time
    first, second, seen = np.arange(2.0 * rows).reshape(rows, 2), np.arange(rows), []

    def compute(some, others):
        seen.append(len(some))
        return some.sum(axis=1) + others

    np.testing.assert_array_equal(arrays.by_blocks(compute, first, second), first.sum(axis=1) + second)
    assert seen == [3] * (rows // 3) + [rows % 3] * (rows % 3 > 0)


def test_blocks_are_as_small_as_what_is_computed_of_them_asks(monkeypatch):
    monkeypatch.setattr(arrays, "_NUMBERS", 12)
    seen = []
    arrays.by_blocks(lambda some: seen.append(len(some)) or some, np.zeros(10), width=3)
    assert seen == [4, 4, 2]
    assert arrays.rows_at_a_time(0) == 12
    assert arrays.rows_at_a_time(13) == 1


def test_arrays_of_other_lengths_are_refused():
    with pytest.raises(DataError, match="got 2, 3 rows"):
        arrays.by_blocks(lambda one, other: one, np.zeros(2), np.zeros(3))
