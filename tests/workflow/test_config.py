import copy

import pytest
import yaml

from phiscope.errors import ConfigError
from phiscope.workflow.config import check


@pytest.fixture
def schema(root):
    return root / "workflow/schemas/config.schema.yaml"


@pytest.fixture
def config(root):
    return yaml.safe_load((root / "config.yaml").read_text())


def overlaid(base: dict, change: dict) -> dict:
    """`change` laid over `base`, as snakemake lays a --configfile over the default."""
    result = copy.deepcopy(base)
    for key, value in change.items():
        result[key] = (
            overlaid(result[key], value) if isinstance(value, dict) and isinstance(result.get(key), dict) else value
        )
    return result


def test_the_default_is_right(config, schema):
    check(config, schema)


def test_every_preset_is_right(root, config, schema):
    presets = sorted((root / "presets").glob("*.yaml"))
    assert len(presets) >= 4
    for preset in presets:
        check(overlaid(config, yaml.safe_load(preset.read_text())), schema)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"chunksize": 3}, "config: chunksize: there is no such key; did you mean 'chunk_size'?"),
        (
            {"hulls": {"pixel": {"tolerence": 1}}},
            "config: hulls.pixel.tolerence: there is no such key; did you mean 'tolerance'?",
        ),
        ({"chunk_size": 0}, "config: chunk_size: got 0, expected at least 1 (samples per job)"),
        ({"seed": "one"}, "config: seed: got 'one', expected integer (every random draw derives from it)"),
        ({"dataset": {"reader": "png"}}, "config: dataset.reader: got 'png', expected one of digits, idx"),
        (
            {"views": {"hull-pixel": {"of": "orginal"}}},
            "config: views.hull-pixel.of: there is no view 'orginal'; did you mean 'original'?",
        ),
        ({"views": {"hull-pixel": {"of": "hull-pixel"}}}, "goes in a circle"),
        (
            {"views": {"more": {"kind": "blur"}}},
            "config: views.more.kind: got 'blur', expected one of original, hull-pixel",
        ),
        (
            {"views": {"original": {"spaces": ["features"]}}},
            "config: views.original.spaces.0: got 'features', expected one of",
        ),
        ({"device": "gpu"}, "config: device: got 'gpu', expected text of the form"),
    ],
)
def test_one_line_says_what_where_and_what_was_expected(config, schema, change, line):
    with pytest.raises(ConfigError) as caught:
        check(overlaid(config, change), schema)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_key_is_described(config, schema):
    del config["classifier"]["factory"]
    with pytest.raises(ConfigError, match="config: classifier.factory: missing; expected package.module:function"):
        check(config, schema)
