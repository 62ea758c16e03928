"""Encodings by an encoder that inverts its generator exactly: μ is known, and z is as far from it as σ says."""

import numpy as np
import pytest

from phiscope.experiments.latent.encoding import LabelledImages, encode_splits
from tests.experiments.latent import toy


@pytest.fixture(scope="module")
def drawn():
    return {"train": toy.latents(500), "test": toy.latents(3, seed=1)}


@pytest.fixture(scope="module")
def arrays(drawn):
    splits = {
        split: LabelledImages(toy.codec().decode(z), 3 - labels, np.arange(len(z)) + 10)
        for split, (z, labels) in drawn.items()
    }
    return encode_splits(toy.codec(), splits, seed=4)


@pytest.mark.parametrize("split", ["train", "test"])
def test_an_exact_encoder_gives_the_latents_back(arrays, drawn, split):
    z, labels = drawn[split]
    np.testing.assert_allclose(arrays[f"{split}/mean"], z, atol=1e-5)
    assert (arrays[f"{split}/log_deviation"] == -10).all()
    assert arrays[f"{split}/labels"].tolist() == (3 - labels).tolist()
    assert arrays[f"{split}/samples"].tolist() == list(range(10, 10 + len(z)))


def test_training_images_alone_are_encoded_once_and_labelled_by_what_they_decode_to(arrays, drawn):
    assert {name for name in arrays if name.startswith("test/")} == {
        "test/mean", "test/log_deviation", "test/labels", "test/samples"
    }  # fmt: skip
    noise = (arrays["train/z"].astype(np.float64) - arrays["train/mean"]) / np.exp(-10)
    assert noise.std() == pytest.approx(1, abs=0.05)
    assert noise.mean() == pytest.approx(0, abs=0.05)
    assert arrays["train/decoded_labels"].tolist() == drawn["train"][1].tolist()  # not what the data say
