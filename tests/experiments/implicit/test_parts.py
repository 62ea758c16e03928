"""Parts of the images: rows of their own images alone, and pictures of the one that figures show."""

import numpy as np

from phiscope.experiments.implicit.fits import Options
from phiscope.experiments.implicit.parts import draw_part
from phiscope.experiments.implicit.settings import expand

IMPLICIT = {
    "network": {"width": 8, "depth": 3},
    "schedule": {"steps": 5, "learning_rate": 0.01, "decay": "cosine", "precision": "float32"},
    "seeds": 2,
    "training_pixels": 0.5,
}
FITS = [{"model": "least_squares", "encoding": "fourier_complete"}, {"model": "mlp", "encoding": "none"}]


def test_a_complete_basis_fits_its_pixels_exactly_and_pictures_are_of_the_first_seed():
    images = {f"g/{k}": np.random.default_rng(k).uniform(size=(8, 8, 1)) for k in range(3)}
    options = Options.of(IMPLICIT, seed=4)
    assert options.seeds == (4000, 4001)
    rows, pictures = draw_part(images, slice(1, 3), expand(FITS, 0.01), options, "g/2")
    assert {row["image"] for row in rows} == {"g/1", "g/2"}
    exact = [row["psnr_train"] for row in rows if row["model"] == "least_squares"]
    assert min(exact) > 100
    np.testing.assert_allclose(pictures["original"], images["g/2"], atol=1e-6)
    assert sum("mlp" in name for name in pictures) == 1
    assert "original" not in draw_part(images, slice(0, 1), expand(FITS[:1], 0.01), options, "g/2")[1]
