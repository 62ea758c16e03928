"""The page: complete without a run's extras, honest about them, self-contained, and safe to open."""

from dataclasses import replace

import jinja2
import pandas as pd
import pytest

from phiscope.detection import DETECTORS
from phiscope.errors import ConfigError, DataError
from phiscope.report.estimate import MeasuredNumber
from phiscope.report.page import NUMBERS, artifacts_of_page, by_sample, data_uri, render
from phiscope.report.sections import GROUPS, PAGES, groups_of
from phiscope.report.sections.training import Suspect, TrainingStanding
from phiscope.words.detectors import MEANINGS, TITLES
from phiscope.workflow.artifacts import ARTIFACTS
from tests.report.reading import PNG, SVG, Parsed, read, read_all, with_facts, with_section


def test_a_bare_run_gives_a_page_that_says_what_is_missing(bare):
    page = Parsed(render(bare))
    for text in ("A few ants", "1,200", "The accuracy was not measured", "Not asked: this run has no labels",
                 "No sample was asked for", "Not compared in this run", "This run drew no picture here"):  # fmt: skip
        assert text in page.words
    assert "Nobody looked at the classifier of this run" in page.words
    assert page.attributes("img", "src") == []


def test_a_full_run_leaves_no_gap(full):
    pages = read_all(full)
    page = pages[0]
    for text in ("not measured", "Not asked", "no picture", "not counted", "No sample", "Not compared"):
        assert not any(text in each.words for each in pages)
    assert "convolution 2 1 3 1 1 12 10" in read(full, "denoising").words  # of the network's layers
    assert "1 test image is also in the training set, pixel for pixel, and 0 nearly so; of 1 other" in page.words
    assert "1 of all these has another label there. " in page.words
    assert "exact 1 0 0 near 0 0 1 apart 0 0 –" in page.words
    assert "Of 256 samples of both splits the features were computed with sixteen digits" in page.words
    assert "On held-out pixels Gaussian is best, at 25.5 dB." in read(full, "functions").words
    thumbnails = sum(len(listed.looks) for listed in full.sections["overview"].listed)
    assert sum(len(each.attributes("img", "src")) for each in pages) == len(full.pictures) + thumbnails


@pytest.mark.parametrize("key", NUMBERS)
def test_every_number_has_its_place_in_the_text(full, key):
    numbers = full.numbers | {key: MeasuredNumber(0.12345678, unit="count")}
    assert any("0.123" in page.words for page in read_all(replace(full, numbers=numbers)))
    assert not any("0.123" in page.words for page in read_all(full))


def test_nothing_is_fetched_and_every_link_leads_somewhere(full):
    pages = {f"{name}.html": read(full, name) for name in ("report", *PAGES)}
    places = {name: {attrs["id"] for _, attrs in page.tags if "id" in attrs} for name, page in pages.items()}
    for name, page in pages.items():
        assert not {"script", "link", "iframe"} & {tag for tag, _ in page.tags}
        assert all(source.startswith("data:image/") for source in page.attributes("img", "src"))
        links = [link for link in page.attributes("a", "href") if "://" not in link and link[:9] != "explorer/"]
        assert len(links) >= 4
        for link in links:
            file, _, place = link.partition("#")
            assert not place or place in places[file or name], f"{name}: {link}"


def test_every_picture_has_words_for_those_who_do_not_see_it(full):
    for page in read_all(full):
        assert all(page.attributes("img", "alt"))
        assert len(page.attributes("img", "alt")) == len(page.attributes("img", "src"))


def test_tables_can_be_read_by_key_and_aloud(full):
    """Every heading of a table says what it heads, and what scrolls can be reached by the keyboard and has a name."""
    for page in read_all(full):
        assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
        scrolled = [attrs for tag, attrs in page.tags if attrs.get("class") == "scroll"]
        assert all(attrs["tabindex"] == "0" and attrs["aria-label"] for attrs in scrolled)


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
        render(bare, loader=loader)


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
    sections = [name for group in GROUPS.values() for name in group if name != "training"]
    assert page.attributes("section", "id") == sections
    linked = [link[1:] for link in page.attributes("a", "href") if link.startswith("#")]
    assert set(sections) <= set(linked)
    for name, section in PAGES.items():
        assert read(full, name).attributes("section", "id") == [section]
        assert f"{name}.html" in page.attributes("a", "href")


def test_pictures_of_one_sample_stand_together(full):
    kinds = ("inverted", "perimeter", "morph", "path")
    pictures = [*(f"{kind}-{number}" for kind in reversed(kinds) for number in (12, 7)), "edit-9", "balls"]
    wanted = [f"{kind}-{number}" for number in (12, 7) for kind in kinds]
    assert by_sample(pictures, *kinds) == wanted
    page = Parsed(render(replace(full, pictures=dict.fromkeys(pictures, SVG))))
    captions = [alt.partition(".")[0] for alt in page.attributes("img", "alt")]
    assert captions[-9:] == [*["Test sample 12"] * 4, *["Test sample 7"] * 4, "Test sample 9"]


def test_a_run_of_test_vectors_alone_speaks_of_no_hull(full):
    page = Parsed(render(with_facts(full, only="test", has_images=False, head="The head was loaded.")))
    titles = [title for title in page.attributes("a", "href") if title.startswith("#")]
    assert not {"#outside", "#projection", "#support", "#ambiguity", "#human", "#training"} & set(titles)
    assert {"#distances", "#balls", "#slice", "#samples", "#neighbours"} <= set(titles)
    assert "How far is the closest decision boundary?" in page.words
    assert "test vectors alone and no hull" in page.words
    assert "hull of the training set is closer" not in page.words


def test_a_run_of_training_vectors_alone_says_which_labels_to_doubt(full):
    training = TrainingStanding(300, 280, 270, 0.5, [Suspect(7, "ant", "bee", 0.863)], 10)
    run = with_section(with_facts(full, only="train", has_images=False), "training", training)
    page = Parsed(render(run))
    assert "The head gives 270 of 280 training samples with a label (96.4 %) their label" in page.words
    assert "10 training samples have a label that the head does not give. The 1 that are furthest" in page.words
    assert "7 ant bee 0.863" in page.words
    assert "Vectors of other data sets, and the hull of the training set" in page.words
    assert not {"#classifier", "#distances", "#samples", "#support"} & set(page.attributes("a", "href"))


def test_labels_to_doubt_are_those_furthest_inside_another_class():
    standing = pd.DataFrame(
        {
            "sample": [3, 5, 8, 9],
            "label": [0, 1, 1, -1],
            "predicted": [1, 1, 0, 0],
            "margin": [0.2, 3.0, 0.9, 4.0],
            "correct": [False, True, False, False],
        }
    )
    found = TrainingStanding.of(standing, ["ant", "bee"])
    assert (found.total, found.labelled, found.right, found.wrong) == (4, 3, 1, 2)
    assert [each.sample for each in found.suspects] == [8, 3]
    assert found.suspects[0] == Suspect(8, "bee", "ant", 0.9)


def test_a_run_of_both_splits_has_all_sections_but_that_of_training_alone():
    def sections(**about) -> list[str]:
        return [name for group in groups_of(**about).values() for name in group]

    every = [name for group in GROUPS.values() for name in group]
    assert sections(images=True, only=None, detectors=True) == [name for name in every if name != "training"]
    assert "attacks" in sections(images=False, only="test", detectors=True)
    assert "attacks" not in sections(images=False, only="test", detectors=False)


def test_the_first_screen_has_five_numbers_and_samples_to_look_at(full):
    page = read(full)
    assert page.words.count("is the distance from a test sample to the closest decision boundary") == 1
    assert sum(1 for tag, attrs in page.tags if attrs.get("class") == "what") == 5
    assert "test 4 ant/fourth.png labelled ant, predicted bee with confidence 90.0 %" in page.words
    assert "bee 150 90.0 % 85.0 % to 94.0 % 1.50 0.500" in page.words
    assert "1 test sample is off the diagonal" in page.words


def test_every_detector_of_the_table_says_what_it_looks_at(full):
    assert "KNN : distance to the 50th nearest neighbour among the training samples" in read(full).words
    assert MEANINGS.keys() == TITLES.keys() == DETECTORS.keys()
