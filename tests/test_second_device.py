"""What computes with a network does so where it lies, and gives NumPy's arrays: tried on a device that is played.

A card refuses tensors of two places in one operation; the device here does as well. Results are those of the processor.
"""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from phiscope.attacks.bisection import onto_the_boundary
from phiscope.attacks.deepfool import deepfool
from phiscope.attacks.hull_penalty import HullPenalty
from phiscope.attacks.judge import judge
from phiscope.attacks.pgd import pgd
from phiscope.detection import Training
from phiscope.errors import DataError, ModelError
from phiscope.experiments.attacks.sweep import Scene, sweep
from phiscope.experiments.geometry.class_hulls import Spanning
from phiscope.experiments.geometry.noise import measured
from phiscope.experiments.inversion import closest, cost, samples, straight, targets
from phiscope.experiments.models.look import look
from phiscope.features import extract
from phiscope.geometry import hull, margin
from phiscope.geometry.boundary import closest_image
from phiscope.geometry.hull import placement
from phiscope.geometry.hull import vertices as hull_vertices
from phiscope.geometry.inversion import invert
from phiscope.head import Head
from phiscope.implicit.fit import Network, Schedule, fit
from phiscope.models import build, split
from phiscope.models.classifier import Normalised
from phiscope.models.codec import Codec
from phiscope.models.denoiser import Denoised, autoencoder, run_on
from phiscope.models.encoder import encoder
from phiscope.models.gan import generator
from tests import second_device

pytestmark = pytest.mark.skipif(
    not second_device.POSSIBLE, reason="this torch has no devices that are written in Python"
)

RANDOM = np.random.default_rng(5)
IMAGES = RANDOM.uniform(0.2, 0.8, (6, 1, 8, 8)).astype(np.float32)
SWEPT = {"overshoots": [0.02], "confidences": [0], "penalties": [1.0], "norm": "l2", "epsilon": 1.0, "steps": 2}
SEARCH = {"jacobians": 4, "polishes": 1, "restarts": 0, "damped_steps": 1, "backtracks": 0}


@pytest.fixture(scope="module")
def place():
    with second_device.played() as name:
        yield name


@pytest.fixture(scope="module")
def here():
    """A network on the processor."""
    torch.manual_seed(1)
    arguments = {"channels": 1, "classes": 3, "widths": [2, 4]}
    return build("phiscope.models.classifier:small_resnet", arguments, {"mean": [0.5], "deviation": [0.3]}).eval()


@pytest.fixture
def there(here, place):
    """The same one on the second device."""
    return copy.deepcopy(here).to(place)


@pytest.fixture
def feature_map(there):
    return split(there, torch.from_numpy(IMAGES))


def head_of(feature_map):
    return Head(feature_map.weight.numpy(), feature_map.bias.numpy(), feature_map.layer, feature_map.lower_bound)


REFUSED = {
    "sums": lambda there, here: there + here,
    "a layer": lambda there, here: nn.Linear(3, 2)(there),
    "a layer in inference mode": torch.inference_mode()(lambda there, here: nn.Linear(3, 2)(there)),
    "numbers of no dimension that are not added or multiplied": lambda there, here: torch.stack(
        [there.sum(), here.sum()]
    ),
    "indices of there for what lies here": lambda there, here: here[there.argmax(1)],
    "NumPy's view": lambda there, here: np.asarray(there),
    "draws by a generator of the processor": lambda there, here: torch.rand(
        2, device=there.device, generator=torch.Generator()
    ),
}


@pytest.mark.parametrize("mixed", REFUSED.values(), ids=REFUSED)
def test_the_second_device_refuses_what_a_card_refuses(mixed, place):
    with pytest.raises(RuntimeError, match=r"same device|not supported for tensor subclasses|generator"):
        mixed(torch.eye(3, device=place), torch.eye(3))


def test_the_second_device_allows_what_a_card_allows(place):
    there = torch.eye(3, device=place)
    there[torch.tensor([0]), 1] = 2.0
    total = (there * torch.tensor(2.0)).sum() + there[torch.tensor([0, 1])].sum()
    assert (float(total), there.device.type, there.cpu().numpy()[0, 1]) == (14.0, place, 2.0)


def test_a_network_is_split_where_it_lies(here, there, feature_map):
    own = split(here, torch.from_numpy(IMAGES))
    assert torch.equal(feature_map.weight, own.weight)  # on the processor, both of them
    np.testing.assert_allclose(extract(feature_map, IMAGES), extract(own, IMAGES), rtol=1e-5)
    assert feature_map.device.type == second_device.NAME
    searched = split(nn.Sequential(there, nn.LogSoftmax(1)), torch.from_numpy(IMAGES))  # by differentiation
    assert searched.weight.shape == own.weight.shape


def test_attacks(here, there, feature_map, place):
    fooled = deepfool(there, IMAGES)
    np.testing.assert_allclose(fooled.images, deepfool(here, IMAGES).images, atol=1e-4)
    assert judge(there, IMAGES, onto_the_boundary(there, IMAGES, fooled.images).images).success.all()
    torch.manual_seed(0)
    denoised = Denoised(there, autoencoder(widths=(2, 2)).to(place), 1).eval()
    penalty = HullPenalty(lambda x: feature_map(denoised.denoise(x)), extract(feature_map, IMAGES), weight=1.0, every=2)
    begun = RANDOM.normal(size=IMAGES.shape).astype(np.float32)
    attacked = pgd(
        denoised, IMAGES, norm="linf", epsilon=0.1, step=0.05, steps=3, stop=True, start=begun, penalty=penalty
    )
    assert 0 < np.abs(attacked.images - IMAGES).max() <= 0.1 + 1e-6


def test_a_sweep_of_attacks(here, there):
    def swept(network):
        feature_map = split(network, torch.from_numpy(IMAGES))
        head, spanned, labels = head_of(feature_map), extract(feature_map, IMAGES), np.array([0, 1, 2, 0, 1, 2])
        training = Training(spanned, labels, head.logits(spanned), head.weight, head.bias, np.full(6, 0.4))
        spanning = Spanning(spanned, labels, np.arange(6), np.zeros(6))
        scene = Scene(network, feature_map, head, spanning, training, {"margin": 0.0}, classes=2)
        return sweep(scene, IMAGES[:2], np.arange(2), labels[:2], SWEPT)

    rows, own = swept(there), swept(here)
    assert rows["success"].equals(own["success"])
    np.testing.assert_allclose(rows["distance"], own["distance"], atol=1e-3)


def test_features_and_their_noise(feature_map):
    noise = measured(feature_map, IMAGES)
    assert 0 < noise.features < 1e-4
    assert 0 <= noise.head < 1e-4


def test_the_look_at_a_network(there, place):
    labels = np.arange(40) % 3
    pixels = np.random.default_rng(1).integers(0, 256, (40, 1, 8, 8), dtype=np.uint8)
    seen = look(there, pixels, labels, ["a", "b", "c"], is_loaded=True, device=place)
    assert seen.head.residual < 1e-4


class Shifted(nn.Module):
    """Holds a tensor that does not move with it."""

    def __init__(self, network):
        super().__init__()
        self.network, self.shift = network, torch.ones(3)

    def forward(self, images):
        return self.network(images) + self.shift


def test_a_network_that_does_not_move_whole_is_told(here, place):
    network = Normalised(Shifted(copy.deepcopy(here.network)), [0.5], [0.3]).eval()
    with pytest.raises(
        ModelError, match="lies on second:0, but 'network' has tensors that were not moved.*register_buffer"
    ):
        look(network, IMAGES, np.arange(6) % 3, ["a", "b", "c"], is_loaded=True, device=place)


def test_closest_images(place):
    torch.manual_seed(3)
    here = nn.Sequential(nn.Flatten(), nn.Linear(64, 6), nn.ReLU(), nn.Linear(6, 3)).eval()
    there, starts = copy.deepcopy(here).to(place), {"DeepFool": deepfool(here, IMAGES[:2]).images}
    found, own = (closest_image(network, IMAGES[:2], starts=starts) for network in (there, here))
    np.testing.assert_allclose(found.distance, own.distance, rtol=1e-3)
    np.testing.assert_array_equal(found.own, closest.classes_of(there, IMAGES[:2]))


def test_inversions_of_samples(here, feature_map):
    own = split(here, torch.from_numpy(IMAGES))
    aims = targets.flip_targets(extract(own, IMAGES[:2]), head_of(own))
    columns, images = samples.invert_samples(feature_map, aims, np.arange(2), IMAGES[:2].astype(float), SEARCH, seed=0)
    expected, again = samples.invert_samples(own, aims, np.arange(2), IMAGES[:2].astype(float), SEARCH, seed=0)
    np.testing.assert_allclose(images, again, atol=1e-3)
    assert columns["status"].tolist() == expected["status"].tolist()


def test_paths_and_what_a_search_costs(feature_map, place):
    classes = targets.classes(feature_map, IMAGES)
    path = straight.measure_paths(feature_map, [(0, 1)], lambda row: IMAGES[row].astype(float), np.arange(6), classes)
    assert path["length_over_chord"].iloc[0] >= 1
    assert cost.measure(feature_map, torch.from_numpy(IMAGES).to(place), 1e9).batch > 0


def test_a_module_is_inverted_where_it_lies_or_where_asked(place):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    target, reference = torch.tensor([[0.1, 0.2]]), torch.full((1, 1, 2, 2), 0.5)
    own = invert(module, target, reference)
    moved = copy.deepcopy(module).to(place)
    for network, device in ((moved, None), (module, place), (moved, "cpu")):
        found = invert(network, target.to(place), reference.to(place), device=device)
        np.testing.assert_allclose(found.image, own.image, atol=1e-6)
    assert next(moved.parameters()).device.type == place


def test_a_map_that_lies_elsewhere_than_asked_is_told(feature_map):
    with pytest.raises(DataError, match="feature_map lies on second:0, and device is cpu"):
        invert(feature_map, np.zeros((1, 4)), IMAGES[:1], device="cpu")


def test_an_encoder_a_generator_and_a_denoiser(here, place):
    torch.manual_seed(0)
    networks = generator(6, 1, (8, 8), 4), here, encoder(6, 1, (8, 8), 4, "linear")
    own = Codec(*map(copy.deepcopy, networks))
    moved = Codec(*map(copy.deepcopy, networks), device=place)
    z, direction = RANDOM.normal(size=(2, 6)), RANDOM.normal(size=6)
    for made, expected in (
        (moved.decode(z), own.decode(z)),
        (moved.tangent(z, direction), own.tangent(z, direction)),
        (moved.encode(IMAGES)[0], own.encode(IMAGES)[0]),
        (moved.logits(IMAGES), own.logits(IMAGES)),
    ):
        np.testing.assert_allclose(made, expected, atol=1e-4)
    denoiser = autoencoder(widths=(2, 2)).eval()
    np.testing.assert_allclose(run_on(copy.deepcopy(denoiser).to(place), IMAGES), run_on(denoiser, IMAGES), atol=1e-5)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_images_as_functions_of_position(precision, place):
    features, values = RANDOM.normal(size=(9, 4)), RANDOM.random((2, 9, 1))
    options = {"seeds": [0, 1], "train": np.arange(9) % 2 == 0, "precision": precision, "together": 2}
    made = [fit(features, values, Network(width=4, depth=3), Schedule(3), **options, device=d) for d in (place, "cpu")]
    np.testing.assert_allclose(made[0].predict(features), made[1].predict(features), atol=2e-2)


def test_hulls_and_margins_of_tensors(feature_map, place, monkeypatch):
    vertices = RANDOM.normal(size=(40, 4)).astype(np.float32)
    points = 3 * RANDOM.normal(size=(3, 4)).astype(np.float32)
    lies = [torch.from_numpy(each).to(place) for each in (points, vertices)]
    own, found = hull.project(points, vertices), hull.project(*lies)
    np.testing.assert_allclose(found.distance, own.distance, rtol=1e-8)
    assert hull.verify(found, *lies).gap.max() < 1e-6
    monkeypatch.setattr(hull_vertices, "LARGE", 10)  # so that arrays of NumPy are taken there as well
    monkeypatch.setattr(placement, "free_bytes", lambda device: 10**12)
    np.testing.assert_allclose(hull.project(points, vertices, device=place).distance, own.distance, rtol=1e-8)
    head = head_of(feature_map)
    given = RANDOM.normal(size=(3, len(head.weight)))
    flips = margin.flip_points(torch.from_numpy(given).to(place), head)
    np.testing.assert_array_equal(flips.distance, margin.flip_points(given, head).distance)
