"""Latent directions of small networks as a run looks at them."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch

from phiscope.errors import DataError
from phiscope.experiments.latent.directions import (
    KINDS,
    LATENTS,
    DecoderDirections,
    differences,
    of_autoencoder,
    of_generator,
    rows_of,
)
from phiscope.models.denoiser import autoencoder
from phiscope.models.gan import generator


def test_a_generator_is_looked_at_along_its_axes():
    anew = partial(generator, latent=6, size=(8, 8), width=4)
    rows = pd.DataFrame(rows_of("generator", anew(), anew, partial(of_generator, seed=0), 0))
    waves = rows[rows["basis"] == "waves"]
    assert waves.groupby("kind").size().to_dict() == {"latent": 6, "random": 64, "untrained": 18, "difference": 64}
    assert set(rows["family"]) == {"axes"}
    assert rows["effective"].between(1, 64).all()
    shares = rows[["share_1", "share_4", "share_16"]].to_numpy()
    assert (np.diff(shares, axis=1) >= 0).all()
    assert shares.max() <= 1 + 1e-9


def test_an_autoencoder_is_looked_at_by_units_and_by_channels():
    images = np.random.default_rng(0).uniform(size=(20, 1, 8, 8)).astype(np.float32)
    anew = partial(autoencoder, widths=(3, 5))
    rows = pd.DataFrame(rows_of("autoencoder", anew(), anew, partial(of_autoencoder, images=images), 0))
    latent = rows[(rows["kind"] == "latent") & (rows["basis"] == "waves")]
    assert latent.groupby("family").size().to_dict() == {"channels": 5, "units": 64}  # 5 x 4 x 4 units
    assert set(rows["kind"]) == set(KINDS)
    pixels = rows[rows["basis"] == "pixels"].groupby(["family", "kind"])["effective"].mean()
    assert pixels["units", "latent"] < pixels["channels", "latent"]  # a unit sees a few pixels, a channel all


def test_random_weights_are_drawn_from_the_seed_and_differ():
    anew = partial(generator, latent=4, size=(8, 8), width=4)
    drawn = [pd.DataFrame(rows_of("generator", anew(), anew, partial(of_generator, seed=0), 3)) for _ in range(2)]
    first, second = (rows[rows["kind"] == "untrained"].reset_index(drop=True) for rows in drawn)
    pd.testing.assert_frame_equal(first, second)
    assert first.groupby("training")["effective"].mean().nunique() == 3


def test_differences_are_of_pairs_that_share_no_image():
    latents = torch.arange(5.0)[:, None]
    subject = DecoderDirections(lambda z: z.view(-1, 1, 1, 1).expand(-1, 1, 2, 2), latents, {})
    np.testing.assert_array_equal(differences(subject)[:, 0, 0, 0], [-1, -1])
    with pytest.raises(DataError, match="expected two or more"):
        differences(DecoderDirections(subject.decode, latents[:1], {}))


def test_there_are_latents_for_as_many_differences_as_directions():
    assert len(of_generator(generator(latent=3, size=(8, 8), width=4), 0).latents) == LATENTS == 128
