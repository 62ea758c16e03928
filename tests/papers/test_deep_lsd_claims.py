"""Claims have a rule: what holds, what does not, and what the interval leaves open."""

import numpy as np
import pandas as pd
import pytest

from phiscope.papers.deep_lsd_claims import claims_table, slope
from phiscope.stats.intervals import Resampling

OPTIONS = Resampling(resamples=200)


def test_the_slope_of_a_power_law_is_its_exponent():
    x = np.log([5.0, 25, 100, 500])
    fit = slope(x, -0.5 * x + 3 + np.array([0.01, -0.01, -0.01, 0.01]))
    assert fit.value == pytest.approx(-0.5, abs=0.01)
    assert fit.low < -0.5 < fit.high


def frames(converging: bool = True, kept: bool = True, second: float = 0.4) -> dict[str, pd.DataFrame]:
    sizes = np.array([5.0, 25, 100, 500])
    numbers = [
        {"quantity": f"convergence_{what}", "kind": kind, "x": x, "value": 1 / np.sqrt(x) if converging else 1.0}
        for what in ("average", "deviation")
        for kind in ("encoded", "drawn")
        for x in sizes
    ]
    for kind, mean in (("encoded", 0.3), ("drawn", 0.0)):
        for label in (0.0, 1.0):
            numbers += [{"quantity": "entry_mean", "kind": kind, "x": label, "value": mean}]
            numbers += [{"quantity": "entry_mean_error", "kind": kind, "x": label, "value": 0.01}]
    amplitude = [np.array([2.0, -second * 2, 0.2, 0.1])] * 40
    spectra = pd.DataFrame({"rank_of_label": np.repeat([1, 2, 3], [20, 10, 10]), "amplitude": amplitude})
    paired = {"value": -0.005, "ci_low": -0.007, "ci_high": -0.003, "interval": "bootstrap", "n": 100}
    shown = [
        {"kind": "axis", "basis": "gram-schmidt", "frame": -1, "set": 1 + k // 10, "shown": k < 20} for k in range(100)
    ]
    shown += [
        {"kind": "frame", "basis": "", "frame": number, "set": 0, "shown": k < 60}
        for number in range(40)
        for k in range(100)
    ]
    judged = pd.DataFrame(shown)
    truncated = [
        {"sample": s, "components": k, "kept": kept or k != 2, "sharper": s % 4 > 0, "sharper_than_all": False}
        for s in range(200)
        for k in (-1, 1, 2)
    ]
    rotation = [
        {"path": "projector", "step": step, "target": 1, "label": 1, "share": float(step > 0), "diversity": spread}
        for step, spread in ((0, 0.2), (1, 0.0))
    ]
    return {
        "numbers": pd.DataFrame(numbers),
        "spectra": spectra,
        "latent": pd.DataFrame([{"measure": "lsd_less_classifier"} | paired]),
        "shown": judged.assign(sure=judged["shown"], dense=judged["shown"], near=judged["shown"]),
        "truncated": pd.DataFrame(truncated),
        "rotation": pd.DataFrame(rotation),
        "axes": pd.DataFrame({"kind": ["average"] * 2, "set": [1, 1], "label": [0, 1], "decoded": [0, 1]}),
    }


def verdicts(papers: bool = True, **how) -> dict[str, str]:
    return (
        claims_table(**frames(**how), options=OPTIONS, dataset_is_papers=papers).set_index("key")["verdict"].to_dict()
    )


def test_every_sentence_has_its_verdict():
    found = verdicts()
    assert found["averages_encoded"] == found["deviations_drawn"] == "holds"
    assert found["mean_encoded"] == found["mean_drawn"] == found["averages_keep"] == "holds"
    assert found["directions"] == "holds"  # 20 of 100
    assert found["directions_null"] == "wrong"  # random frames show 60
    assert found["amplitude_1_2"] == found["amplitude_1_4"] == found["amplitude_2_3"] == "holds"
    assert found["amplitude_2_2"] == found["amplitude_3_2"] == "wrong"  # 0.4 is not near 1
    assert found["first_four"] == "differs"  # a number
    assert found["identity"] == "holds"
    assert found["sharper"] == "holds"
    assert found["sharper_than_all"] == "wrong"
    assert found["turned"] == "holds"
    assert found["turned_apart"] == "wrong"
    assert "more_components" not in found  # no image is wrong with one component


def test_a_number_is_judged_beside_its_own_data_set_alone():
    here, elsewhere = verdicts(), verdicts(papers=False)
    assert {key for key in here if here[key] != elsewhere[key]} == {"directions"}
    assert elsewhere["directions"] == ""


def test_the_other_way_round():
    found = verdicts(converging=False, kept=False, second=0.9)
    assert found["averages_encoded"] == "wrong"
    assert found["identity"] == "wrong"
    assert found["amplitude_1_2"] == "wrong"
    assert found["amplitude_2_2"] == found["amplitude_3_2"] == "holds"


def test_what_was_not_measured_has_no_row():
    few = frames()
    few["spectra"] = few["spectra"][few["spectra"]["rank_of_label"] == 1]
    few["numbers"] = few["numbers"][few["numbers"]["x"] < 25]
    keys = set(claims_table(**few, options=OPTIONS, dataset_is_papers=True)["key"])
    assert "amplitude_1_2" in keys
    assert not keys & {"amplitude_2_2", "amplitude_3_4", "averages_encoded"}
