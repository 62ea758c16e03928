"""Statistics of images as functions of position, on tables whose answers are known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from phiscope.report.sections.implicit import findings
from phiscope.stats import implicit_answers, implicit_frames
from phiscope.stats.implicit import fits
from phiscope.stats.intervals import Resampling

OPTIONS = Resampling(resamples=300, seed=1)


def row(image: str, encoding: str, psnr: float, **more) -> dict:
    about = {"image": image, "group": image.partition("/")[0], "height": 8, "width": 8, "model": "mlp"}
    about |= {"encoding": encoding, "spectrum": None, "asked_k": np.nan, "k": 0.0, "bandwidth": 1.0, "sigma": np.nan}
    about |= {
        "pixels": "training",
        "learning_rate": 0.01,
        "seed": 0,
        "share": np.nan,
        "parameters": 10,
        "status": "fitted",
    }
    about |= {"spectrum_l1": 1.0, "spectrum_energy": 1.0, "energy_beyond": 1.0, "psnr_parseval": np.nan}
    about |= {"spectrum_slope": 1.0, "spectrum_frequency": 2.0, "psnr_train": psnr + 5, "psnr_heldout": psnr}
    return about | {"encoding": encoding} | more


def test_a_scale_is_chosen_on_the_other_images():
    """Each image alone likes σ = 1; two of three others prefer 2 for every image but the first."""
    psnr = {("g/a", 1): 30, ("g/a", 2): 10, ("g/b", 1): 10, ("g/b", 2): 20, ("g/c", 1): 10, ("g/c", 2): 20}
    drawn = pd.DataFrame(
        [row(image, "gaussian", value, sigma=float(s), asked_k=4, k=4) for (image, s), value in psnr.items()]
    )
    chosen = fits.tuned(drawn).set_index("image")["sigma"].to_dict()
    assert chosen == {"g/a": 2.0, "g/b": 1.0, "g/c": 1.0}


def test_an_image_alone_chooses_for_itself():
    drawn = pd.DataFrame([row("g/a", "gaussian", v, sigma=s, asked_k=4) for s, v in ((1.0, 10), (2.0, 20))])
    chosen = fits.tuned(drawn)
    assert chosen[["sigma", "chosen_on"]].to_numpy().tolist() == [[2.0, "itself"]]


def test_differences_are_paired_over_images():
    """Images differ by 20 dB, the encodings by exactly 2: the interval has no width."""
    level = {"g/a": 10, "g/b": 30, "g/c": 20}
    rows = [row(i, "fourier_random", v + s, asked_k=8, seed=s) for i, v in level.items() for s in (0, 1)]
    rows += [row(i, "fourier_lowest", v + s + 2, asked_k=8, seed=s) for i, v in level.items() for s in (0, 1)]
    found = fits.contrasts(fits.tuned(pd.DataFrame(rows)), OPTIONS)
    assert set(found["encoding"]) == {"fourier_lowest"}
    np.testing.assert_allclose(found[["value", "ci_low", "ci_high"]], 2)
    means = fits.by_k(fits.tuned(pd.DataFrame(rows)), OPTIONS)
    held = means[(means["encoding"] == "fourier_random") & (means["measure"] == "psnr_heldout")].iloc[0]
    assert held["value"] == pytest.approx(20.5)
    assert held["ci_low"] < 15
    assert held["ci_high"] > 25


def test_rank_correlations_of_resamples_against_scipy():
    random = np.random.default_rng(0)
    x = random.integers(0, 6, 24).astype(float)
    y = x + random.normal(size=24)
    counts = random.integers(0, 3, size=(5, 24)).astype(float)
    for weights, value in zip(counts.astype(int), fits.spearman(x, y, counts)):
        assert value == pytest.approx(spearmanr(np.repeat(x, weights), np.repeat(y, weights)).statistic)


def test_fits_of_all_pixels_stand_apart_from_those_with_some_held_out():
    """On all pixels σ = 4 is best, on held-out ones σ = 1; neither choice looks at the other's numbers."""
    rows = []
    for image, level in {"g/a": 10, "g/b": 20, "g/c": 30}.items():
        for sigma, held, everything in ((1.0, 5, 1), (4.0, 2, 9)):
            about = {"asked_k": 8, "k": 8, "sigma": sigma}
            rows.append(row(image, "gaussian", level + held, **about))
            rows.append(row(image, "gaussian", np.nan, **about) | {"pixels": "all", "psnr_train": level + everything})
    chosen = fits.tuned(pd.DataFrame(rows))
    assert chosen.groupby("pixels")["sigma"].unique().map(list).to_dict() == {"all": [4.0], "training": [1.0]}
    means = fits.by_k(chosen, OPTIONS).set_index("measure")["value"].to_dict()
    assert means == {"psnr_train": 30.0, "psnr_heldout": 25.0, "psnr_all": 29.0}
    told = implicit_answers(pd.DataFrame(rows), "g", OPTIONS)
    sentence = findings(told[told["key"] == "pixels"])["Is it otherwise when every pixel is fitted?"]
    assert "Gaussian with k = 8 is best, at 29 dB" in sentence


def test_steps_between_published_encodings_are_paired_and_counted():
    """Three images 10 dB apart: two steps gain exactly 1 and 2, the last loses 1; two images do not count."""
    level = {"g/a": 10, "g/b": 20, "g/c": 30, "h/a": 10, "h/b": 20}
    gains = {"none": 0, "basic": 1, "positional": 3, "gaussian": 2}
    rows = [
        row(image, name, value + gain, asked_k=np.nan if name in ("none", "basic") else 8)
        for image, value in level.items()
        for name, gain in gains.items()
    ]
    rows += [row(image, "gaussian", value - 7, asked_k=4) for image, value in level.items()]
    found = fits.steps(fits.tuned(pd.DataFrame(rows)), OPTIONS)
    assert set(found["group"]) == {"g"}
    assert found.set_index("encoding")["value"].to_dict() == {"basic": 1, "positional": 2, "gaussian": -1}
    np.testing.assert_allclose(found["ci_high"] - found["ci_low"], 0, atol=1e-12)
    told = implicit_answers(pd.DataFrame(rows), "g", OPTIONS)
    sentence = findings(told[told["key"] == "order"])["Is the order of the published encodings found?"]
    assert "gains in 0 of 1 groups" in sentence
    assert "of the 3 steps 2 gain and 1 lose" in sentence


def test_bases_are_compared_with_the_random_one():
    rows = [
        row(f"g/{i}", name, 10 + i + gain, model="largest", share=0.1)
        for i in range(3) for name, gain in (("orthogonal", 0), ("dct", 4))
    ]  # fmt: skip
    found = fits.bases(pd.DataFrame(rows), OPTIONS).set_index("encoding")
    np.testing.assert_allclose(found.loc["dct", ["difference", "difference_low", "difference_high"]].astype(float), 4)
    assert np.isnan(found.loc["orthogonal", "difference"])


def test_networks_on_bases_are_compared_with_the_random_one():
    """Two noises of five images: networks on Haar 3 dB above the random basis where all pixels are fitted."""
    rows = [
        row(f"n/{noise}-{i}", name, np.nan) | {"pixels": "all", "psnr_train": 30 + i + gain}
        for noise in ("white_noise", "binary_noise")
        for i in range(5)
        for name, gain in (("orthogonal", 0), ("haar", 3))
    ]
    found = fits.networks(fits.tuned(pd.DataFrame(rows)), OPTIONS).set_index("encoding").loc["haar"]
    assert found[["measure", "n"]].tolist() == ["psnr_all", 10]
    np.testing.assert_allclose(found[["difference", "difference_low", "difference_high"]].astype(float), 3)
    told = implicit_answers(pd.DataFrame(rows), "n", OPTIONS).query("key == 'noise'")
    assert [where.partition(",")[0] for where in told["where"]] == ["uniform noise", "binary noise"]
    assert (told["n"] == 5).all()


def test_what_did_not_end_counts_nowhere():
    drawn = pd.DataFrame([row("g/a", "basic", 10), row("g/b", "basic", np.nan, status="diverged")])
    assert fits.tuned(drawn)["image"].tolist() == ["g/a"]


def test_every_question_is_answered_and_put_into_words():
    level = {"g/a": 10, "g/b": 20, "g/c": 30, "g/d": 12}
    rows = []
    for place, (image, value) in enumerate(level.items()):
        about = {"spectrum_energy": 40.0 - value, "spectrum_slope": float(place)}
        rows += [row(image, "none", value - 5, **about)]
        rows += [row(image, name, value + 5 * (name != "fourier_random"), asked_k=8, k=8, **about)
                 for name in ("fourier_random", "fourier_lowest")]  # fmt: skip
        best = 1.0 if place < 2 else 4.0
        rows += [row(image, "gaussian", value + 3 * (s == best), asked_k=8, k=8, sigma=s, **about) for s in (1.0, 4.0)]
        rows += [row(image, name, value, model="largest", share=0.1, **about) for name in ("dct", "orthogonal")]
    told = implicit_answers(pd.DataFrame(rows), "g", OPTIONS)
    assert set(told["key"]) == {"ends", "power", "noise", "choice", "scale"}
    assert set(findings(told)) == set(told["question"])
    sentences = list(findings(told).values())
    assert "the lowest waves with k = 8 is best, at 23 dB" in sentences[0]
    assert "no encoding" not in sentences[0]
    assert "bare position comes to 13 dB" in sentences[0]
    assert "on g by at most 0 dB; in 0 of 1 comparisons" in sentences[2]
    assert "worse in" in sentences[3]
    assert implicit_answers(pd.DataFrame(rows[:1]), "g", OPTIONS)["key"].tolist()[0] == "ends"


def test_frames_of_a_scale_speak_of_all_fits_and_those_of_k_of_the_chosen_alone():
    level = {"g/a": 10, "g/b": 20, "h/c": 30}
    rows = [row(image, "gaussian", value + 3 * (s == 4), asked_k=8, k=8, sigma=s)
            for image, value in level.items() for s in (1.0, 4.0)]  # fmt: skip
    frames = implicit_frames(pd.DataFrame(rows), "g", OPTIONS)
    assert frames["implicit_tuned"]["sigma"].tolist() == [4.0] * 3
    by_k = frames["implicit_by_k"]
    held_out = by_k[by_k["measure"] == "psnr_heldout"].set_index("group")["value"]
    assert held_out.to_dict() == {"g": 18, "h": 33}
    assert set(frames["implicit_scales"]["sigma"]) == {1.0, 4.0}
    ends = frames["implicit_answers"].query("key == 'ends'")
    assert ends[["value", "n"]].to_numpy().tolist() == [[18, 2]]  # of the main group alone
