"""The texts are cited by short names, which the end of the page explains."""

import re

import pytest
import yaml

from phiscope import figures
from phiscope.papers.references import REFERENCES
from phiscope.report.page import render
from tests.report.reading import Parsed

# An author or authors, and a year.
CITED = re.compile(r"[A-ZÁ-Ž][\w-]+(?: and [A-Z]\w+| et al\.)? (?:19|20)\d\d\b")


def test_full_references_end_the_page(full):
    page = Parsed(render(full))
    assert "Ant 2022 A. Ant (2022): Hills Bee B. Bee: Hives back to the top" in page.words
    assert page.words.endswith("back to the top")
    assert page.attributes("a", "href").count("https://ant.org") == 1


def test_the_page_cites_no_text_without_its_reference(full, root):
    """Nor do the captions of figures, drawn or not."""
    captions = [figures.about(kind).caption for kind in figures.FIGURES]
    templates = [path.read_text(encoding="utf-8") for path in (root / "phiscope/report/templates").rglob("*.j2")]
    cited = {name for text in (*captions, *templates) for name in CITED.findall(text)}
    assert {"Yousefzadeh 2022", "Toledo-Marín and Glazier 2021", "Tancik et al. 2020"} <= cited
    assert cited <= REFERENCES.keys()


@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_says_what_its_short_name_says(name):
    full, url = REFERENCES[name]
    assert url == "" or url.rpartition("/")[2] in full
    for word in re.findall(r"[A-ZÁ-Ž][\w-]+|\d{4}", name):
        assert word in full


def test_the_citation_file_names_the_same_texts(root):
    named = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))["references"]
    assert named
    for text in named:
        assert any(text["title"] in reference.full for reference in REFERENCES.values())
