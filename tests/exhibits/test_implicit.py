"""Pictures of one image, beside the rows that speak of them."""

import numpy as np
import pandas as pd

from phiscope.exhibits.implicit import gallery
from phiscope.experiments.implicit.fits import Options, draw
from phiscope.experiments.implicit.settings import Setting
from phiscope.implicit.fit import Schedule
from phiscope.implicit.images import white_noise
from phiscope.implicit.networks import Network
from phiscope.stats.implicit.fits import tuned

OPTIONS = Options(Network(width=8, depth=3), Schedule(5), seeds=(3, 4), training=0.5, seed=0)


def test_pictures_are_those_of_the_rows():
    pictures = {f"noise/{seed}": white_noise((8, 8), 1, seed=seed) for seed in (0, 1)}
    settings = [Setting("mlp", "gaussian", k=3, sigma=s, learning_rate=0.01) for s in (1.0, 4.0)]
    every = list(draw(pictures, settings, OPTIONS))
    drawn = {e.setting.name: e.image for e in every if e.row["image"] == "noise/0" and e.row["seed"] == 3}
    chosen = tuned(pd.DataFrame([e.row for e in every]))
    shown = gallery(chosen, drawn | {"original": pictures["noise/0"]}, "noise/0")
    assert shown["encoding"].tolist() == ["original", "gaussian"]
    sigma = chosen.query("image == 'noise/0'")["sigma"].iloc[0]
    np.testing.assert_allclose(shown["image"][1], drawn[settings[int(sigma == 4.0)].name].ravel())


def test_fits_of_all_pixels_are_shown_where_there_are_no_others():
    pictures = {f"noise/{seed}": white_noise((8, 8), 1, seed=seed) for seed in (0, 1)}
    both = [Setting("mlp", "basic", learning_rate=0.01, pixels=pixels) for pixels in ("training", "all")]
    for settings, expected in ((both, both[0]), (both[1:], both[1])):
        every = list(draw(pictures, settings, OPTIONS))
        drawn = {e.setting.name: e.image for e in every if e.row["image"] == "noise/0" and e.row["seed"] == 3}
        chosen = tuned(pd.DataFrame([e.row for e in every]))
        shown = gallery(chosen, drawn | {"original": pictures["noise/0"]}, "noise/0")
        assert shown["encoding"].tolist() == ["original", "basic"]
        np.testing.assert_allclose(shown["image"][1], drawn[expected.name].ravel())
