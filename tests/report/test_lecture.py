"""What is said of a study: told apart where the interval of the difference excludes 0, and not otherwise."""

import numpy as np
import pandas as pd
import pytest

from phiscope.experiments.denoising.settings import EXPERIMENTS, FILTER_CLASSIFICATION, FILTER_DENOISING
from phiscope.report.lecture import answers
from phiscope.stats import held_out_choice, study_summary

BANKS = {
    FILTER_DENOISING: ["noisy image", "all responses", "a quarter, random", "a quarter, smooth",
                       "strong, random", "strong, learned", "Gaussian filter"],
    FILTER_CLASSIFICATION: ["pixels", "random filters"],
    "gradients": ["B = 1", "B = 64", "L2", "L1", "indicator"],
}  # fmt: skip
MEASURES = ("psnr", "psnr_trained", "val_loss", "rise", "diverged", "sharpness", "out_of_range", "probe_accuracy",
            "accuracy", "threshold", "variance", "gradient_norm")  # fmt: skip


def study(seeds=3, **values):
    """Every measure of every setting is 0.5, but `values`: (experiment, setting, measure) -> of a seed."""
    settings = {name: list(asked.settings) for name, asked in EXPERIMENTS.items()} | BANKS
    rows = [
        (experiment, setting, measure, noise, seed, values.get("at", {}).get((experiment, setting, measure), 0.5))
        for seed in range(seeds)
        for experiment, names in settings.items()
        for setting in names
        for measure in MEASURES
        for noise in (("clean", "gaussian 0.2", "poisson 0.3", "salt-and-pepper 0.1", "blocks 0.25")
                      if measure in ("psnr", "sharpness", "out_of_range") else (None,))
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["experiment", "setting", "measure", "noise", "seed", "value"])
    varied = frame["value"].map(callable)
    frame.loc[varied, "value"] = [value(seed) for value, seed in frame.loc[varied, ["value", "seed"]].to_numpy()]
    return frame.astype({"value": float})


def said(frame):
    found = answers(study_summary(frame, 0.95), held_out_choice(frame))
    return dict(found)


def test_every_statement_is_answered_and_nothing_is_told_apart_where_all_is_equal():
    found = said(study())
    assert len(found) == 14
    joined = " ".join(found.values())
    assert "better by" not in joined
    assert "worse by" not in joined
    assert "sharper" not in joined
    assert "nan" not in joined


def test_a_difference_of_every_seed_is_one_and_of_some_is_none():
    sure = {("losses", "L1", "sharpness"): lambda seed: 0.6 + 0.001 * seed}
    unsure = {("losses", "L1", "sharpness"): lambda seed: 0.5 + 0.1 * (seed - 1)}
    statement = next(name for name in said(study()) if name.startswith("L2 blurs"))
    assert "sharper by 0.101 [0.099, 0.103]" in said(study(at=sure))[statement]
    assert "not clearly different" in said(study(at=unsure))[statement]
    assert "not clearly different" in said(study(seeds=1, at=sure))[statement]  # of one seed nothing is sure


def test_steps_that_are_too_small_too_large_and_best_are_named():
    at = {("step_size", "0.1", "psnr"): 20.0, ("step_size", "0.8", "rise"): 2.5, ("step_size", "0.8", "diverged"): 1.0}
    sentence = next(found for name, found in said(study(at=at)).items() if name.startswith("Steps"))
    assert "at 0.001 it ends at 0.500 dB" in sentence
    assert "at 0.1, the best, at 20 dB" in sentence
    assert "at 0.8 the held-out loss still rises by 250.0 % of itself an epoch" in sentence
    assert "3 of 3 trainings diverge" in sentence
    gone = study(at=at)
    gone = gone[~((gone["experiment"] == "step_size") & (gone["setting"] == "0.8") & (gone["measure"] != "diverged"))]
    assert "at 0.8 all trainings diverge" in " ".join(said(gone).values())


def test_the_best_and_the_last_of_what_is_tried_stand_beside_nothing():
    at = {("penalty", "1e-4", "psnr"): 0.75, ("penalty", "1e-1", "psnr"): 0.25, ("penalty", "0", "psnr_trained"): 0.8}
    sentence = next(found for name, found in said(study(at=at)).items() if name.startswith("A penalty"))
    assert "0.500 dB [0.500, 0.500] without it, 0.300 dB below" in sentence
    assert "a scale of 1e-4 better by 0.250 dB" in sentence
    assert "a scale of 1e-1 worse by 0.250 dB" in sentence


def test_the_choice_is_told_with_what_it_gained_on_new_images():
    rows = [("retrained", name, "psnr", "gaussian 0.2", seed, value + 0.1 * seed * (name == "retrained"))
            for seed in range(3) for name, value in (("noisy", 14.0), ("retrained, no penalty", 23.0),
                                                     ("retrained", 23.5))]  # fmt: skip
    more = pd.DataFrame(rows, columns=["experiment", "setting", "measure", "noise", "seed", "value"])
    sentence = next(
        found for name, found in said(pd.concat([study(), more])).items() if name.startswith("The scale is chosen")
    )
    assert "a scale of 0 for 3 seeds" in sentence
    assert "reach 23.6 dB on new images; less a network without a penalty that is 0.500 to 0.700 dB" in sentence


@pytest.mark.parametrize("experiment", [*EXPERIMENTS, *BANKS])
def test_a_study_of_one_experiment_says_that_alone(experiment):
    frame = study()
    frame = frame[frame["experiment"] == experiment]
    found = answers(study_summary(frame, 0.95), held_out_choice(frame))
    assert 1 <= len(found) <= 3
    assert not any(np.isnan(row) for row in frame["value"])
