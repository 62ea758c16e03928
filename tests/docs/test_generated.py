"""Pages of reference are made from what they describe: every key, table, column, figure and verb is there."""

import re
from importlib import import_module

import pytest
import yaml

from phiscope import figures
from phiscope.detection import DETECTORS
from phiscope.tables.schemas import SCHEMAS
from tests.conftest import ROOT
from tools.docs import GENERATED, MARK, filled, generator, notebook
from tools.docs.gallery import picture_of, source_of
from tools.docs.verbs import VERBS


def keys(schema):
    """Names of all keys anywhere in the schema, by an own walk: `properties` of whatever stands in it."""
    if isinstance(schema, dict):
        properties = schema.get("properties", {})
        yield from (name for name, each in properties.items() if isinstance(each, dict) and "const" not in each)
        for each in schema.values():
            yield from keys(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from keys(each)


@pytest.fixture(scope="module")
def schema():
    return yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def configuration():
    return generator("configuration")()


def cells(text, column):
    rows = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in text.splitlines() if line.startswith("| ")]
    return {row[column] for row in rows if len(row) > column}


def test_every_mark_has_a_page_and_every_page_its_mark():
    marks = [mark for page in (ROOT / "docs").rglob("*.md") for mark in MARK.findall(page.read_text(encoding="utf-8"))]
    assert sorted(marks) == sorted(GENERATED)


def test_every_key_of_a_configuration_is_in_its_reference(schema, configuration):
    said = {path.strip("`").rpartition(".")[2] for path in cells(configuration, 0)}
    assert set(keys(schema)) - set(schema["properties"]) - said == set()
    assert all(f"`{name}" in configuration or f"## {name}" in configuration for name in schema["properties"])


def test_every_kind_of_view_has_a_section(schema, configuration):
    views = schema["properties"]["views"]["additionalProperties"]["properties"]["kind"]["enum"]
    assert [kind for kind in views if f"### Kind {kind}\n" not in configuration] == []


@pytest.mark.parametrize(
    "row",
    [
        "| `seed` | whole number | `0` | ≥ 0; ≤ 2,147,483,647 | every random draw derives from it |",
        "| `classifier.training.learning_rate` | number | `0.1` | > 0 | peak of the one-cycle schedule |",
        "| `views.<name>.level` | number | required | ≥ 0 | standard deviation (gaussian; poisson: at white), largest "
        "change (uniform) or share of pixels |",
        "| `inversions.edits[].sample` | whole number |  | ≥ 0; ≤ 1,000,000,000 | test sample, by index in the split |",
    ],
)
def test_a_key_has_its_type_default_range_and_meaning(configuration, row):
    assert row in configuration.splitlines()


def test_every_column_of_every_table_is_in_its_reference():
    parts = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", generator("tables")(), re.M | re.S))
    assert list(parts) == list(SCHEMAS)
    for name, table in SCHEMAS.items():
        for field in table:
            about = field.metadata[b"description"].decode().replace("|", "\\|")
            assert any(f"`{field.name}` |" in row and about in row for row in parts[name].splitlines()), field.name


def test_every_figure_is_in_the_gallery_with_its_picture_and_code():
    text = generator("gallery")()
    for kind in figures.FIGURES:
        assert f"### {kind}\n" in text
        assert f'phiscope.draw("digits", "{kind}")' in text
        assert (ROOT / "docs" / picture_of(kind)).is_file(), kind
        assert source_of(kind)[0].startswith("def draw(")
    kept = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs/pictures/gallery").iterdir()}
    assert kept <= {picture_of(kind) for kind in figures.FIGURES}


def test_pictures_are_small_together():
    assert sum(path.stat().st_size for path in (ROOT / "docs/pictures").rglob("*.*")) < 3_000_000


@pytest.mark.parametrize("name", [name for names in VERBS.values() for name in names])
def test_a_verb_is_there_and_says_what_it_does(name):
    module, _, attribute = name.rpartition(".")
    assert getattr(import_module(module), attribute).__doc__


def test_verbs_of_the_readme_are_in_the_reference():
    called = re.findall(r"\b(hull|margin|inversion)\.(\w+)\(", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(called) >= 4
    said = {name.rpartition(".")[2] for names in VERBS.values() for name in names}
    assert {verb for _, verb in called} - said == set()


def test_the_notebook_was_executed_and_is_shown():
    text = notebook.text()
    assert "<table" in text
    assert text.count('src="data:image/png') == 2
    assert "Report: results/own/report.html" in text


def test_a_page_without_marks_stays_as_it_is():
    assert filled("# A page\n\n`<!-- generated: tables -->` is a mark.\n") == (
        "# A page\n\n`<!-- generated: tables -->` is a mark.\n"
    )


def test_words_that_tables_use_are_in_the_glossary():
    said = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    statuses = [
        word
        for name in ("margins", "hulls", "inversions")
        for column in ("status", "position")
        if column in SCHEMAS[name].names
        for word in re.findall(r"`([a-z_]+)`[:;,]", SCHEMAS[name].field(column).metadata[b"description"].decode())
    ]
    statuses = [word for word in statuses if word not in SCHEMAS["hulls"].names]
    assert len(statuses) > 9
    assert [word for word in (*DETECTORS, *statuses) if f"`{word}`" not in said] == []
