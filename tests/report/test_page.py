"""The page: complete without a run's extras, honest about them, self-contained, and safe to open."""

from dataclasses import replace

import jinja2
import pytest

from phiscope.errors import ConfigError, DataError
from phiscope.report.estimate import MeasuredNumber
from phiscope.report.page import NUMBERS, artifacts_of_page, by_sample, data_uri, render
from phiscope.report.sections import SECTIONS
from phiscope.workflow.artifacts import ARTIFACTS
from tests.report.reading import PNG, SVG, Parsed, with_facts


def test_a_bare_run_gives_a_page_that_says_what_is_missing(bare):
    page = Parsed(render(bare))
    for text in ("A few ants", "1,200", "The accuracy was not measured", "Not asked: this run has no labels",
                 "No sample was asked for", "Not compared in this run", "This run drew no picture here"):  # fmt: skip
        assert text in page.words
    assert "Nobody looked at the classifier of this run" in page.words
    assert page.attributes("img", "src") == []


def test_a_full_run_leaves_no_gap(full):
    page = Parsed(render(full))
    for text in ("not measured", "Not asked", "no picture", "not counted", "No sample", "Not compared"):
        assert text not in page.words
    assert "convolution 2 1 3 1 1 12 10" in page.words  # of the network's layers
    assert "1 test image is also in the training set, pixel for pixel, and 0 nearly so; of 1 other" in page.words
    assert "1 of all these has another label there. " in page.words
    assert "exact 1 0 0 near 0 0 1 apart 0 0 –" in page.words
    assert "Of 256 samples of both splits the features were computed with sixteen digits" in page.words
    assert "On held-out pixels Gaussian is best, at 25.5 dB." in page.words
    assert len(page.attributes("img", "src")) == len(full.pictures)


@pytest.mark.parametrize("key", NUMBERS)
def test_every_number_has_its_place_in_the_text(full, key):
    numbers = full.numbers | {key: MeasuredNumber(0.12345678, unit="count")}
    assert "0.123" in Parsed(render(replace(full, numbers=numbers))).words
    assert "0.123" not in Parsed(render(full)).words


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


def test_sections_are_written_from_artifacts_of_a_run():
    needed, optional = artifacts_of_page()
    assert {*needed, *optional} <= ARTIFACTS.keys()
    assert not set(needed) & set(optional)


def test_every_section_has_its_place_and_its_link(full):
    page = Parsed(render(full))
    assert page.attributes("section", "id") == list(SECTIONS)


def test_pictures_of_one_sample_stand_together(full):
    kinds = ("inverted", "perimeter", "morph", "path")
    pictures = [*(f"{kind}-{number}" for kind in reversed(kinds) for number in (12, 7)), "edit-9", "balls"]
    wanted = [f"{kind}-{number}" for number in (12, 7) for kind in kinds]
    assert by_sample(pictures, *kinds) == wanted
    page = Parsed(render(replace(full, pictures=dict.fromkeys(pictures, SVG))))
    captions = [alt.partition(".")[0] for alt in page.attributes("img", "alt")]
    assert captions[-9:] == [*["Test sample 12"] * 4, *["Test sample 7"] * 4, "Test sample 9"]
