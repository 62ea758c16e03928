"""The command that draws an image of the user's anew."""

import numpy as np
import pytest
from PIL import Image

from phiscope.commands.implicit import main
from phiscope.errors import DataError


def test_the_command_writes_at_another_resolution(tmp_path, capsys):
    source, out = tmp_path / "a.png", tmp_path / "b.png"
    Image.fromarray(np.full((6, 9), 128, np.uint8)).save(source)
    main([str(source), "-o", str(out), "--scale", "2", "--k", "4", "--sigma", "1", "--width", "8", "--steps", "60"])
    with Image.open(out) as image:
        assert image.size == (18, 12)
        assert np.abs(np.asarray(image).astype(int) - 128).max() < 40
    assert "18 x 12" in capsys.readouterr().out


def test_an_image_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match="nowhere.png: there is no such image"):
        main([str(tmp_path / "nowhere.png"), "-o", str(tmp_path / "out.png")])


def test_the_usage_says_how_it_is_started(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert capsys.readouterr().out.startswith("usage: phiscope redraw ")
