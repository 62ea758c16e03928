import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_rel

from phiscope.report.sections.implicit import findings
from phiscope.stats import decoder_answers, decoder_summary


def rows(values: dict[str, list[float]], measure: str = "sharpness") -> pd.DataFrame:
    return pd.DataFrame(
        {"encoding": name, "k": k, "sigma": np.nan, "parameters": 10, "seed": seed, "measure": measure, "value": value}
        for name, of_seeds in values.items()
        for k in [16.0 if name == "gaussian" else np.nan]
        for seed, value in enumerate(of_seeds)
    )


VALUES = {"none": [0.5, 0.7, 0.6], "gaussian": [0.72, 0.9, 0.81], "dense": [0.9, 0.7, 0.85]}


def test_differences_are_taken_seed_by_seed():
    found = decoder_summary(rows(VALUES), 0.95).set_index("encoding")
    assert found["value"].to_dict() == pytest.approx({"none": 0.6, "gaussian": 0.81, "dense": 0.81666667})
    gaussian = found.loc["gaussian"]
    for other in ("none", "dense"):
        ends = ttest_rel(VALUES["gaussian"], VALUES[other]).confidence_interval()
        assert gaussian[f"less_{other}_low"] == pytest.approx(ends.low)
        assert gaussian[f"less_{other}_high"] == pytest.approx(ends.high)
    assert np.isnan(found.loc["none", "less_none"])
    assert found.loc["dense", "less_none"] == pytest.approx(0.81666667 - 0.6)


def test_one_seed_has_no_interval_and_a_missing_baseline_no_difference():
    found = decoder_summary(rows({"gaussian": [0.8], "none": [0.5]}), 0.95).set_index("encoding")
    assert found.loc["gaussian", "less_none"] == pytest.approx(0.3)
    assert found.loc["gaussian", ["ci_low", "less_none_low", "less_dense"]].isna().all()


def test_the_sentence_counts_what_the_intervals_tell_apart():
    told = decoder_answers(decoder_summary(rows(VALUES), 0.95), 0.95)
    sentence = findings(told)["Does a decoder gain sharpness from a Fourier encoding inside it?"]
    assert "beside one on the bare position: 1 of 1 are sharper and 0 the opposite" in sentence
    assert "at most by +0.21 (Gaussian, k = 16)" in sentence
    assert "beside a dense one of about as many parameters: 0 of 1 are sharper and 0 the opposite" in sentence
