import numpy as np
import pandas as pd
import pytest

from phiscope.stats import by_view, denoising_summary, held_out_choice, study_summary
from phiscope.stats.intervals import Resampling

OPTIONS = Resampling(resamples=200)


@pytest.fixture
def denoising():
    rows = []
    for method, psnrs in (("network", [28.0, 30.0, 32.0]), ("noisy", [20.0, 20.5, 21.0]), ("perfect", [np.inf] * 3)):
        for place, psnr in enumerate(psnrs):
            told = {"image": str(place), "method": method, "psnr": psnr, "seconds": [1.0, 2.0, 9.0][place]}
            own = {"training_noise": "gaussian 0.1", "parameters": 7} if method == "network" else {}
            rows.append(told | {"training_noise": None, "parameters": None} | own)
    measured = dict.fromkeys(("psnr_noisy", "ssim", "l1", "l2", "sharpness", "flat_error", "strength"), 0.5)
    return pd.DataFrame(rows).assign(dataset="set", noise="gaussian", level=0.1, **measured)


def test_means_are_of_decibels_per_image(denoising):
    found = denoising_summary(denoising, OPTIONS).set_index("method")
    assert found.loc["network", "psnr"] == 30
    assert found.loc["network", "standard_error"] == pytest.approx(2 / 3**0.5)
    assert found.loc["network", "ci_low"] < 30 < found.loc["network", "ci_high"]
    assert "images like those of this set" in found.loc["network", "interval"]
    assert found.loc["network", "seconds"] == 2
    assert found.loc["network", "parameters"] == 7
    assert found["n"].tolist() == [3, 3, 3]


def test_an_image_that_came_back_exactly_has_no_interval(denoising):
    found = denoising_summary(denoising, OPTIONS).set_index("method")
    assert found.loc["perfect", "psnr"] == np.inf
    assert np.isnan(found.loc["perfect", "ci_low"])


def test_images_that_noise_left_alone_do_not_count(denoising):
    untouched = denoising[denoising["image"] == "0"].assign(image="3", psnr=np.inf, psnr_noisy=np.inf)
    pd.testing.assert_frame_equal(
        denoising_summary(pd.concat([denoising, untouched], ignore_index=True), OPTIONS),
        denoising_summary(denoising, OPTIONS),
    )


def test_views_in_three_numbers():
    standing = pd.DataFrame(
        {
            "view": ["b"] * 9 + ["original"] * 9 + ["far"] * 9,
            "label": [0] * 18 + [-1] * 9,
            "correct": [True] * 6 + [False] * 3 + [True] * 9 + [False] * 9,
            "margin": np.tile(np.arange(9.0), 3),
            "distance": np.tile(np.arange(9.0) * 2, 3),
            "processed": [*np.arange(9.0) * 3, *[np.nan] * 18],
        }
    )
    found = by_view(standing, OPTIONS)
    assert found["view"].tolist() == ["original", "b", "far"]
    assert found["accuracy"].tolist()[:2] == [1, pytest.approx(2 / 3)]
    assert np.isnan(found["accuracy"][2])  # no labels
    assert found["margin"].tolist() == [4, 4, 4]
    assert found["distance"].tolist() == [8, 8, 8]
    assert found["processed"][1] == 12
    assert found.loc[1, "processed_low"] < 12 < found.loc[1, "processed_high"]
    assert found["processed"][[0, 2]].isna().all()


def test_a_study_has_students_interval_over_seeds():
    values = [1.0, 2.0, 3.0]
    study = pd.DataFrame(
        {"experiment": "losses", "setting": "L1", "measure": "val_loss", "noise": None, "value": values}
    )
    found = study_summary(study.assign(seed=[0, 1, 2]), 0.95).iloc[0]
    assert found["value"] == 2
    assert found["ci_high"] - 2 == pytest.approx(4.3027 / 3**0.5, rel=1e-4)  # t of two degrees of freedom
    assert np.isnan(study_summary(study.head(1).assign(seed=0), 0.95)["ci_low"][0])


def test_settings_are_compared_with_the_first_one_seed_by_seed():
    """Seeds are 10 apart, the settings exactly 1 and 3: means cannot be told apart, differences can."""
    rows = [
        ("losses", setting, "psnr", None, 10.0 * seed + gain, seed)
        for seed in range(3)
        for setting, gain in (("L2", 0), ("L1", 1), ("half", 3))
    ]
    study = pd.DataFrame(rows, columns=["experiment", "setting", "measure", "noise", "value", "seed"])
    found = study_summary(study, 0.95).set_index("setting")
    assert found["difference"].to_dict() == {"L2": 0, "L1": 1, "half": 3}
    assert found["difference_low"].tolist() == found["difference_high"].tolist() == [0, 1, 3]
    assert found.loc["L1", "ci_low"] < found.loc["L2", "value"]


def test_the_penalty_is_chosen_on_held_out_data_and_judged_after_retraining():
    rows = [
        ("penalty", "0", "val_loss", 0.3), ("penalty", "0.1", "val_loss", 0.2),
        ("penalty", "0", "psnr", 30.0), ("penalty", "0.1", "psnr", 25.0),  # test images have no say
    ]  # fmt: skip
    study = pd.DataFrame(rows, columns=["experiment", "setting", "measure", "value"]).assign(seed=4)
    chosen = {"seed": 4, "setting": "0.1", "val_loss": 0.2}
    (found,) = held_out_choice(study).to_dict("records")
    assert np.isnan(found.pop("psnr"))
    assert np.isnan(found.pop("psnr_without"))
    assert found == chosen
    once = {"experiment": "retrained", "setting": "retrained", "measure": "psnr", "value": 26.0, "seed": 4}
    found = held_out_choice(pd.concat([study, pd.DataFrame([once, once | {"setting": "noisy", "value": 14.0}])]))
    (found,) = found.to_dict("records")
    assert np.isnan(found.pop("psnr_without"))
    assert found == chosen | {"psnr": 26.0}


def test_a_training_that_diverged_does_not_count_and_nothing_is_compared_with_it():
    rows = [
        *[("step_size", "0.1", "psnr", 20.0 + seed, seed) for seed in range(2)],  # seed 2 diverged
        *[("step_size", "0.2", "psnr", 23.0 + seed, seed) for seed in range(3)],
    ]
    study = pd.DataFrame(rows, columns=["experiment", "setting", "measure", "value", "seed"]).assign(noise=None)
    found = study_summary(study, 0.95).set_index("setting")
    assert found["n"].tolist() == [2, 3]
    assert found.loc["0.2", "difference"] == found.loc["0.2", "difference_high"] == 3
