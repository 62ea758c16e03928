"""Rows of few coefficients and of JPEG."""

import numpy as np
import pandas as pd

from phiscope.experiments.implicit.rates import COLUMNS, rate_rows
from phiscope.implicit.bases import basis
from phiscope.implicit.images import pink_noise, step_edge, white_noise

OPTIONS = {"groups": None, "bases": ["dct", "haar", "dct+haar"], "thresholds": [0.3, 0.03], "qualities": [20, 90]}


def test_a_row_for_every_setting_and_what_its_numbers_are():
    image = pink_noise((16, 16), 1)
    rows = pd.DataFrame(rate_rows({"g/a": image}, OPTIONS, 0), columns=list(COLUMNS))
    assert rows.groupby(["method", "basis"]).size().to_dict() == {
        ("jpeg", "jpeg"): 2,
        ("largest", "dct"): 2,
        ("largest", "haar"): 2,
        ("pursuit", "dct+haar"): 2,
    }
    assert set(rows["status"]) == {"solved"}
    fine = rows[rows["setting"] == 0.03].set_index("basis")
    rough = rows[rows["setting"] == 0.3].set_index("basis")
    for name in ("psnr", "psnr_rounded", "bits", "coefficients"):
        assert (fine[name] > rough[name]).all()
    assert (fine["psnr"] >= fine["psnr_rounded"]).all()
    coefficients = basis("dct", (16, 16)).analyse((image - image.mean())[..., 0])
    kept = np.abs(coefficients) > 0.03 * np.abs(coefficients).max()
    assert fine.loc["dct", "coefficients"] == kept.sum()
    missed = -10 * np.log10((coefficients[~kept] ** 2).sum() / 256)
    assert fine.loc["dct", "psnr"] >= missed - 1e-9  # clipping to [0, 1] can only help
    assert fine.loc["dct+haar", "functions"] == 512
    assert fine.loc["dct+haar", "duality_gap"] <= 1e-4


def test_colour_is_taken_as_grey_and_what_has_no_basis_says_why():
    images = {"a/0": white_noise((12, 16), 3), "b/0": step_edge((8, 8), 1)}
    rows = pd.DataFrame(rate_rows(images, OPTIONS | {"groups": ["a"]}, 0))
    assert set(rows["image"]) == {"a/0"}
    status = rows.drop_duplicates("basis").set_index("basis")["status"].to_dict()
    assert status == {
        "dct": "solved", "haar": "sides not powers of two", "dct+haar": "sides not powers of two", "jpeg": "solved",
    }  # fmt: skip


def test_a_constant_image_has_no_coefficients_at_all():
    rows = pd.DataFrame(rate_rows({"g/a": np.full((8, 8, 1), 0.5)}, OPTIONS, 0))
    assert set(rows["basis"]) == {"jpeg"}
