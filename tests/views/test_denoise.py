import numpy as np
import pytest

from phiscope.denoising import classical
from phiscope.denoising.corruptions import Noise
from phiscope.errors import ConfigError
from phiscope.views import VIEWS, needs_of

make = VIEWS["denoise"].load()


def test_the_network_sees_all_images_and_what_it_returns_is_cut(source):
    found = make(source, method="network", denoiser=lambda images: images / 255.0 - 0.5)["images"]
    np.testing.assert_allclose(found, (source.pixels - 0.5).clip(0, 1), atol=1e-6)


def test_a_classical_method_is_that_of_the_registry(source):
    found = make(source, method="dct", level=0.1, strength=0.2)["images"]
    expected = classical.denoise("dct", source.pixels, 0.2, Noise("gaussian", 0.1))
    np.testing.assert_allclose(found, np.clip(expected, 0, 1), atol=1e-6)


def test_without_a_level_it_is_estimated_image_by_image(source):
    alone = make(source, method="tv")["images"]
    assert alone.shape == source.images.shape
    assert alone.std() < source.pixels.std()


def test_only_the_network_needs_one():
    assert needs_of({"kind": "denoise", "method": "network"}) == ("denoiser",)
    assert needs_of({"kind": "denoise", "method": "tv"}) == ()
    assert needs_of({"kind": "deepfool"}) == ("classifier",)
    assert "denoiser" in needs_of({"kind": "pgd-full", "through": "network"})
    assert "denoiser" not in needs_of({"kind": "pgd-full", "through": None})


def test_an_unknown_method_is_named(source):
    with pytest.raises(ConfigError, match="'blur' does not exist"):
        make(source, method="blur")
