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
    EncoderRows,
    differences,
    lsd_axes,
    of_autoencoder,
    of_encoder,
    of_generator,
    rows_of,
)
from phiscope.implicit.responses import concentration
from phiscope.models.denoiser import autoencoder
from phiscope.models.encoder import encoder
from phiscope.models.gan import generator


def test_a_generator_is_looked_at_along_its_axes():
    anew = partial(generator, latent=6, size=(8, 8), width=4)
    rows = pd.DataFrame(rows_of("generator", anew(), anew, partial(of_generator, seed=0), 0))
    waves = rows[rows["basis"] == "waves"]
    assert set(rows["family"]) == {"axes", "strongest", "singular"}
    for _, own in waves.groupby("family"):
        assert own.groupby("kind").size().to_dict() == {"latent": 6, "random": 64, "untrained": 18, "difference": 64}
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


def test_axes_of_a_basis_are_looked_at_as_families_of_their_own():
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0]
    axes = lsd_axes(np.sqrt(5) * turn, np.array([1, 1, 2, 2, 2]))  # as long as the basis has them
    np.testing.assert_allclose(axes["LSD axes"], turn, atol=1e-6)
    np.testing.assert_allclose(axes["label axes"], turn[:2], atol=1e-6)
    anew = partial(generator, latent=5, size=(8, 8), width=4)
    rows = pd.DataFrame(rows_of("generator", anew(), anew, partial(of_generator, seed=0, bases=axes), 0))
    latent = rows[(rows["kind"] == "latent") & (rows["basis"] == "waves")]
    assert latent.groupby("family").size()[["label axes", "LSD axes"]].tolist() == [2, 5]


def test_singular_vectors_of_a_linear_decoder_are_those_of_its_matrix():
    """A decoder that draws wave i with strength i: its singular vectors are single waves, the last first."""
    place = 2 * np.pi * np.arange(8) / 8
    waves = np.stack([np.cos(k * place)[:, None] * np.ones(8) for k in (1, 2, 3)])
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    matrix = torch.from_numpy(turn @ (np.arange(1, 4)[:, None, None] * waves).reshape(3, -1)).float()
    subject = DecoderDirections(
        lambda z: (z @ matrix).view(-1, 1, 8, 8), torch.zeros(4, 3), {"axes": torch.eye(3)}, {"singular": 3}
    )
    own, axes = (subject.own(name, 0).by_basis["waves"].effective for name in ("singular", "axes"))
    np.testing.assert_allclose(own, 1, rtol=1e-5)
    assert (axes > 1.05).all()  # in other directions waves are mixed
    strongest = subject._left_vectors[0, 0, 0]
    assert abs(np.corrcoef(strongest.ravel(), waves[2].ravel())[0, 1]) == pytest.approx(1)


def test_rows_of_a_linear_encoder_are_its_filters():
    """Latents that each read one wave: their rows are single waves, mixtures of them are not."""
    place = 2 * np.pi * np.arange(8) / 8
    filters = torch.from_numpy(np.stack([np.ones(8)[:, None] * np.cos(k * place) for k in (1, 2, 3)])).float()
    subject = EncoderRows(lambda pixels: pixels[:, 0].flatten(1) @ filters.flatten(1).T, torch.rand(9, 1, 8, 8))
    np.testing.assert_allclose(subject.own("rows", 0).by_basis["waves"].effective, 1, rtol=1e-5)
    assert np.median(subject.mixed("rows", 0).by_basis["waves"].effective) > 1.2
    assert subject.differences().shape == (4, 1, 8, 8)


def test_an_encoder_is_looked_at_by_the_rows_of_its_jacobian():
    images = np.random.default_rng(0).uniform(size=(20, 1, 8, 8)).astype(np.float32)
    anew = partial(encoder, latent=6, size=(8, 8), width=4, heads="linear")
    network = anew()
    rows = pd.DataFrame(rows_of("encoder", network, anew, partial(of_encoder, images=images), 0))
    waves = rows[rows["basis"] == "waves"]
    assert waves.groupby("kind").size().to_dict() == {"latent": 6, "random": 64, "untrained": 18, "difference": 10}
    pixels = torch.from_numpy(images[:1]).requires_grad_()
    written_out = [torch.autograd.grad(network(pixels)[0][0, i], pixels)[0].numpy() for i in range(6)]
    alone = of_encoder(network, images[:1]).own("rows", 0).by_basis["waves"].effective
    np.testing.assert_allclose(concentration(np.concatenate(written_out), "waves").effective, alone, rtol=1e-4)
