import numpy as np
import pandas as pd
import pytest

from phiscope.errors import DataError
from phiscope.report.sections.implicit import findings
from phiscope.stats import Redrawn, redrawn
from phiscope.stats.intervals import Resampling

COUNT = 20
VIEWS = {f"low-{k}": Redrawn("fourier_lowest", k, "original") for k in (8, 2, 32)}


def standing(views):
    """One row per sample of every view: predicted, and a margin and a distance of their own."""
    rows = [
        {"view": view, "sample": sample, "predicted": predicted, "margin": 2.0 + shift, "distance": 1.0 + 2 * shift}
        for view, (answers, shift) in views.items()
        for sample, predicted in enumerate(answers)
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def told():
    """Two waves bring no answer back, eight 12 of 20, 32 all but those of samples 0 to 3, whom eight did."""
    right = np.arange(COUNT) % 3
    wrong, sample = right + 1, np.arange(COUNT)
    views = {
        "original": (right, 0.0),
        "low-2": (wrong, -1.0),
        "low-8": (np.where(sample < 12, right, wrong), -0.5),
        "low-32": (np.where(sample < 4, wrong, right), -0.25),
    }
    return redrawn(standing(views).sample(frac=1, random_state=0), VIEWS, Resampling(resamples=50))


def test_shares_and_changes_of_every_view(told):
    value = told.set_index("quantity")["value"]
    assert value["same answer, the lowest waves, k = 2"] == 0
    assert value["same answer, the lowest waves, k = 8"] == 0.6
    assert value["same answer, the lowest waves, k = 32"] == 0.8
    assert value["median change of the margin, the lowest waves, k = 8"] == -0.5
    assert value["median change of the distance to the hull, the lowest waves, k = 8"] == -1


def test_back_means_back_for_good(told):
    """Samples 4 to 11 are back from 8 on, 12 to 19 from 32 on; 0 to 3 were right with 8 and lost it: never."""
    row = told[told["unit"] == "waves"].iloc[0]
    assert row["value"] == 32
    assert (row["ci_low"], row["n"]) == (8, COUNT)
    assert np.isinf(row["ci_high"]) or row["ci_high"] == 32


def test_in_a_sentence(told):
    (sentence,) = findings(told).values()
    assert "60.0 % (the lowest waves, k = 8)" in sentence
    assert "half of the samples have their answer back from k = 32 on" in sentence
    never = told.assign(value=told["value"].where(told["unit"] != "waves", np.inf))
    assert "no k brings the answer back for half" in next(iter(findings(never).values()))


def test_a_view_without_waves_has_no_k():
    frame = standing({"original": (np.zeros(COUNT, int), 0.0), "bare": (np.zeros(COUNT, int), 0.5)})
    found = redrawn(frame, {"bare": Redrawn("none", 0, "original")}, Resampling(resamples=50))
    assert set(found["subject"]) == {"no encoding"}
    assert set(found["unit"]) == {"share", "distance"}


def test_views_without_common_samples_are_refused():
    frame = standing({"low-8": (np.zeros(COUNT, int), 0.0)})
    with pytest.raises(DataError, match="low-8: none of its samples"):
        redrawn(frame, {"low-8": VIEWS["low-8"]}, Resampling())
