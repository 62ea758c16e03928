"""What a run found, in sentences, from tables of a few numbers."""

import pandas as pd
import pytest

from phiscope.exhibits.run import Run
from phiscope.report.findings import MOST, findings


def comparison(**values):
    """The table `paper_comparison`, key -> value, of 150 samples."""
    units = {"median_margin": "distance", "median_distance": "distance", "inverted_flip_levels": "distance"}
    rows = [{"key": key, "value": value, "unit": units.get(key, "share")} for key, value in values.items()]
    return pd.DataFrame(rows).assign(ci_low=None, ci_high=None, n=150, interval="", paper_value=None)


HULLS = pd.DataFrame(
    {
        "view": ["original", "original", "original", "noise"],
        "split": "test",
        "space": ["pixel", "pixel", "feature", "pixel"],
        "distance": [1.0, 3.0, 50.0, 70.0],
    }
)
ATTACKS = pd.DataFrame(
    {
        "view": ["weak", "strong", "strong"],
        "key": ["rate", "rate", "median_margin"],
        "counted": "success",
        "value": [0.5, 1.0, 0.1],
        "n": [60, 50, 50],
    }
)
DETECTION = pd.DataFrame(
    [
        ("strong", counted, detector, measure, value)
        for counted, shift in (("all", -0.2), ("success", 0.0))
        for detector, measure, value in [
            ("margin", "area", 0.9 + shift),
            ("knn", "area", 0.6 + shift),
            ("knn", "fpr95", 1.0),
        ]
    ]
    + [("mnist", "all", "margin", "area", 0.5), ("mnist", "all", "knn", "area", 0.7)],
    columns=["view", "counted", "detector", "measure", "value"],
).assign(ci_low=0.0, ci_high=1.0, interval="", n=50, n_genuine=60)
AGREES = pd.DataFrame({"outcome": ["agrees", "agrees", "theirs_failed"], "solver": "piqp"})
MEASURED = {
    "accuracy": 0.875,
    "closer_to_hull": 0.5,
    "median_margin": 0.25,
    "median_distance": 0.5,
    "outside_feature": 1.0,
    "outside_pixel": 0.75,
}


def found(numbers, hulls=HULLS, **artifacts):
    artifacts = {"disagreements": AGREES} | artifacts | {"paper_comparison": comparison(**numbers), "hulls": hulls}
    return findings(Run(artifacts.get, {}))


def test_what_another_solver_contradicts_comes_first():
    wrong = AGREES.assign(outcome=["disagrees", "agrees", "agrees"])
    first, *others = found(MEASURED, disagreements=wrong)
    assert first.startswith("piqp, asked for 3 distances once more, contradicts 1: one of the solvers is wrong")
    assert others == found(MEASURED)[: MOST - 1]


def test_the_five_of_a_run_with_attacks():
    assert found(MEASURED, attack_summary=ATTACKS, detection=DETECTION) == [
        "The classifier gets 87.5 % of 150 test samples right.",
        "Test samples outside the hull of the training set: 100 % of 150 in feature space (median distance 0.500), "
        "75.0 % of 150 in pixel space (median distance 2).",
        "The closest decision boundary is at a median distance of 0.250 in feature space; for 50.0 % of the samples "
        "the hull is closer.",
        "Hardest to detect is mnist: the best of 2 detectors, KNN, has an area of 0.700 under the ROC curve, the "
        "margin 0.500 (0.5 is guessing).",
        "Attacks change the answer: strong for 100 % of 50 images, weak for 50.0 % of 60 images.",
    ]


def test_of_an_attack_the_images_on_which_it_succeeded_are_counted():
    line = found(MEASURED, attack_summary=ATTACKS, detection=DETECTION[DETECTION["view"] == "strong"])[3]
    assert line == (
        "Hardest to detect is strong: the best of 2 detectors, margin, has an area of 0.900 under the ROC curve "
        "(0.5 is guessing)."
    )


def test_of_many_attacks_the_strongest_are_named():
    many = pd.concat([ATTACKS.assign(view=ATTACKS["view"] + str(n)) for n in range(2)])
    assert "strong0 for 100 %" in found(MEASURED, attack_summary=many)[3]
    assert found(MEASURED, attack_summary=many)[3].endswith("images, 1 more for fewer.")


def test_what_a_run_has_not_is_made_up_for_by_later_ones():
    denoising = pd.DataFrame(
        {
            "dataset": "digits",
            "method": ["noisy", "network", "tv", "biharmonic-true-mask"],
            "psnr": [20.0, 25.5, 24.0, 30.0],
            "psnr_noisy": 20.0,
        }
    )
    more = {"changed_feature": 0.04, "inverted_flip_levels": 15.0, "in_union": 0.15}
    lines = found(MEASURED | more, denoising_summary=denoising)
    assert len(lines) == MOST
    assert lines[3] == "The best denoiser, network, brings noisy images of digits from a PSNR of 20 to 25.5 dB."
    assert lines[4].startswith("The image of a sample’s closest flip point changes its pixels by a median of 15")


def test_a_run_with_little_says_little():
    assert found({"accuracy": 0.5}, HULLS.head(0)) == ["The classifier gets 50.0 % of 150 test samples right."]
    assert found({"accuracy": None}, HULLS.head(0)) == []


@pytest.mark.workflow
@pytest.mark.xdist_group("workflow")
def test_a_finished_run_has_five(finished):
    lines = (finished.results / "findings.txt").read_text().splitlines()
    assert len(lines) == MOST
    assert lines[0].startswith("The classifier gets ")
    assert lines[3].startswith("The closest image of another class is ")
    assert lines[4].startswith("Hardest to detect is ")
    assert all(line.endswith(".") and "nan" not in line for line in lines)
