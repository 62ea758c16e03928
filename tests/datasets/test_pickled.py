"""Pickles of arrays: the same arrays as pickle gives, and nothing else."""

import pickle

import numpy as np
import pytest

from phiscope.datasets.pickled import pickled_arrays


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4])
@pytest.mark.parametrize(
    "array",
    [
        np.arange(12, dtype=np.uint8).reshape(3, 4),
        np.asfortranarray(np.arange(12, dtype=np.int64).reshape(3, 4)),
        np.arange(5, dtype=">i4"),
        np.linspace(0, 1, 7, dtype=np.float32),
        np.array([True, False]),
        np.zeros((0, 3)),
    ],
)
def test_an_array_comes_back(array, protocol):
    found = pickled_arrays(pickle.dumps({b"data": array, "names": ["a", b"b"], 3: None}, protocol))
    np.testing.assert_array_equal(found[b"data"], array)
    assert found[b"data"].dtype == array.dtype
    assert found["names"] == ["a", b"b"]


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(print),
        pickle.dumps(np.array([1, None], dtype=object)),
        pickle.dumps(np.zeros(2, [("a", "i4")])),
        pickle.dumps({"a": np.zeros(2, "M8[s]")}),
        pickle.dumps(np.zeros(3))[:-9],
        b"",
        b"cos\nsystem\n(S'true'\ntR.",
    ],
)
def test_anything_else_ends_the_reading(content):
    with pytest.raises(ValueError, match=r"\S"):
        pickled_arrays(content)


def test_a_large_number_in_the_file_takes_no_memory():
    """In the C of Python a table has as many entries as the largest place in it."""
    assert pickled_arrays(b"\x80\x02Nr\xff\xff\xff\x7f.") is None
