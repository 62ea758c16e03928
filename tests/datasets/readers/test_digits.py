import numpy as np
import pytest
from sklearn.datasets import load_digits

from phiscope.datasets import load
from phiscope.errors import DataError


def test_digits_are_split_for_good_and_not_rounded():
    train, test = load("digits", "train"), load("digits", "test")
    assert (len(train), len(test)) == (1297, 500)
    assert train.images.shape == (1297, 1, 8, 8)
    np.testing.assert_array_equal(train.images * 16, np.round(train.images * 16))
    assert np.abs(np.bincount(test.labels) - 50).max() <= 2
    everything = np.concatenate([train.images, test.images]).reshape(1797, -1)
    assert sorted(map(bytes, (everything * 16).astype(np.uint8))) == sorted(
        map(bytes, load_digits().data.astype(np.uint8))
    )


@pytest.mark.parametrize("split", ["validation", "", "Train"])
def test_a_split_that_is_none(split):
    with pytest.raises(DataError, match="expected train or test"):
        load("digits", split)
