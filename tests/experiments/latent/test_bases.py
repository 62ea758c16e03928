import dataclasses

import numpy as np
import pytest

from phiscope.errors import ConfigError
from phiscope.experiments.latent import bases
from phiscope.latent.basis import averages


@pytest.fixture
def made():
    random = np.random.default_rng(3)
    labels, sets = np.tile([0, 1, 3], 60), np.repeat([1, 2], 90)  # label 2 is never made
    latents = random.normal(size=(4, 9))[labels] + random.normal(size=(180, 9))
    return bases.build_all(averages(latents, labels, sets, label_count=4), ((2, 1, 0), (2, 2, 0)), seed=1)


def test_what_is_saved_is_what_is_loaded(made, tmp_path):
    bases.save(made, tmp_path / "bases.safetensors")
    again = bases.load(tmp_path / "bases.safetensors")
    assert set(again.by_name) == set(bases.BASES)
    assert again.short == made.short
    for ours, theirs in [(made.averages, again.averages), *((made[name], again[name]) for name in bases.BASES)]:
        for field in dataclasses.fields(ours):
            np.testing.assert_array_equal(getattr(ours, field.name), getattr(theirs, field.name))


def test_a_label_that_is_never_made_is_named_and_every_basis_spans_all_the_same(made):
    assert made.lost == [2]
    for name in bases.BASES:
        assert made[name].dimension == 9
        assert made[name].orthogonality < 1e-10
        assert 2 not in made[name].labels


def test_an_unknown_basis_is_refused(made):
    with pytest.raises(ConfigError, match="basis 'qr' does not exist; expected one of gram-schmidt"):
        made["qr"]


def test_the_first_set_has_an_axis_for_every_label_that_is_made(made):
    for name in bases.BASES:
        assert made[name].first_labels == [0, 1, 3]
