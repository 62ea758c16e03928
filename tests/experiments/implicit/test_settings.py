"""Settings from the lists of the configuration, and which images they cannot draw."""

import pytest

from phiscope.experiments.implicit.settings import Setting, expand


def test_lists_are_crossed():
    fits = [
        {"model": "mlp", "encoding": ["gaussian", "positional"], "k": [4, 8], "sigma": 2},
        {"model": "largest", "encoding": "dct", "share": 0.1, "groups": ["noise"]},
    ]
    settings = expand(fits, 0.25)
    assert len(settings) == 5
    assert {(each.encoding, each.k) for each in settings[:4]} == {
        (e, k) for e in ("gaussian", "positional") for k in (4, 8)
    }
    assert {each.learning_rate for each in settings[:4]} == {0.25}
    assert settings[4] == Setting("largest", "dct", share=0.1, groups=("noise",))


def test_a_learning_rate_that_is_given_stays():
    rates = expand([{"model": "siren", "encoding": "siren", "k": 8, "learning_rate": [0.1, 0.2]}], 0.25)
    assert [setting.learning_rate for setting in rates] == [0.1, 0.2]


@pytest.mark.parametrize(
    ("setting", "size", "obstacle"),
    [
        (Setting("mlp", "fourier_lowest", k=31), (8, 8), ""),  # half of 64 waves, without the constant
        (Setting("mlp", "fourier_lowest", k=99), (8, 8), "too few waves"),
        (Setting("largest", "haar"), (8, 16), ""),
        (Setting("largest", "haar"), (8, 12), "sides not powers of two"),
        (Setting("basis_pursuit", "dct+haar"), (12, 8), "sides not powers of two"),
        (Setting("largest", "dct"), (512, 512), ""),  # transforms of any size, no matrix
        (Setting("lasso", "dct"), (512, 512), "too many pixels"),
    ],
)
def test_what_stands_in_the_way_of_an_image(setting, size, obstacle):
    assert setting.obstacle(size) == obstacle


def test_a_name_says_what_is_set():
    assert Setting("mlp", "gaussian", k=3, sigma=2.5, learning_rate=0.01).name == (
        "mlp gaussian k=3 sigma=2.5 learning_rate=0.01"
    )
