"""Rates on curves whose points are known."""

import numpy as np
import pandas as pd
import pytest

from phiscope.report.sections.implicit import findings
from phiscope.stats.implicit.rates import rate_answers, rate_summary
from phiscope.stats.intervals import Resampling

OPTIONS = Resampling(resamples=200, seed=1)


def curve(basis: str, gain: float, images=("g/a", "g/b", "g/c"), rates=(0.1, 10.0)) -> list[dict]:
    """PSNR of 30 dB at one bit a pixel and 10 dB more for each tenfold, 5 dB apart from image to image."""

    def reached(rate: float, place: int) -> float:
        return 30 + 10 * np.log10(rate) + 5 * place + gain

    return [
        {"image": image, "group": "g", "height": 10, "width": 10, "method": "m", "basis": basis, "status": "solved",
         "coefficients": 10 * rate, "bits": 100 * rate, "scan_bits": 50 * rate,
         "psnr": reached(rate, place) - 10, "psnr_rounded": reached(rate, place)}
        for place, image in enumerate(images) for rate in rates
    ]  # fmt: skip


def test_psnr_is_read_between_settings_and_compared_image_by_image():
    found = rate_summary(pd.DataFrame(curve("jpeg", 0) + curve("dct", 2) + curve("haar", 1)), OPTIONS)
    rate = found[(found["measure"] == "rate") & (found["at"] == 1.0)].set_index("basis")
    assert rate["value"].to_dict() == pytest.approx({"jpeg": 35, "dct": 37, "haar": 36})
    np.testing.assert_allclose(rate.loc["dct", ["difference", "difference_low", "difference_high"]].astype(float), 2)
    assert np.isnan(rate.loc["jpeg", "difference"])
    scan = found[(found["measure"] == "scan") & (found["at"] == 1.0) & (found["basis"] == "dct")].iloc[0]
    assert scan["value"] == pytest.approx(37 + 10 * np.log10(2))  # at half the bits
    share = found[(found["measure"] == "share") & (found["at"] == 0.1)].set_index("basis")
    assert share["value"].to_dict() == pytest.approx({"jpeg": 25, "dct": 27, "haar": 26})
    assert share.loc["haar", "difference"] == pytest.approx(-1)


def test_nothing_is_read_beyond_the_settings():
    found = rate_summary(pd.DataFrame(curve("jpeg", 0, rates=(0.4, 1.2)) + curve("dct", 2)), OPTIONS)
    jpeg = found[(found["measure"] == "rate") & (found["basis"] == "jpeg")]
    assert jpeg["at"].tolist() == [0.5, 1.0]
    there = found[(found["measure"] == "rate") & (found["basis"] == "dct")].set_index("at")["difference"]
    assert np.isnan(there[3.0])
    assert there[1.0] == pytest.approx(2)


def test_what_was_not_solved_counts_nowhere():
    rows = pd.DataFrame(curve("dct", 0))
    rows.loc[rows["image"] == "g/a", "status"] = "iteration_limit"
    assert set(rate_summary(rows, OPTIONS)["n"]) == {2}


def test_the_sentence_names_the_best_beside_jpeg():
    summary = rate_summary(pd.DataFrame(curve("jpeg", 0) + curve("dct", -2) + curve("dct+haar", -1)), OPTIONS)
    told = rate_answers(summary, OPTIONS)
    sentence = findings(told)["How few coefficients does an image take, and is that short beside JPEG?"]
    assert "at 1 bit a pixel, the best, DCT and Haar, has −1.0 [−1.0, −1.0] dB beside JPEG" in sentence
    assert set(told["unit"]) == {"dB", "dB less JPEG", "dB less DCT"}
