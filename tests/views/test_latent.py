"""Views through latent space: whatever is asked of them, they are what the pieces give."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from phiscope.errors import DataError
from phiscope.experiments.latent import bases
from phiscope.latent import operators
from phiscope.latent.basis import NO_LABEL, NO_SET, averages
from phiscope.latent.spectral import classify, decompose
from phiscope.models.codec import Codec
from phiscope.models.encoder import encoder
from phiscope.models.gan import generator
from phiscope.views import VIEWS, in_words


@pytest.fixture
def needs(source):
    torch.manual_seed(4)
    random = np.random.default_rng(4)
    labels = np.arange(80) % 4
    latents = random.normal(size=(4, 10))[labels] + random.normal(size=(80, 10))
    made = bases.build_all(averages(latents, labels, label_count=4), (), seed=0)
    drawn = generator(10, 3, (6, 7), 4)
    with torch.no_grad():
        for weight in drawn.parameters():
            weight.mul_(10 if weight.dim() > 1 else 1)
    return {"generator": drawn.eval(), "encoder": encoder(10, 3, (6, 7), 4, "linear").eval(), "bases": made}


@pytest.fixture
def mean(source, needs):
    return Codec(needs["generator"], encoder=needs["encoder"]).encode(source.images)[0]


def test_all_components_decode_the_whole_latent(source, needs, mean):
    found = VIEWS["lsd"].load()(source, **needs, components=10, basis="lowdin")["images"]
    np.testing.assert_allclose(found, Codec(needs["generator"]).decode(mean), atol=1e-5)
    fewer = VIEWS["lsd"].load()(source, **needs, components=1, basis="lowdin")["images"]
    assert np.abs(fewer - found).max() > 0.01
    assert fewer.dtype == np.float32
    assert fewer.shape == source.images.shape


def test_a_chunk_of_one_gives_what_a_chunk_of_many_gives(source, needs):
    whole = VIEWS["rotate"].load()(source, **needs, toward=2, basis="lowdin")["images"]
    one = type(source)(source.images[3:4], source.samples[3:4], source.labels[3:4], source.seed)
    alone = VIEWS["rotate"].load()(one, **needs, toward=2, basis="lowdin")["images"]
    np.testing.assert_allclose(alone[0], whole[3], atol=1e-5)


def test_rotation_is_that_of_the_operators_and_leaves_those_already_there(source, needs, mean):
    basis, decode = needs["bases"]["lowdin"], Codec(needs["generator"]).decode
    own = classify(decompose(mean, basis), basis, axes="first-set")
    toward = int(own[0])
    found = VIEWS["rotate"].load()(source, **needs, toward=toward, basis="lowdin", share=0.5)["images"]
    for k in range(len(mean)):
        latent = mean[k : k + 1]
        if own[k] != toward:
            i, j = basis.axis(int(own[k])), basis.axis(toward)
            latent = operators.normalised(latent @ operators.givens(basis, i, j, np.pi / 4).T)
        np.testing.assert_allclose(found[k], decode(latent)[0], atol=1e-5)


def test_a_label_without_an_axis_is_named(source, needs):
    with pytest.raises(DataError, match="label 7 has no axis"):
        VIEWS["rotate"].load()(source, **needs, toward=7, basis="lowdin")


def test_a_turn_that_names_no_label_goes_to_one_that_has_an_axis(source, needs):
    """Class 1, or the next: what an encoder of little training reads nowhere stops no run that did not ask for it."""
    whole = needs["bases"]["lowdin"]
    for labels, toward in (([0, 1, 2, 3], 1), ([0, 2, 3], 2), ([0], 0)):
        known = np.isin(whole.labels, labels)
        part = replace(whole, labels=np.where(known, whole.labels, NO_LABEL), sets=np.where(known, whole.sets, NO_SET))
        chosen = needs | {"bases": {"lowdin": part}}
        turned, named = (
            VIEWS["rotate"].load()(source, **chosen, basis="lowdin", **to)["images"] for to in ({}, {"toward": toward})
        )
        np.testing.assert_array_equal(turned, named)


def test_in_words():
    assert in_words({"kind": "lsd", "of": "noise", "components": 4}).endswith("their 4 largest LSD components")
    assert "toward class 3" in in_words({"kind": "rotate", "toward": 3})
    assert "toward class 1, or the next with an axis" in in_words({"kind": "rotate"})
