"""How configuration files are laid over one another, and over what holds for every data set."""

from pathlib import Path

import pytest

from phiscope.errors import ConfigError
from phiscope.workflow.configuration import load, present, read, resolve
from phiscope.workflow.configuration.defaults import SCHEMA, defaults_of, schema_at
from phiscope.workflow.configuration.reading import typed

MINE = {"dataset": {"path": "digits"}}


def test_a_data_set_alone_is_a_configuration():
    config = resolve([MINE], name="my data")
    assert config["run"] == "my-data"
    assert config["report"] == {"title": "Where the samples of digits stand", "samples": ["first"]}
    assert not any(config[part]["enabled"] for part in ("latent", "denoising", "implicit"))
    assert config["classifier"]["arguments"] == {}
    assert config["classifier"]["normalise"] is None
    assert config["classifier"]["weights"] is None
    assert not any("epsilon" in view for view in config["views"].values())


def test_every_key_has_a_default_but_the_data_set(root):
    rules = schema_at(root / SCHEMA)
    config = defaults_of(rules)
    assert set(config) == set(rules["properties"])
    open_ones = [
        f"{place}.{key}"
        for place, node in objects(rules, "")
        for key, about in node["properties"].items()
        if "default" not in about and about.get("type") != "object"
    ]
    assert open_ones == ["dataset.path"]


def objects(node, place):
    """Every mapping of the schema whose keys are always there."""
    yield place, node
    for key, about in node["properties"].items():
        if about.get("type") == "object" and "properties" in about and key != "options":
            yield from objects(about, f"{place}.{key}".removeprefix("."))


def test_the_default_run_is_read_by_no_other(root, tmp_path):
    (tmp_path / "mine.yaml").write_text("dataset: {path: digits}\n")
    mine, digits = load([tmp_path / "mine.yaml"], root=root), load(root=root)
    assert (mine["run"], digits["run"]) == ("mine", "digits")
    assert mine["latent"]["dimension"] == defaults_of(schema_at(root / SCHEMA))["latent"]["dimension"]
    assert digits["latent"]["dimension"] == 40


@pytest.mark.parametrize(
    ("layers", "key", "value"),
    [
        # The last one holds; mappings are laid over one another.
        ([{"seed": 1}, {"seed": 2}], "seed", 2),
        ([{"hulls": {"pixel": {"samples": 5}}}, {"hulls": {"pixel": {"tolerance": 0.1}}}], "hulls.pixel.samples", 5),
        # Another factory comes without what was said of the former.
        ([{"classifier": {"factory": "a:b", "arguments": {"c": 1}}}, {"classifier": {"factory": "d:e"}}],
         "classifier.arguments", {}),
        ([{"classifier": {"factory": "a:b", "normalise": "none"}}, {"classifier": {"factory": "d:e"}}],
         "classifier.normalise", None),
        ([{"classifier": {"factory": "a:b", "normalise": "none", "weights": {"path": "w"}, "head": "x"}},
          {"classifier": {"factory": "d:e"}}], "classifier.weights", None),
        ([{"classifier": {"factory": "a:b", "training": {"epochs": 3}}}, {"classifier": {"factory": "d:e"}}],
         "classifier.training.epochs", 3),
        ([{"classifier": {"factory": "a:b", "arguments": {"c": 1}}}, {"classifier": {"factory": "a:b"}}],
         "classifier.arguments", {"c": 1}),
        ([{"classifier": {"normalise": "none", "weights": {"path": "w", "prefix": "a."}}},
          {"classifier": {"weights": {"path": "v"}, "normalise": "none"}}], "classifier.weights", {"path": "v"}),
        # Another kind of view replaces it, that of the defaults too.
        ([{"views": {"noise": {"kind": "quantise"}}}], "views.noise", {"kind": "quantise"}),
        ([{"views": {"a": {"kind": "noise", "noise": "gaussian", "level": 1}}}, {"views": {"a": {"kind": "quantise"}}}],
         "views.a", {"kind": "quantise"}),
        ([{"views": {"noise": {"level": 0.3}}}], "views.noise",
         {"level": 0.3, "kind": "noise", "noise": "gaussian"}),
        # Another format of files, other files.
        ([{"dataset": {"reader": "folder", "options": {"size": 8}}}, {"dataset": {"reader": "idx"}}],
         "dataset.options", {}),
        ([{"dataset": {"is_papers": True, "options": {"size": 8}}}, {"dataset": {"path": "other"}}],
         "dataset.is_papers", False),
        ([{"dataset": {"is_papers": True, "options": {"size": 8}}}, {"dataset": {"path": "other"}}],
         "dataset.options", {"size": 8}),
        # null takes away.
        ([{"views": {"noise": None}}], "views.noise", None),
        ([{"views": {"noise": None}}, {"views": {"noise": {"kind": "quantise"}}}], "views.noise", {"kind": "quantise"}),
        ([{"classifier": {"arguments": {"a": 1, "b": 2}}}, {"classifier": {"arguments": {"a": None}}}],
         "classifier.arguments", {"b": 2}),
        ([{"classifier": {"arguments": {"norm_layer": None}}}], "classifier.arguments", {"norm_layer": None}),
        ([{"latent": {"enabled": True, "dimension": 7}}, {"latent": None}], "latent.enabled", False),
        ([{"classifier": {"training": {"epochs": 3}}}, {"classifier": {"training": None}}],
         "classifier.training.epochs", 20),
        ([{"chunk_size": 7}, {"chunk_size": None}], "chunk_size", None),
        ([{"seed": 7}, {"seed": None}], "seed", 0),
        ([{"report": {"title": "A"}}, {"report": {"title": None}}], "report.title",
         "Where the samples of digits stand"),
        # null that means something stays.
        ([{"inversions": {"budget": None}}], "inversions.budget", None),
        ([{"classifier": {"lower_bound": None}}], "classifier.lower_bound", None),
    ],
)  # fmt: skip
def test_what_is_laid_over(layers, key, value):
    config = resolve([MINE, *layers], name="run")
    for part in key.split("."):
        config = config[part] if not part.isdigit() else config[int(part)]
    assert config == value


def test_what_is_given_stands_first():
    settings = {"faithful": {"epochs": 3}}
    config = resolve([MINE, {"latent": {"settings": settings}}], name="run")
    assert list(config["latent"]["settings"]) == ["faithful", "published"]
    assert config["latent"]["settings"]["faithful"]["heads"] == "linear"
    assert "epochs" not in config["latent"]["settings"]["published"]


def test_further_networks_say_only_what_differs():
    other = {"network": {"factory": "a:b"}, "training": {"epochs": 1}}
    config = resolve([MINE, {"denoising": {"enabled": True, "others": {"few": other}}}], name="run")
    assert config["denoising"]["others"]["few"]["training"] == {"epochs": 1}


def test_a_view_of_the_schema_goes_with_what_it_starts_from():
    off = {"denoising": {"enabled": True}, "latent": {"enabled": True}, "views": {"noise": None, "pgd-first": None}}
    views = present(resolve([MINE, off], name="run")["views"])
    assert not {"noise", "denoise", "pgd-first", "lsd-pgd"} & set(views)
    assert {"lsd", "rotate", "pgd-full"} <= set(views)
    mine = {"denoise": {"hull_of": "denoise"}}
    with pytest.raises(ConfigError, match="views.denoise.of: there is no view 'noise'"):
        resolve([MINE, off, {"views": mine}], name="run")


def test_a_run_has_a_name():
    with pytest.raises(ConfigError, match="config: run: missing; expected a name"):
        resolve([MINE])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("seed: 1\nseed: 2\n", "line 2: 'seed' stands twice in one mapping"),
        ("views:\n  a: {kind: quantise}\n  b: {kind: quantise}\n  a: null\n", "line 4: 'a' stands twice"),
        ("- 1\n", "holds a list; expected keys"),
        ("a: [1\n", "is no YAML"),
        ("\x00", "line 1: has the control character"),
    ],
)
def test_files_that_are_no_configuration(tmp_path, text, words):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        read(tmp_path / "a.yaml")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_file_says_nothing(tmp_path):
    (tmp_path / "a.yaml").write_text("# nothing\n")
    assert read(tmp_path / "a.yaml") == {}


def test_merge_keys_are_no_doubles(tmp_path):
    (tmp_path / "a.yaml").write_text("a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\n")
    assert read(tmp_path / "a.yaml")["b"] == {"x": 3, "y": 2}


def test_views_that_are_dropped_are_not_present():
    assert list(present({"a": None, "b": {}})) == ["b"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 1e-3),
        ("1.5E+2", 150.0),
        ("-2e3", -2000.0),
        ("3", 3),
        ("1.2.3", "1.2.3"),
        ("'1e-3'", "1e-3"),
        ("e3", "e3"),
    ],
)
def test_numbers_are_read_as_people_write_them(tmp_path, text, value):
    (tmp_path / "a.yaml").write_text(f"a: {text}\n")
    found = read(tmp_path / "a.yaml")["a"]
    assert (found, type(found)) == (value, type(value))


def test_changes_on_the_command_line_are_numbers_again():
    hulls = {"pixel": {"tolerance": "1e-3", "samples": "null"}}
    given = {"seed": 3, "run": "7", "hulls": hulls, "report": {"samples": ["4"]}}
    hulls = {"pixel": {"tolerance": 1e-3, "samples": None}}
    assert typed(given) == {"seed": 3, "run": "7", "hulls": hulls, "report": {"samples": [4]}}


def test_a_file_that_is_not_there():
    with pytest.raises(ConfigError, match="absent.yaml: cannot be read"):
        read(Path("absent.yaml"))
