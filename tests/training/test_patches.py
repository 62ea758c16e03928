import numpy as np
import pytest

from phiscope.denoising.corruptions import Noise
from phiscope.errors import DataError
from phiscope.training.patches import AUGMENTATIONS, HeldOutPatches, NoisyPatches, augmented

OPTIONS = {"patch": 5, "per_image": 3, "batch_size": 4, "augmentations": AUGMENTATIONS, "clip": False, "seed": 1}


@pytest.fixture
def images():
    """Images of several sizes that are nowhere alike."""
    sizes = [(5, 9), (8, 6), (12, 12), (7, 7)]
    values = iter(np.random.default_rng(0).permutation(1000) / 1000)
    return [np.array([next(values) for _ in range(h * w)], np.float32).reshape(1, h, w) for h, w in sizes]


def test_clean_patches_are_parts_of_the_images_and_noise_is_added_to_them(images):
    batches = list(NoisyPatches(images, [Noise("gaussian", 0.1)], **OPTIONS))
    assert [noisy.shape for noisy, _ in batches] == [(4, 1, 5, 5)] * 3
    places = [set(image.ravel().tolist()) for image in images]
    for noisy, clean in batches:
        assert all(any(set(patch.flatten().tolist()) <= place for place in places) for patch in clean)
        assert float((noisy - clean).std()) == pytest.approx(0.1, rel=0.35)


def test_an_epoch_repeats_and_another_one_does_not(images):
    patches = NoisyPatches(images, [Noise("gaussian", 0.1)], **OPTIONS)
    first, again = (np.concatenate([noisy for noisy, _ in patches]) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    patches.epoch = 1
    assert not np.array_equal(np.concatenate([noisy for noisy, _ in patches]), first)


def test_every_image_gives_its_patches_once_an_epoch(images):
    patches = NoisyPatches(images, [], **OPTIONS)
    owners = [
        next(k for k, image in enumerate(images) if np.isin(patch.flatten()[0], image))
        for _, clean in patches for patch in clean.numpy()
    ]  # fmt: skip
    assert sorted(owners) == sorted([0, 1, 2, 3] * 3)


def test_without_noise_the_pair_is_twice_the_same(images):
    noisy, clean = next(iter(NoisyPatches(images, [], **OPTIONS)))
    assert noisy is clean


def test_held_out_patches_never_change(images):
    held_out = HeldOutPatches(images, [Noise("gaussian", 0.1)], **OPTIONS)
    first = next(iter(held_out))
    held_out.epoch = 7
    np.testing.assert_array_equal(next(iter(held_out))[0], first[0])
    np.testing.assert_array_equal(first[1][2], images[2][:, 3:8, 3:8])


def test_augmentations_give_every_position_and_no_other():
    image = np.arange(9.0).reshape(1, 3, 3)
    random = np.random.default_rng(0)
    seen = {tuple(augmented(image, AUGMENTATIONS, random).ravel()) for _ in range(200)}
    assert len(seen) == 8  # the symmetries of the square
    assert {tuple(augmented(image, ["mirror"], random).ravel()) for _ in range(50)} == {
        tuple(image.ravel()), tuple(image[:, :, ::-1].ravel())
    }  # fmt: skip
    np.testing.assert_array_equal(augmented(image, [], random), image)


def test_what_does_not_fit_is_said(images):
    with pytest.raises(DataError, match="training image 0 has shape .* at least 6 x 6"):
        NoisyPatches(images, [], **(OPTIONS | {"patch": 6}))
    with pytest.raises(DataError, match="cannot be turned"):
        NoisyPatches(images[:1], [], **(OPTIONS | {"patch": None}))
