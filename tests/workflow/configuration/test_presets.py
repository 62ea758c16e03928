"""Every preset stands for itself, or on the one that it names."""

import re

import pytest

from phiscope.workflow.configuration import load
from tests.conftest import ROOT

PRESETS = sorted((ROOT / "presets").glob("*.yaml"))


def files_of(preset):
    """A preset, after what it is laid over."""
    under = re.match(r"# Laid over (presets/[\w-]+\.yaml)", preset.read_text())
    return [*([ROOT / under[1]] if under else []), preset]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda path: path.stem)
def test_a_preset_is_a_configuration_as_it_stands(preset, root, real_data, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    config = load(files_of(preset), root=root)
    assert config["run"] != "digits"


def test_presets_are_found():
    assert len(PRESETS) >= 10
