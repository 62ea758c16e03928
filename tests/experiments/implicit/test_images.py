"""Images gathered from all their sources, and cut."""

import numpy as np
import pytest
from PIL import Image

from phiscope.errors import ConfigError
from phiscope.experiments.implicit.images import count_of, fitted, gather, photograph


def test_gathers_photographs_controls_and_files(tmp_path):
    Image.fromarray(np.full((10, 20, 3), 51, np.uint8)).save(tmp_path / "a.png")
    specs = [
        {"from": "bundled", "names": ["camera"], "size": [8, 12]},
        {"from": "scrambled", "group": "odd", "names": ["coffee"], "size": 8, "grey": True},
        {"from": "controls", "names": ["white_noise"], "draws": 2, "size": 8},
        {"from": "folder", "path": str(tmp_path), "count": 1},
    ]
    gathered = gather(specs, None, 0)
    assert {name: image.shape for name, image in gathered.items()} == {
        "bundled/camera": (8, 12, 1),
        "odd/coffee": (8, 8, 1),
        "controls/white_noise-0": (8, 8, 3),
        "controls/white_noise-1": (8, 8, 3),
        "folder/a.png": (10, 20, 3),
    }
    assert len(gathered) == sum(count_of(spec) for spec in specs)
    np.testing.assert_allclose(gathered["folder/a.png"], 0.2)
    with pytest.raises(ConfigError, match="1 images are there, expected 2"):
        gather([specs[3] | {"count": 2}], None, 0)
    with pytest.raises(ConfigError, match="twice"):
        gather([specs[0], specs[0]], None, 0)
    with pytest.raises(ConfigError, match="expected one of astronaut"):
        photograph("lena")


def test_cutting_keeps_the_aspect_and_the_mean_of_a_constant():
    image = np.zeros((40, 90, 1))
    image[:, 25:65] = 1  # the middle square
    np.testing.assert_allclose(fitted(image, 10), 1)
    assert fitted(image, [4, 9]).shape == (4, 9, 1)
