"""A run that left nothing but its name, and one with everything."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from phiscope.experiments.denoising.network import layer_table
from phiscope.experiments.geometry.duplicates import COLUMNS
from phiscope.figures import FIGURES
from phiscope.head import FeatureNoise
from phiscope.models.denoiser import dncnn
from phiscope.papers.deep_lsd_recipe import Difference
from phiscope.papers.references import Reference
from phiscope.report.detectors import by_attack
from phiscope.report.estimate import MeasuredNumber
from phiscope.report.lecture import LectureAnswer
from phiscope.report.page import NUMBERS, Facts, Page
from phiscope.report.sections.attacks import Attacks, Hidden
from phiscope.report.sections.certificates import Certificates
from phiscope.report.sections.check import CheckPage
from phiscope.report.sections.comparison import ComparisonTable
from phiscope.report.sections.denoising import DenoisingPage, denoisers_of
from phiscope.report.sections.dimension import Line
from phiscope.report.sections.distances import Slopes
from phiscope.report.sections.duplicates import Duplicates
from phiscope.report.sections.implicit import answers_of
from phiscope.report.sections.latent import LatentPage
from phiscope.report.sections.neighbours import ClassPair, Neighbours
from phiscope.report.sections.noise import Rounding
from phiscope.report.sections.overview import ListedSamples, Look, Overview
from phiscope.report.sections.provenance import Origin
from phiscope.report.sections.questions import DetectorAnswer
from phiscope.report.sections.samples import SamplePage
from phiscope.report.sections.slice import Sliced
from phiscope.report.sections.which_hull import Between
from phiscope.stats import SecondOpinion
from phiscope.words.reasons import REASONS
from tests.report.reading import PNG, SVG


@pytest.fixture
def bare():
    """A run that left nothing but its name."""
    facts = Facts(
        title="A few ants",
        dataset="ants",
        classifier="tiny",
        class_names=["ant", "bee"],
        train_count=1200,
        test_count=300,
        feature_count=16,
    )
    origin = Origin("2030-01-01", {"commit": "abc", "packages": {"numpy": "2.0"}}, "run: ants\nseed: 0\n")
    return Page(facts, sections={"provenance": origin})


@pytest.fixture
def full(bare):
    """A run with everything."""
    comparison = pd.DataFrame(
        [
            ("closer_to_hull", "share closer to the hull", "share", 0.783, 0.751, 0.742, 0.759, "bootstrap", "holds"),
            ("balls_most", "most in a ball", "count", np.nan, 6120.0, np.nan, np.nan, "none: a maximum", None),
        ],
        columns=["key", "quantity", "unit", "paper_value", "value", "ci_low", "ci_high", "interval", "verdict"],
    ).assign(paper="Yousefzadeh 2022", section="7.2", n=300)
    again = {"problem": "margins", "solved": 4, "no_answer": 0, "largest": 1e-13, "where": "there", "allowed": 1e-12}
    again |= {"contradicted": 0}
    names = [
        *(
            "contact_sheet",
            "training",
            "distances",
            "distances_by_view",
            "plane",
            "ambiguity",
            "accuracy",
            "support",
            "balls",
            "duplicates",
        ),
        *("which_hull", "dimension", "detector_questions"),
        *("slice", "human", "attack_plane", "roc", "detection_by_confidence", "adversarial-7"),
        *("overshoot", "attack_front", "segment-7", "straight_paths"),
        *(name for name in FIGURES if name.startswith(("implicit_", "latent_"))),
        *("closest", "closest_distances"),
        *("pixel_boundary", "inversion_distances", "inverted-7", "perimeter-7", "morph-7", "path-7", "edit-7"),
        *("denoising", "denoised", "filter_inversion", "denoising_study"),
    ]
    answer = {"key": "ends", "question": "Which end?", "quantity": "PSNR, Gaussian", "subject": "Gaussian", "where": ""}
    answer |= {"unit": "dB", "value": 25.5, "ci_low": 24.0, "ci_high": 27.0, "n": 8, "interval": "bootstrap"}
    numbers = {key: MeasuredNumber(0.25, 0.2, 0.3, 300, "bootstrap") for key in NUMBERS}
    numbers["closer_to_hull"] = MeasuredNumber.of(comparison.iloc[0])
    latent = LatentPage(
        dimension=40,
        set_size=5000,
        setting="published",
        counts={"averages": 2, "averages_keep": 2, "axes": 2, "axes_keep": 1},
        shown=[{"basis": "gram-schmidt", "axes": "all", "count": 17, "of": 40, "null": 16.5, "null_low": 11.0,
                "null_high": 22.0}],
        sure={"count": 33, "of": 40},
        passing={"real": 0.88, "blend": 0.5},
        claims=[{"section": "IV", "says": "the third is near 1", "quantity": "median", "value": 0.75, "ci_low": 0.7,
                 "ci_high": 0.8, "n": 30, "verdict": "does not"}],
        recipe=[Difference("encoder: λ", "100", "200")],
        orders={"gram-schmidt": (0.81, 0.86), "lowdin": (0.9, 0.9)},
        condition=33.3,
        paths=[{"path": "givens", "words": "rotation", "reached": 0.9, "diversity": 0.8}],
        published_paths=[{"path": "projector", "words": "equation (11)", "reached": 1.0, "diversity": 0.0}],
        denoising={"level": 0.25, "noisy": 0.9, "whole": 0.8, "best": 0.7, "components": 4,
                   "psnr_noisy": 14.4, "psnr_best": 11.5},
        published_denoising={"level": 0.25, "noisy": 0.9, "whole": 0.61, "best": 0.66, "components": 3,
                             "psnr_noisy": 14.4, "psnr_best": 10.5},
        views=[{"view": "lsd", "of": "original", "n": 300, "right_before": 0.9, "right_after": 0.8, "same": 0.8,
                "margin_change": -0.5, "distance_change": 0.25, "undoes": np.nan, "turned": 0}],
        lost=["bee"],
        short=3,
    )  # fmt: skip
    pages = SamplePage(7, "ant", "bee", "ant", 2.546, 0.508, {"ant": 2.546, "bee": np.nan}, (437, 69))
    denoising = pd.DataFrame({"method": ["noisy", "network", "tv"], "psnr": [20.0, 27.5, 26.1]})
    view_rows = pd.DataFrame(
        {
            "view": ["original", "far"],
            "n": 300,
            "accuracy": [0.9, None],
            "margin": 1.0,
            "distance": 2.0,
            "processed": [None, 1.25],
        }
    )
    pairs = pd.DataFrame(
        [(4, 0, 17, 1, "exact", "exact", 0.0, 0.0), (9, 0, 3, 0, "apart", "near", 0.2, 0.1)], columns=list(COLUMNS)
    )
    summary = denoising.assign(dataset="test", noise="gaussian", level=0.2)
    layers = pd.DataFrame(layer_table(dncnn(width=4, depth=3, fold=2), 24))
    look = Look(4, "labelled ant, predicted bee with confidence 90.0 %", PNG, "ant/fourth.png")
    classes = {"class_name": "bee", "n": 150, "accuracy": 0.9, "ci_low": 0.85, "ci_high": 0.94, "interval": "Wilson"}
    classes |= {"median_margin": 1.5, "median_distance": 0.5}
    detected = pd.DataFrame(
        [("pgd", "success", name, measure, 0.4, 0.3, 0.45, "bootstrap", 50, 60)
         for name in ("margin", "knn") for measure in ("area", "fpr95")],
        columns=["view", "counted", "detector", "measure", "value", "ci_low", "ci_high", "interval", "n", "n_genuine"],
    )  # fmt: skip
    share, area = MeasuredNumber(0.5, 0.4, 0.6), MeasuredNumber(0.91, 0.9, 0.92, unit="area")
    names_of_between = (
        "outside",
        "own_outside",
        "nearer_other",
        "p_value",
        "own_p_value",
        "own_distance",
        "other_distance",
    )
    moved = MeasuredNumber(0.11, 0.08, 0.14, 50, "Wilson")
    between = [("original", 300, dict.fromkeys(names_of_between, share)), ("far", 9, {"outside": share})]
    sections = {
        "overview": Overview(
            "test",
            [ListedSamples(REASONS["error"], 1, [look])],
            [classes],
            2,
            [[149, 1], [0, 150]],
            [("ant", "bee", 1)],
            by_attack(detected)[0],
        ),
        "attacks": Attacks(
            by_attack(detected),
            {"pgd": {"all": moved, "high": moved}, "deepfool": {"all": replace(moved, low=0.45, high=0.55)}},
            [("0", moved), ("0.02", moved)],
            Hidden(4.0, 1.0, 15, 0.6, 0.7),
        ),
        "neighbours": Neighbours(ClassPair(("ant", "bee"), 300, 1.0, 1.2), ClassPair(("ant", "bee"), 300, 1.0, 1.2)),
        "ambiguity": {"sample": 9, "margin": 0.3, "distance": 1.2},
        "slice": Sliced(7, "bee", "ant", 2.546),
        "check": CheckPage(["It has 3 outputs."], ["ants lie on their side"], "", ("output", "class"), [("0", "ant")]),
        "denoising": DenoisingPage(denoisers_of(summary), layers, view_rows, [LectureAnswer("Ants blur", "They do.")]),
        "distances": Slopes(6.122, 4.4, None),
        "duplicates": Duplicates.of(pairs),
        "noise": Rounding(FeatureNoise.of(3e-7, 5e-7, 1e-7, length=7.0, images=256, factor=4.0), 2.5e-5, 1.5e-5),
        "comparison": ComparisonTable.of(comparison),
        "samples": [pages],
        "latent": latent,
        "certificates": Certificates(
            pd.DataFrame({"problem": ["flip points"], "worst_gap": [3.1e-13], "failed": [0]}),
            9,
            0,
            "piqp",
            SecondOpinion(4, 0, pd.DataFrame([again]), "none"),
        ),
        "which_hull": Between(between, (1297, 1297)),
        "dimension": {
            "feature": Line((2, share), (8, share), (64, share), 500, 1297),
            "latent": Line((2, share), None, (40, share), 500, 1297),
        },
        "questions": [
            DetectorAnswer("wrong predictions", 12, 288, "energy", area, share, {"KNN": "+0.050 [+0.010, +0.090]"})
        ],
        "implicit": answers_of(pd.DataFrame([answer])),
        "references": {
            "Ant 2022": Reference("A. Ant (2022): Hills", "https://ant.org"),
            "Bee": Reference("B. Bee: Hives"),
        },
        "limits": ["Nothing of <importance>."],
    }
    views = {"original": "as they are", "hull-pixel": "moved to the hull"}
    return Page(
        replace(bare.facts, pixel_count=50, views=views),
        numbers,
        {**dict.fromkeys([*names, "slice", "human"], SVG), "class_margins": PNG, "sample-7": PNG},
        {**bare.sections, **sections},
    )
