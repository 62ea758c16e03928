"""Blocks: what is packed is read back, what is rounded is off by half a step, text inside a script ends nothing."""

import base64
import json
import zlib

import numpy as np
import pytest

from phiscope.explorer.pack import INFINITE, STEPS, as_json, as_text, packed, quantised


def read(text):
    """As page/js/blocks.js does."""
    content = zlib.decompress(base64.b64decode(text))
    size = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + size])
    assert (4 + size) % 8 == 0
    arrays = {}
    for name, about in header["arrays"].items():
        kind = {"Float64Array": "f8", "Float32Array": "f4", "Int32Array": "i4", "Uint8Array": "u1", "Uint16Array": "u2"}
        kind = np.dtype(kind[about["kind"]])
        start = 4 + size + about["at"]
        assert start % 8 == 0
        part = content[start : start + about["length"] * kind.itemsize]
        if kind.itemsize == 8:
            part = np.frombuffer(part, np.uint8).reshape(8, -1).T.tobytes()
        arrays[name] = np.frombuffer(part, kind)
    return arrays, header["about"]


def test_arrays_are_read_back_to_the_last_bit():
    random = np.random.default_rng(0)
    given = {
        "real": np.array([0.1, -1e300, np.nan, np.inf, 5e-324]),
        "few": random.normal(size=3).astype(np.float32),
        "codes": random.integers(0, 255, 13).astype(np.uint8),
        "none": np.empty(0, np.int32),
        "places": np.arange(7, dtype=np.uint16),
    }
    arrays, about = read(as_text(packed(given, {"word": "ä</script>"})))
    assert about == {"word": "ä</script>"}
    assert all(np.array_equal(arrays[name], array, equal_nan=name == "real") for name, array in given.items())


def value_of(code, about):
    share = (code - 1) / STEPS
    if not about.log:
        return about.low * (1 - share) + about.high * share
    return np.exp(np.log(about.low) * (1 - share) + np.log(about.high) * share)


@pytest.mark.parametrize("scale", [1.0, 1e-12, 1e200])
def test_a_code_is_off_by_half_a_step_at_most(scale):
    values = scale * np.random.default_rng(1).uniform(-3, 5, 1000)
    about = quantised(values)
    assert not about.log
    step = (values.max() - values.min()) / STEPS
    assert np.abs(value_of(about.codes.astype(float), about) - values).max() <= 0.5001 * step


def test_what_spans_decades_is_divided_by_logarithms():
    values = 10 ** np.random.default_rng(2).uniform(-9, 3, 1000)
    about = quantised(values)
    assert about.log
    step = np.log(values.max() / values.min()) / STEPS
    assert np.abs(np.log(value_of(about.codes.astype(float), about) / values)).max() <= 0.5001 * step


@pytest.mark.parametrize("values", [[], [np.nan], [2.0, 2.0], [np.nan, np.inf, -np.inf, 1.0], [-1.7e308, 1.7e308]])
def test_no_value_equal_values_and_infinity(values):
    codes = quantised(np.array(values, float)).codes
    for code, value in zip(codes, values):
        if np.isnan(value) or value == -np.inf:
            assert code == 0
        elif value == np.inf:
            assert code == INFINITE
        else:
            assert 1 <= code <= STEPS + 1


def test_codes_keep_the_order_of_values():
    values = np.sort(np.random.default_rng(3).gamma(2, 1, 500))
    assert (np.diff(quantised(values).codes.astype(int)) >= 0).all()


def test_json_ends_no_script():
    names = ["</script><script>x()", "<!--", "a & b", "\u2028", 'q"', "ß"]
    text = as_json({"names": names, "number": np.float64("nan"), "count": np.int64(3)})
    assert not {"<", ">", "&", "\u2028"} & set(text)
    assert json.loads(text) == {"names": names, "number": None, "count": 3}
