"""From artifacts of a run to what the page shows: facts, sections, what was left out."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from phiscope.errors import ConfigError
from phiscope.exhibits.run import Run
from phiscope.experiments.geometry.duplicates import COLUMNS
from phiscope.head import Head
from phiscope.report.findings import findings
from phiscope.report.page import artifacts_of_page, gather, render
from phiscope.report.sections.limits import data as limits_of
from tests.experiments.models.seen import check
from tests.report.reading import Parsed

CONFIG = {
    "run": "ants",
    "report": {"title": "A few ants"},
    "dataset": {"path": "ants", "limit": {"train": None, "test": None}, "human_labels": "people.npy"},
    "views": {"original": {"kind": "original"}},
    "hulls": {"pixel": {"samples": None}},
    "inversions": {"samples": 5},
    "denoising": {"bench": {"methods": ["tv", "bm3d"]}},
    "statistics": {"confidence": 0.95},
}
CONTEXT = {
    "config": CONFIG,
    "setting": None,
    "samples": [7],
    "slice_sample": 7,
    "provenance": {"commit": "abc"},
    "pictures": {},
}
AGAIN = {  # one projection that another solver solved once more
    "problem": "hull",
    "view": "original",
    "split": "test",
    "sample": 7,
    "space": "pixel",
    "hull_of": None,
    "hull_class": None,
    "other_class": None,
    "solver": "piqp",
    "ours": 2.0,
    "theirs": 2.0 + 1e-9,
    "difference": -1e-9,
    "tolerance": 2e-9,
    "relative_difference": 5e-10,
    "outcome": "agrees",
}


@pytest.fixture
def artifacts():
    """Of two training and two test samples of two classes; nothing that is optional but the test images."""
    samples = pd.DataFrame({"view": "original", "split": ["train", "train", "test", "test"], "sample": [0, 1, 3, 7]})
    who = samples.assign(label=[0, 1, 0, 1], predicted=[0, 1, 0, 0], margin=1.5, closest_class=1)
    hulls = samples.assign(space=["feature", "feature", "feature", "pixel"], status="converged", position="outside")
    comparison = {"key": "accuracy", "quantity": "accuracy", "unit": "share", "section": None, "paper_value": np.nan}
    comparison |= {"value": 0.5, "ci_low": 0.1, "ci_high": 0.9, "n": 2, "interval": "Wilson", "verdict": None}
    residuals = ("primal_residual", "dual_residual", "duality_gap")
    return {
        "head": Head(np.ones((5, 2)), np.zeros(2), "linear", -1.0),
        "test_images": SimpleNamespace(classes=("ant", "bee"), samples=[3, 7], holds_images=False),
        "training_images": SimpleNamespace(deviation=0.3, shape=(1, 8, 8), labels=np.zeros(2, int)),
        "standing": who.assign(
            correct=who["label"] == who["predicted"], distance=0.5, distance_noise=1e-6, margin_noise=2e-6
        ),
        "margins": who.assign(
            other_class=1,
            rank=1,
            status="solved",
            classes_solved=1,
            others_at_least=np.inf,
            **dict.fromkeys(residuals, 1e-12),
        ),
        "class_pairs": pd.DataFrame(columns=["class", "other_class", "n", "median_margin"]),
        "hulls": hulls.assign(distance=2.0, hull_radius=5.0, duality_gap=1e-6),
        "balls": samples.assign(train_inside=2, test_inside=1),
        "samples": samples.assign(dataset=None, file=[None, None, None, "ant/seventh.png"]),
        "paper_comparison": pd.DataFrame([comparison]),
        "classifier_description": {"factory": "zoo.small:net", "training": {"epochs": 3}},
        "check": check(doubts=("ants are called bees, and bees <ants>",)),
        "lipschitz": pd.DataFrame({"constant": [6.0], "largest_ratio": [4.0], "from_samples": [4], "of_samples": [4]}),
        "duplicates": pd.DataFrame(columns=list(COLUMNS)),
        "inspect": pd.DataFrame(columns=["reason", "rank", "sample", "why", "file"]),
        "class_summary": pd.DataFrame(columns=["class_name", "n", "accuracy", "median_margin"]),
        "verification": pd.DataFrame({"view": ["original"], "space": ["pixel"], "n": [1], "relative_gap": [1e-9]}),
        "disagreements": pd.DataFrame([AGAIN]),
    }


def test_facts_are_counted_in_the_tables(artifacts):
    facts = gather(Run(artifacts.get, CONTEXT)).facts
    assert (facts.train_count, facts.test_count, facts.feature_count, facts.pixel_count) == (2, 2, 5, 1)
    assert (facts.classifier, facts.trained, facts.lower_bound) == ("net, trained here", True, -1.0)
    loaded = artifacts | {"classifier_description": {"factory": "zoo.small:net"}}
    assert gather(Run(loaded.get, CONTEXT)).facts.classifier == "net, loaded"


def test_a_run_without_extras_has_a_page(artifacts):
    page = gather(Run(artifacts.get, CONTEXT))
    assert {name for name, section in page.sections.items() if section is None} == {
        *("training", "attacks", "ambiguity", "inversion", "denoising", "latent", "implicit"),
        *("which_hull", "dimension", "questions"),
    }
    assert page.numbers["accuracy"].text == "50.0 %"
    words = Parsed(render(page)).words
    assert "Test sample 7: labelled bee, taken for ant Its image is ant/seventh.png ." in words
    assert "flip points, original, test 2 2 solved" in words
    assert "Something here is doubtful: ants are called bees, and bees <ants>. Images are 3x8x8" in words
    assert "output class images answers right 0 ant 120 150 118 1 bee" in words
    assert "hull projections, original, pixel space 1 1 converged relative gap 1.0e−07" in words  # 1e-6 / (2 · 5)


def test_what_another_solver_says_is_on_the_page(artifacts):
    run = Run(artifacts.get, CONTEXT)
    words = Parsed(render(gather(run))).words
    assert "1 of these problems, drawn at random, were solved once more by piqp" in words
    assert "That is so for none of them." in words
    assert "projections onto hulls in pixel space 1 0 5.0e−10 1.0e−09 0 distance of test sample 7 of original" in words
    assert not any("piqp" in sentence for sentence in findings(run))
    artifacts["disagreements"]["outcome"] = "disagrees"
    words = Parsed(render(gather(run))).words
    assert "1 of 1 problems that another solver solved once more contradict their certificates" in words
    assert "That is so for 1 of them ." in words
    assert findings(run)[0].startswith("piqp, asked for 1 distances once more, contradicts 1: one of the solvers is ")
    none = Run((artifacts | {"disagreements": artifacts["disagreements"].iloc[:0]}).get, CONTEXT)
    assert "No problem was solved once more by another solver" in Parsed(render(gather(none))).words


def test_samples_without_labels_are_said_once(artifacts):
    del artifacts["paper_comparison"]
    for name in ("standing", "margins"):
        artifacts[name].loc[artifacts[name]["sample"] == 7, "label"] = -1
    artifacts["paper_comparison"] = pd.DataFrame(columns=["key", "paper", "value", "verdict"])
    words = Parsed(render(gather(Run(artifacts.get, CONTEXT)))).words
    assert "1 of 2 test samples have no label" in words
    assert "Test sample 7: without a label, taken for ant" in words
    assert "No test sample has a label" not in words
    artifacts["standing"]["label"] = -1
    assert Parsed(render(gather(Run(artifacts.get, CONTEXT)))).words.count("No test sample has a label") == 2


def test_what_it_needs_is_what_it_reads(artifacts):
    assert set(artifacts_of_page()[0]) == artifacts.keys() - {"check"}  # of networks of images


@pytest.mark.parametrize(
    ("head", "classifier", "sentence"),
    [
        (
            {"from": "fit", "held_out": 30, "accuracy": 0.9},
            "a linear head, fitted here",
            "30 training vectors that were",
        ),
        ({"from": "file", "path": "head.npz"}, "a linear head, loaded", "The head was loaded from head.npz."),
        ({"from": "logits", "left_open": 0}, "the head of the logits", "verified on all of them."),
        ({"from": "logits", "left_open": 3}, "the head of the logits", "The vectors leave 3 directions open"),
    ],
)
def test_a_run_on_vectors_says_where_its_head_is_from_and_asks_nothing_of_images(artifacts, head, classifier, sentence):
    artifacts |= {"classifier_description": {"factory": "zoo:head", "head_alone": head}}
    del artifacts["check"]
    page = gather(Run(artifacts.get, CONTEXT))
    parsed = Parsed(render(page))
    assert page.facts.classifier == classifier
    assert sentence in parsed.words
    assert parsed.words.count("The run is on features alone") == 1
    assert not set(parsed.attributes("section", "id")) & {"check", "pixels", "attacks", "inversion", "implicit"}


def test_hulls_of_processed_images_have_certificates_of_their_own(artifacts):
    processed = artifacts["hulls"].head(1).assign(view="far", hull_of="soft", status="stalled")
    certificates = gather(Run((artifacts | {"processed_hulls": processed}).get, CONTEXT)).sections["certificates"]
    row = certificates.table.set_index("problem").loc["hull projections, far, hull of soft, feature space"]
    assert row["how they ended"] == "1 stalled"


@pytest.mark.parametrize("section", ["check", "distances", "certificates", "samples", "comparison"])
def test_a_section_reads_what_it_declares(artifacts, monkeypatch, section):
    """What is read but not declared is not among a job's inputs: it would look as if the run had none."""
    monkeypatch.setattr("phiscope.report.page.SECTIONS", (section,))
    assert gather(Run(artifacts.get, CONTEXT)).sections.keys() == {section}
    monkeypatch.setattr("phiscope.report.page.said_by", lambda section, constant: ())
    with pytest.raises(ConfigError, match="is read but not declared"):
        gather(Run(artifacts.get, CONTEXT))


def left_out(artifacts, **changes) -> str:
    return " ".join(limits_of(Run(artifacts.get, CONTEXT | {"config": CONFIG | changes})))


def test_what_was_left_out_is_said(artifacts):
    assert left_out(artifacts) == ""
    assert "the first 1,000 test samples" in left_out(artifacts, hulls={"pixel": {"samples": 1000}})
    assert "{'train': 50, 'test': None}" in left_out(
        artifacts, dataset=CONFIG["dataset"] | {"limit": {"train": 50, "test": None}}
    )
    assert "nothing is said about people" in left_out(artifacts, dataset=CONFIG["dataset"] | {"human_labels": None})
    assert "were not sought" in left_out(artifacts, inversions={"samples": 0})
    loaded = artifacts | {"classifier_description": {"factory": "zoo.small:net"}}
    assert "there is no training curve" in left_out(loaded)


def test_denoised_views_without_a_hull_of_their_own_are_named(artifacts):
    views = {"soft": {"kind": "denoise"}, "own": {"kind": "denoise", "hull_of": "own"}, "far": {"kind": "noise"}}
    assert left_out(artifacts, views=views).endswith("not denoised: soft.")


def test_a_method_that_was_not_installed_is_missed_where_it_was_asked_for(artifacts):
    bench = artifacts | {"denoising_summary": pd.DataFrame({"method": ["noisy", "tv"]})}
    assert "its package was not installed" in left_out(bench)
    assert left_out(bench, denoising={"bench": {"methods": ["tv"]}}) == ""
    with_it = artifacts | {"denoising_summary": pd.DataFrame({"method": ["noisy", "tv", "bm3d"]})}
    assert left_out(with_it) == ""


def budget(made: int, left: int, explored: bool) -> pd.DataFrame:
    common = {"seconds_each": 60.0, "budget_seconds": 1800.0, "needed_bytes": np.nan, "free_bytes": np.nan}
    samples = {"what": "samples", "sample": -1, "made": made, "left_out": left, "inverted": made > 0}
    ball = {"what": "ball", "sample": 7, "made": int(explored), "left_out": int(not explored), "inverted": explored}
    return pd.DataFrame([samples | common, ball | common])


def page_of(artifacts, frame: pd.DataFrame) -> Parsed:
    pictures = {f"{kind}-7": b"<svg></svg>" for kind in ("inverted", "perimeter", "morph", "path")}
    pictures |= {"inversion_distances": b"<svg></svg>"}
    return Parsed(render(gather(Run((artifacts | {"inversion_budget": frame}).get, CONTEXT | {"pictures": pictures}))))


def test_what_the_budget_left_out_is_said_and_not_shown(artifacts):
    page = page_of(artifacts, budget(2, 3, explored=False))
    assert "inversions.budget allows 30 min of processor time: 3 of 5 samples (about 1 min each)" in page.words
    assert "the ball of test sample 7" in page.words
    assert not any("morph" in alt or "perimeter" in alt for alt in page.attributes("img", "alt"))
    assert any("Distribution functions" in alt for alt in page.attributes("img", "alt"))


def test_a_run_whose_budget_does_for_nothing_shows_no_empty_figures(artifacts):
    page = page_of(artifacts, budget(0, 5, explored=False))
    assert "5 of 5 samples" in page.words
    assert "this run inverts no sample" not in page.words
    assert not any("pixel distances of the images" in alt for alt in page.attributes("img", "alt"))


def test_a_budget_that_does_for_all_says_nothing(artifacts):
    page = page_of(artifacts, budget(5, 0, explored=True))
    assert "inversions.budget" not in page.words
    assert any("morph" in alt for alt in page.attributes("img", "alt"))
