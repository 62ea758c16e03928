"""The options of the configuration are those that the library takes, and wrong ones are told before anything runs."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import pytest
import yaml

from phiscope.datasets.functions import function
from phiscope.datasets.options import INTERPOLATIONS, ORIENTATIONS, DataOptions
from phiscope.errors import ConfigError, DataError
from phiscope.workflow.configuration import resolve


@pytest.fixture
def schema(root):
    return root / "workflow/schemas/config.schema.yaml"


def resolved(change):
    return resolve([{"dataset": {"path": "digits"} | change}], name="run")


def test_the_schema_knows_every_option(schema):
    properties = yaml.safe_load(schema.read_text())["properties"]["dataset"]["properties"]["options"]["properties"]
    assert set(properties) == {field.name for field in fields(DataOptions)}
    assert properties["interpolation"]["enum"] == list(INTERPOLATIONS)
    assert properties["orientation"]["enum"] == list(ORIENTATIONS)


@pytest.mark.parametrize(
    "change",
    [
        {"reader": "mine.data:read", "options": {"depth": 3}},
        {"reader": "csv", "options": {"folder": "images", "label": "species"}},
        {"options": {"size": 256, "crop": [224, 224], "interpolation": "bicubic", "channels": 3}},
        {"options": {"range": [-1, 1], "orientation": "exif", "background": 0, "skip_damaged": 3}},
        {"options": {"splits": {"train": "a"}, "test_share": 0.2, "classes": [0, 2], "first_label": 1}},
        {"options": {"size": None, "range": None, "splits": None, "classes": None, "transform": "a.b:c"}},
    ],
)
def test_options_that_are_right(change):
    resolved(change)
    DataOptions.of(change["options"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reader": "tiff"}, "config: dataset.reader: got 'tiff', expected one of digits, idx"),
        ({"options": {"channels": 2}}, "config: dataset.options.channels: got 2, expected one of 1, 3"),
        (
            {"options": {"size": "big"}},
            "config: dataset.options.size: got 'big', expected a whole number, a list or null",
        ),
        ({"options": {"test_share": 1}}, "config: dataset.options.test_share: got 1, expected less than 1"),
        (
            {"options": {"splits": {"training": "a"}}},
            "dataset.options.splits.training: there is no such key; did you mean",
        ),
        ({"options": {"classes": ["a"]}}, "config: dataset.options.classes: got"),
    ],
)
def test_options_that_are_wrong_are_told_before_anything_runs(change, words):
    with pytest.raises(ConfigError) as caught:
        resolved(change)
    assert words in str(caught.value)


def test_a_transform_lies_beside_the_configuration(tmp_path, monkeypatch):
    monkeypatch.setenv("PHISCOPE_FACTORIES", str(tmp_path))
    (tmp_path / "mine-own.py").write_text("def darker(image):\n    return image.point(lambda value: value // 2)\n")
    resolved({"options": {"transform": "mine-own.py:darker"}})
    assert callable(function("mine-own.py:darker", "dataset.options.transform"))
    with pytest.raises(DataError, match="dataset.options.transform: cannot find 'mine-own.py:lighter'"):
        function("mine-own.py:lighter", "dataset.options.transform")


def test_a_function_is_imported_once_however_many_threads_ask_for_it(tmp_path, monkeypatch):
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(0.2)\ndef turn(image):\n    return image\n")
    monkeypatch.setenv("PHISCOPE_FACTORIES", str(tmp_path))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: function("slow.py:turn", "dataset.options.transform"), range(4)))
    assert len(set(found)) == 1
