"""Images of the user's, through the script of the rule."""

import importlib.util

import numpy as np
import pytest
from PIL import Image

from phiscope.models import build, save_artifact


@pytest.fixture
def script(root):
    spec = importlib.util.spec_from_file_location("denoise_folder", root / "scripts/denoise_folder.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path):
    """A grey and a colour image of different sizes, one in a folder below."""
    random = np.random.default_rng(0)
    (tmp_path / "in/below").mkdir(parents=True)
    Image.fromarray(random.integers(90, 160, (40, 61), dtype=np.uint8)).save(tmp_path / "in/grey.png")
    Image.fromarray(random.integers(90, 160, (33, 20, 3), dtype=np.uint8)).save(tmp_path / "in/below/colour.png")
    return tmp_path / "in"


def test_a_method_smooths_images_of_any_size_and_says_what_it_did(script, folder, tmp_path):
    found = script.denoise_folder({"path": str(folder), "method": "tv"}, None, "cpu", tmp_path / "out")
    assert found["file"] == ["below/colour.png", "grey.png"]
    assert found["channels"] == [3, 1]
    assert (found["height"], found["width"]) == ([33, 40], [20, 61])
    assert found["level"] == found["level_estimated"]
    for name, output in zip(found["file"], found["output"]):
        before, after = (np.asarray(Image.open(path)) for path in (folder / name, tmp_path / "out" / output))
        assert before.shape == after.shape
        assert after.std() < 0.7 * before.std()


def test_an_untrained_residual_network_gives_images_back_as_they_are(script, folder, tmp_path):
    about = {
        "factory": "phiscope.models.denoiser:dncnn", "arguments": {"width": 4, "depth": 3, "fold": 2}, "normalise": None
    }  # fmt: skip
    save_artifact(build(**about), about, tmp_path / "denoiser.safetensors")
    options = {"path": str(folder), "method": "network", "tile": 16, "overlap": 8}
    found = script.denoise_folder(options, str(tmp_path / "denoiser.safetensors"), "cpu", tmp_path / "out")
    assert found["level"] == [None, None]
    assert max(found["change"]) < 1e-6
    for name, output in zip(found["file"], found["output"]):
        before, after = (np.asarray(Image.open(path)) for path in (folder / name, tmp_path / "out" / output))
        np.testing.assert_array_equal(before, after)
