"""Rank correlations within encoding and kind of image, on frames whose answers are known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata, spearmanr

from phiscope.stats.implicit import within
from phiscope.stats.implicit.answers import power_answers
from phiscope.stats.intervals import Resampling

OPTIONS = Resampling(resamples=300, seed=1)


@pytest.fixture
def random():
    return np.random.default_rng(0)


def frame(**columns) -> pd.DataFrame:
    about = {"run": "", "height": 8, "width": 8, "way": "a"}
    rows = pd.DataFrame(columns)
    rows = rows.assign(**{name: value for name, value in about.items() if name not in rows})
    return within.named(rows)


def paradox(random, shift=30.0) -> pd.DataFrame:
    """Two kinds of eight images: y falls with x in both, and the kind with larger x has larger y by far."""
    x = np.concatenate([random.permutation(8), shift + random.permutation(8)]).astype(float)
    group = np.repeat(["low", "high"], 8)
    return frame(group=group, image=[f"{g}/{i}" for i, g in enumerate(group)], x=x, y=(group == "high") * 100 - x)


def test_the_sign_is_that_within_kinds_whatever_lies_between_them(random):
    found = within.correlation(paradox(random), "x", "y", ["way"], OPTIONS)
    assert found["value"] == pytest.approx(-1)
    assert found["ci_low"] == pytest.approx(-1)
    assert found["ci_high"] == pytest.approx(-1)
    assert found["pooled"] > 0.4
    assert (found["n"], found["strata"]) == (16, 2)


def test_one_stratum_is_spearmans_own(random):
    x, y = random.normal(size=(2, 12))
    rows = frame(group=["g"] * 12, image=[f"g/{i}" for i in range(12)], x=x, y=y + x)
    found = within.correlation(rows, "x", "y", ["way"], OPTIONS)
    assert found["value"] == pytest.approx(spearmanr(x, y + x).statistic)
    assert found["value"] == pytest.approx(found["pooled"])
    assert found["ci_low"] < found["value"] < found["ci_high"]


def test_it_is_the_correlation_of_what_strata_leave_of_ranks(random):
    """Against least squares of ranks on indicators of the strata, three of unlike sizes."""
    sizes = (5, 7, 4)
    group = np.repeat(["a", "b", "c"], sizes)
    x, y = random.normal(size=(2, sum(sizes)))
    rows = frame(group=group, image=[f"{g}/{i}" for i, g in enumerate(group)], x=x, y=y)
    strata = [group == name for name in "abc"]
    ranks = np.stack([np.concatenate([rankdata(v[s]) / s.sum() for s in strata]) for v in (x, y)], axis=1)
    indicators = np.stack([group == name for name in "abc"], axis=1).astype(float)
    rest = ranks - indicators @ np.linalg.lstsq(indicators, ranks, rcond=None)[0]
    assert within.correlation(rows, "x", "y", ["way"], OPTIONS)["value"] == pytest.approx(np.corrcoef(rest.T)[0, 1])


def test_a_picture_in_two_runs_counts_once_and_is_drawn_with_both(random):
    """Twice the same rows under another run and size: no new pictures, and no narrower interval."""
    once = frame(group=["g"] * 9, image=[f"g/{i}" for i in range(9)], x=random.normal(size=9), y=random.normal(size=9))
    other = within.named(
        once.assign(run="other", group="g-64", height=64, image=once["image"].str.replace("g", "g-64"))
    )
    alone = within.correlation(once, "x", "y", ["way"], OPTIONS)
    both = within.correlation(pd.concat([once, other]), "x", "y", ["way"], OPTIONS)
    assert both["n"] == alone["n"] == 9
    assert both["strata"] == 2
    for key in ("value", "ci_low", "ci_high"):
        assert both[key] == pytest.approx(alone[key])


def test_what_does_not_differ_within_a_stratum_has_no_correlation():
    rows = frame(group=["g"] * 4, image=[f"g/{i}" for i in range(4)], x=[1.0] * 4, y=[1.0, 2, 3, 4])
    found = within.correlation(rows, "x", "y", ["way"], OPTIONS)
    assert np.isnan([found["value"], found["ci_low"], found["ci_high"]]).all()
    few = within.correlation(rows[:2], "x", "y", ["way"], OPTIONS)
    assert np.isnan(few["value"])
    assert few["strata"] == 0


def drawn(random) -> pd.DataFrame:
    """Fits of two kinds by two encodings: PSNR falls with the energy of the spectrum, and says nothing of its sum."""
    rows = []
    for kind, level in (("plain", 30.0), ("busy", 10.0)):
        for place, energy in enumerate(random.permutation(6) + level):
            for encoding, gain in (("basic", 0.0), ("gaussian", 5.0)):
                about = {
                    "image": f"{kind}/{place}",
                    "group": kind,
                    "height": 8,
                    "width": 8,
                    "model": "mlp",
                    "spectrum": "",
                }
                about |= {
                    "encoding": encoding,
                    "asked_k": np.nan,
                    "pixels": "training",
                    "bandwidth": 1.0,
                    "sigma": np.nan,
                }
                about |= {"spectrum_l1": float(place % 2), "spectrum_energy": energy, "energy_beyond": energy}
                about |= {"spectrum_frequency": 1.0, "psnr_all": np.nan, "psnr_train": 99.0}
                rows.append(about | {"psnr_heldout": 50 + gain + 2 * level - energy})
    return pd.DataFrame(rows)


def test_power_is_told_over_all_and_by_kind_and_encoding(random):
    found = within.powers(drawn(random), OPTIONS)
    held = found[found["measure"] == "psnr_heldout"]
    energy = held[held["power"] == "spectrum_energy"].set_index(["part", "name"])
    np.testing.assert_allclose(energy["value"], -1)
    assert energy.loc[("all", ""), "pooled"] > 0  # what a pooled correlation would have said
    parts = {("all", ""), ("kind", "plain"), ("kind", "busy"), ("encoding", "basic"), ("encoding", "gaussian")}
    assert set(energy.index) == parts
    assert energy.loc[("all", ""), ["n", "strata"]].tolist() == [12, 4]
    told = pd.DataFrame(power_answers(found))
    assert len(told[told["unit"] == "pooled correlation"]) == 8
    assert told[told["subject"] == "kind plain"]["where"].tolist() == ["fitted pixels", "held-out pixels"]


def test_the_best_scale_is_asked_within_kind_and_k(random):
    """Within both kinds the best scale grows with the slope; the kind of larger slopes has smaller scales."""
    rows = [
        {"image": f"{kind}/{i}", "group": kind, "height": 8, "width": 8, "asked_k": k, "sigma": base + i,
         "spectrum_slope": slope + i / 10, "spectrum_frequency": float(i), "best": True}
        for kind, base, slope in (("a", 1.0, 2.0), ("b", 20.0, 0.0)) for i in range(5) for k in (8, 32)
    ]  # fmt: skip
    found = within.scales(pd.DataFrame(rows), OPTIONS).set_index(["power", "part", "name"])
    assert found.loc[("spectrum_slope", "all", ""), "value"] == pytest.approx(1)
    assert found.loc[("spectrum_slope", "all", ""), "pooled"] < 0
    assert found.loc[("spectrum_slope", "kind", "b"), "n"] == 5


def test_a_scrambled_image_is_compared_with_its_own_and_contrast_is_left_out(random):
    """The scrambled image has half the contrast and so, for a quarter of the error, the same quality: 0 dB apart."""
    images = drawn(random).query("group == 'plain'").assign(psnr_heldout=20.0)
    quiet = images.assign(group="scrambled", image=images["image"].str.replace("plain", "scrambled"))
    quiet["spectrum_energy"] /= 4
    quiet["psnr_heldout"] += 10 * np.log10(4)
    found = within.same_spectrum(pd.concat([images, quiet]), OPTIONS)
    held = found[found["measure"] == "psnr_heldout"]
    np.testing.assert_allclose(held["value"], 0, atol=1e-12)
    assert held["n"].tolist() == [6, 6]
    worse = within.same_spectrum(pd.concat([images, quiet.assign(psnr_heldout=23.0)]), OPTIONS)
    assert (worse.query("measure == 'psnr_heldout'")["ci_high"] < 0).all()
