"""The page: complete without a run's extras, honest about them, self-contained, and safe to open."""

from dataclasses import replace
from html.parser import HTMLParser

import jinja2
import numpy as np
import pandas as pd
import pytest

from phiscope.errors import ConfigError, DataError
from phiscope.experiments.denoising.network import layer_table
from phiscope.figures import FIGURES
from phiscope.models.denoiser import dncnn
from phiscope.papers import deep_lsd
from phiscope.papers.decision_boundaries import STATED
from phiscope.report.estimate import MeasuredNumber
from phiscope.report.page import NUMBERS, Facts, Page, artifacts_of_page, data_uri, render
from phiscope.report.sections import SECTIONS
from phiscope.report.sections.comparison import ComparisonTable
from phiscope.report.sections.denoising import DenoisingPage, denoisers_of
from phiscope.report.sections.distances import Slopes
from phiscope.report.sections.implicit import answers_of
from phiscope.report.sections.latent import LatentPage
from phiscope.report.sections.provenance import Origin
from phiscope.report.sections.samples import SamplePage
from phiscope.workflow.artifacts import ARTIFACTS

SVG, PNG = b"<?xml version='1.0'?><svg></svg>", b"\x89PNG\r\n"
VOID = {"meta", "img", "br", "hr", "link", "input"}


class Parsed(HTMLParser):
    """What a browser would make of the page: text, attributes, and whether every tag is closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.text, self.open = [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "title"):
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())

    def attributes(self, tag: str, name: str) -> list[str]:
        return [attrs[name] for found, attrs in self.tags if found == tag and name in attrs]


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
            ("closer_to_hull", "share closer to the hull", "share", 0.783, 0.751, 0.742, 0.759, "bootstrap"),
            ("balls_most", "most in a ball", "count", np.nan, 6120.0, np.nan, np.nan, "none: a maximum"),
        ],
        columns=["key", "quantity", "unit", "paper_value", "value", "ci_low", "ci_high", "interval"],
    ).assign(paper="Yousefzadeh 2022", section="7.2", n=300)
    names = [
        *("training", "distances", "distances_by_view", "plane", "ambiguity", "accuracy", "support", "balls"),
        *("slice", "human", "attack_plane", "roc", "detection_by_confidence", "adversarial-7"),
        *("implicit_k", "implicit_spectrum", "implicit_scale", "implicit_bases", "implicit_pictures"),
        *(name for name in FIGURES if name.startswith("latent_")),
        *("pixel_boundary", "inversion_distances", "inverted-7", "perimeter-7", "morph-7", "path-7", "edit-7"),
        *("denoising", "denoised", "filter_inversion", "lecture"),
    ]
    answer = {"key": "ends", "question": "Which end?", "quantity": "PSNR, Gaussian", "subject": "Gaussian", "where": ""}
    answer |= {"unit": "dB", "value": 25.5, "ci_low": 24.0, "ci_high": 27.0, "n": 8, "interval": "bootstrap"}
    numbers = {key: MeasuredNumber(0.25, 0.2, 0.3, 300, "bootstrap") for key in NUMBERS}
    numbers["closer_to_hull"] = MeasuredNumber.of(comparison.iloc[0])
    latent = LatentPage(
        dimension=40,
        set_size=5000,
        setting="published",
        counts={"averages": 2, "averages_keep": 2, "axes": 2, "axes_keep": 1, "directions": 40, "directions_sure": 17},
        orders={"gram-schmidt": (0.81, 0.86), "lowdin": (0.9, 0.9)},
        condition=33.3,
        paths=[{"path": "givens", "words": "rotation", "reached": 0.9, "diversity": 0.8}],
        denoising={"level": 0.25, "noisy": 0.9, "whole": 0.8, "best": 0.7, "components": 4,
                   "psnr_noisy": 14.4, "psnr_best": 11.5},
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
    summary = denoising.assign(dataset="test", noise="gaussian", level=0.2)
    layers = pd.DataFrame(layer_table(dncnn(width=4, depth=3, fold=2), 24))
    sections = {
        "denoising": DenoisingPage(denoisers_of(summary), layers, view_rows),
        "distances": Slopes(6.122, 4.4),
        "comparison": ComparisonTable.of(comparison),
        "samples": [pages],
        "latent": latent,
        "certificates": pd.DataFrame({"problem": ["flip points"], "worst_gap": [3.1e-13], "failed": [0]}),
        "implicit": answers_of(pd.DataFrame([answer])),
        "limits": ["Nothing of <importance>."],
    }
    views = {"original": "as they are", "hull-pixel": "moved to the hull"}
    return Page(
        replace(bare.facts, pixel_count=50, views=views),
        numbers,
        {**dict.fromkeys([*names, "slice", "human"], SVG), "class_margins": PNG, "comparison": SVG, "sample-7": PNG},
        {**bare.sections, **sections},
    )


def with_section(page: Page, name: str, data) -> Page:
    return replace(page, sections={**page.sections, name: data})


def with_facts(page: Page, **changes) -> Page:
    return replace(page, facts=replace(page.facts, **changes))


def test_a_bare_run_gives_a_page_that_says_what_is_missing(bare):
    page = Parsed(render(bare))
    for text in ("A few ants", "1,200", "The accuracy was not measured", "Not asked: this run has no labels",
                 "No sample was asked for", "Not compared in this run", "This run drew no picture here"):  # fmt: skip
        assert text in page.words
    assert page.attributes("img", "src") == []


def test_a_full_run_leaves_no_gap(full):
    page = Parsed(render(full))
    for text in ("not measured", "Not asked", "no picture", "not counted", "No sample", "Not compared"):
        assert text not in page.words
    assert "convolution 2 1 3 1 1 12 10" in page.words  # of the network's layers
    assert "On held-out pixels Gaussian is best, at 25.5 dB." in page.words
    assert len(page.attributes("img", "src")) == len(full.pictures)


@pytest.mark.parametrize("key", NUMBERS)
def test_every_number_has_its_place_in_the_text(full, key):
    numbers = full.numbers | {key: MeasuredNumber(0.12345678, unit="count")}
    assert "0.123" in Parsed(render(replace(full, numbers=numbers))).words
    assert "0.123" not in Parsed(render(full)).words


def test_answers_state_value_interval_and_paper(full):
    words = Parsed(render(full)).words
    assert "For 75.1 % [74.2 to 75.9 %] of the test samples the hull" in words
    assert "(the paper: 78.3 %)" in words


def test_without_the_papers_numbers_the_page_says_why(full):
    rows = [(name, section, replace(number, paper=None)) for name, section, number in full.sections["comparison"].rows]
    numbers = {"closer_to_hull": replace(full.numbers["closer_to_hull"], paper=None)}
    words = Parsed(render(replace(with_section(full, "comparison", ComparisonTable(rows)), numbers=numbers))).words
    assert "(the paper:" not in words
    assert "At most 6.12 times" in words  # our own constant
    assert "the paper: 6.122" not in words
    assert "another data set, and are left out" in words


def test_the_comparison_is_a_table_with_its_intervals_explained(full):
    words = Parsed(render(full)).words
    assert "share closer to the hull section 7.2 75.1 % 74.2 to 75.9 % 1 78.3 % 300" in words
    assert "most in a ball section 7.2 6,120 none 2 – 300" in words
    assert "How the intervals were made: bootstrap none: a maximum" in words


def test_table_1_marks_own_and_closest_class(full):
    page = Parsed(render(full))
    assert "labelled ant, taken for bee" in page.words
    assert "holds 437 training and 69 other test samples" in page.words
    cells = [attrs.get("class") for tag, attrs in page.tags if tag == "td"]
    assert "closest" in cells
    assert "own" in cells


def test_nothing_is_fetched_and_every_link_inside_leads_somewhere(full):
    page = Parsed(render(full))
    assert not {"script", "link", "iframe"} & {tag for tag, _ in page.tags}
    assert all(source.startswith("data:image/") for source in page.attributes("img", "src"))
    places = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    targets = [link for link in page.attributes("a", "href") if link.startswith("#")]
    assert len(targets) > 10
    assert {link[1:] for link in targets} <= places


def test_every_picture_has_words_for_those_who_do_not_see_it(full):
    page = Parsed(render(full))
    assert all(page.attributes("img", "alt"))
    assert len(page.attributes("img", "alt")) == len(page.attributes("img", "src"))


def test_names_are_escaped(full):
    html = render(with_facts(full, title="<script>alert(1)</script>"))
    assert "<script>" not in html
    assert "&lt;importance&gt;" in html


def test_a_number_without_a_place_is_refused(bare):
    with pytest.raises(ConfigError, match="closest_to_hull"):
        replace(bare, numbers={"closest_to_hull": MeasuredNumber(0.5)})


def test_a_template_that_names_what_is_not_there_fails(bare):
    loader = jinja2.DictLoader({"page.html.j2": "{{ facts.title }} {{ facts.colour }}"})
    with pytest.raises(jinja2.UndefinedError, match="colour"):
        render(bare, loader)


@pytest.mark.parametrize(("picture", "start"), [(SVG, "data:image/svg+xml;base64,"), (PNG, "data:image/png;base64,")])
def test_data_uri_tells_the_kind(picture, start):
    assert data_uri(picture).startswith(start)


def test_data_uri_refuses_other_bytes():
    with pytest.raises(DataError, match="GIF89a"):
        data_uri(b"GIF89a...")


def test_a_sample_is_told_by_names_of_classes():
    who = {"sample": [7, 9], "label": [0, 1], "predicted": [1, 1], "margin": [2.5, 1.0], "distance": [0.5, 0.25]}
    frames = {
        "standing": pd.DataFrame(who | {"closest_class": [0, -1]}),
        "balls": pd.DataFrame({"sample": [9, 7], "train_inside": [1, 437], "test_inside": [2, 69]}),
        "margins": pd.DataFrame({"sample": [7, 7, 9], "other_class": [0, 2, 0], "margin": [2.5, 4.0, np.nan]}),
    }
    assert SamplePage.of(7, frames, ["ant", "bee", "cow"]) == SamplePage(
        7, "ant", "bee", "ant", 2.5, 0.5, {"ant": 2.5, "cow": 4.0}, (437, 69)
    )
    assert SamplePage.of(9, frames, ["ant", "bee", "cow"]).closest == "none"


def test_an_estimate_of_ours_alone_states_no_paper():
    row = {"value": 25.5, "ci_low": 24.0, "ci_high": 27.0, "n": 8, "interval": None, "unit": "dB"}
    assert MeasuredNumber.of(row) == MeasuredNumber(25.5, 24.0, 27.0, 8, "", None, "dB")


def test_estimates_in_words():
    estimate = MeasuredNumber(0.33, None, np.nan, paper=0.33)
    assert (estimate.text, estimate.ends, estimate.stated) == ("33.0 %", "", "33 %")
    count = MeasuredNumber(410.3, 400.2, 420.7, paper=4791, unit="count")
    assert (count.text, count.ends, count.stated) == ("410", "400 to 421", "4,791")


def test_the_page_says_whether_an_attack_knew_of_the_denoiser(full):
    assert "one that does may go through it" in Parsed(render(full)).words
    views = {**full.facts.views, "pgd": "images of original attacked by PGD, through the denoiser"}
    knowing = with_facts(full, views=views)
    assert "is judged behind it" in Parsed(render(knowing)).words


def test_a_processed_hull_has_a_column_where_there_is_one(full):
    words = Parsed(render(full)).words
    assert "median hull distance to the processed hull original 300 90.0 % 1 2 – far 300 – 1 2 1.25" in words
    own = full.sections["denoising"]
    none = replace(own, views=own.views.assign(processed=None))
    assert "processed hull" not in Parsed(render(with_section(full, "denoising", none))).words


def test_latent_space_is_told_where_there_is_one(full):
    words = Parsed(render(full)).words
    for text in (
        "Without an axis: bee",
        "1 of 2 axes",
        "81.0 % to 86.0 % with gram-schmidt",
        "Does truncation remove noise?",
    ):
        assert text in words
    assert (
        "Not asked: this run trains no generator"
        in Parsed(render(replace(with_section(full, "latent", None), pictures={}))).words
    )


def test_differences_of_shares_are_points():
    change = MeasuredNumber(-0.552, -0.6, 0.05, paper=0.0, unit="difference")
    assert (change.text, change.ends, change.stated) == ("−55.2 points", "−60.0 to +5.0 points", "none")


def test_the_statistics_know_every_number_the_page_names():
    """NUMBERS are keys of the comparison table; a renamed key would silently empty a sentence."""
    assert set(NUMBERS) <= STATED.keys() | deep_lsd.STATED.keys()
    assert "share" in {stated.unit for stated in STATED.values()}


def test_sections_are_written_from_artifacts_of_a_run():
    needed, optional = artifacts_of_page()
    assert {*needed, *optional} <= ARTIFACTS.keys()
    assert not set(needed) & set(optional)


def test_every_section_has_its_place_and_its_link(full):
    page = Parsed(render(full))
    assert page.attributes("section", "id") == list(SECTIONS)
