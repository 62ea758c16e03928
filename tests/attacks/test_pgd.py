import foolbox
import numpy as np
import pytest
import torch

from phiscope.attacks import HullPenalty, pgd, random_start
from phiscope.attacks.network import lead
from phiscope.errors import ConfigError, DataError

EPSILON = {"linf": 0.1, "l2": 0.6}
KIND = pytest.mark.parametrize("norm", ["linf", "l2"])


def options(norm: str, **changed) -> dict:
    return {"norm": norm, "epsilon": EPSILON[norm], "step": EPSILON[norm] / 8, "steps": 20, "stop": False} | changed


def lengths(norm: str, change: np.ndarray) -> np.ndarray:
    flat = change.reshape(len(change), -1).astype(np.float64)
    return np.abs(flat).max(1) if norm == "linf" else np.linalg.norm(flat, axis=1)


def logits_of(network, images) -> torch.Tensor:
    with torch.no_grad():
        return network(torch.from_numpy(images))


def leads(network, original, attacked) -> np.ndarray:
    return lead(logits_of(network, attacked), logits_of(network, original).argmax(1)).numpy()


@KIND
def test_the_same_as_foolbox_where_both_do_the_same(network, images, norm):
    method = {"linf": foolbox.attacks.LinfPGD, "l2": foolbox.attacks.L2PGD}[norm]
    step, epsilon = EPSILON[norm] / 8, EPSILON[norm]
    theirs = method(abs_stepsize=step, steps=20, random_start=False).run(
        foolbox.PyTorchModel(network, bounds=(0, 1), device="cpu"),
        torch.from_numpy(images),
        foolbox.Misclassification(logits_of(network, images).argmax(1)),
        epsilon=epsilon,
    )
    ours = pgd(network, images, **options(norm))
    np.testing.assert_allclose(ours.images, theirs.numpy(), atol=2e-6)
    assert (ours.iterations == 20).all()
    assert (leads(network, images, ours.images) > 0).mean() > 0.5  # something happened


@KIND
def test_the_end_of_a_linear_network_is_the_corner_of_the_ball(linear, images, norm):
    """Two classes: the gradient always points along w₁ - w₀, so PGD ends ε away in that direction."""
    two = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(36, 2))
    two[1].weight.data, two[1].bias.data = linear[1].weight.data[:2], linear[1].bias.data[:2]
    attacked = pgd(two, images, **options(norm, epsilon=0.05 if norm == "linf" else 0.15, step=0.05))
    w = (two[1].weight[1] - two[1].weight[0]).detach().numpy()
    sign = np.where(logits_of(two, images).argmax(1).numpy() == 0, 1, -1)[:, None]
    best = 0.05 * np.sign(w) if norm == "linf" else 0.15 * w / np.linalg.norm(w)
    np.testing.assert_allclose((attacked.images - images).reshape(24, -1), sign * best, atol=1e-6)


@KIND
@pytest.mark.parametrize("stop", [False, True])
def test_stays_in_the_ball_and_in_the_box(network, norm, stop):
    images = np.random.default_rng(8).uniform(0, 1, (10, 1, 6, 6)).round(1).astype(np.float32)
    start = random_start((1, 6, 6), norm=norm, epsilon=EPSILON[norm], samples=range(10), seed=1)
    attacked = pgd(network, images, **options(norm, stop=stop, step=EPSILON[norm]), start=start)
    assert (lengths(norm, attacked.images - images) <= EPSILON[norm] * (1 + 1e-6)).all()
    assert attacked.images.min() >= 0
    assert attacked.images.max() <= 1


@KIND
def test_stops_at_the_first_success_of_each_sample(network, images, norm):
    """The image after k steps of the full attack, k the first that succeeds: found here by trying every k."""
    first = pgd(network, images, **options(norm, stop=True))
    after = [images] + [pgd(network, images, **options(norm, steps=k)).images for k in range(1, 21)]
    won = np.stack([leads(network, images, moved) > 0 for moved in after])
    expected = np.where(won.any(0), won.argmax(0), 20)
    assert len(set(expected)) > 3
    np.testing.assert_array_equal(first.iterations, expected)
    np.testing.assert_allclose(first.images, np.stack([after[k][i] for i, k in enumerate(expected)]), atol=1e-6)


def test_confidence_goes_on_until_the_other_class_is_that_far_ahead(network, images):
    plain, sure = (pgd(network, images, **options("l2", stop=True, confidence=k)) for k in (0.0, 0.8))
    assert (sure.iterations >= plain.iterations).all()
    ahead, stopped = leads(network, images, sure.images), sure.iterations < 20
    assert 0 < stopped.sum() < 24
    assert (ahead[stopped] > 0.8 - 1e-6).all()
    assert leads(network, images, plain.images)[plain.iterations < 20].min() < 0.8


def test_batches_and_neighbours_change_nothing(network, images):
    start = random_start((1, 6, 6), norm="l2", epsilon=0.6, samples=range(24), seed=1)
    whole = pgd(network, images, **options("l2", stop=True), start=start)
    parts = pgd(network, images, **options("l2", stop=True), start=start, batch_size=5)
    np.testing.assert_allclose(parts.images, whole.images, atol=1e-6)
    np.testing.assert_array_equal(parts.iterations, whole.iterations)


@KIND
def test_random_starts_rest_on_the_sample_and_fill_the_ball(norm):
    draw = {"norm": norm, "epsilon": 0.3, "seed": 4}
    many = random_start((1, 2, 1), samples=range(4000), **draw)
    np.testing.assert_array_equal(random_start((1, 2, 1), samples=[17, 3], **draw), many[[17, 3]])
    assert not np.array_equal(random_start((1, 2, 1), samples=[3], **draw | {"seed": 5}), many[[3]])
    reach = lengths(norm, many) / 0.3
    assert reach.max() <= 1 + 1e-6
    # In two dimensions, a quarter of the ball's area lies within half its radius.
    assert np.mean(reach < 0.5) == pytest.approx(0.25, abs=0.03)


def test_the_hull_penalty_is_the_distance_and_its_gradient(images):
    """φ = the first two pixels, hull = the unit simplex's edge from (1, 0) to (0, 1), pixels below it."""
    vertices = np.array([[1.0, 0.0], [0.0, 1.0]])
    penalty = HullPenalty(lambda x: x.flatten(1)[:, :2], vertices, weight=3.0, every=2)
    x = torch.from_numpy(images[:4]).requires_grad_()
    value = penalty(x, torch.arange(4), 0)
    signed = (x.detach().flatten(1)[:, :2].sum(1) - 1) / 2**0.5
    torch.testing.assert_close(value, 3 * signed.abs(), atol=1e-5, rtol=1e-5)
    (gradient,) = torch.autograd.grad(value.sum(), x)
    expected = torch.zeros(4, 36)
    expected[:, :2] = (3 * signed.sign() / 2**0.5)[:, None]
    torch.testing.assert_close(gradient.flatten(1), expected, atol=1e-4, rtol=1e-4)


def test_between_projections_the_nearest_point_stands(images):
    penalty = HullPenalty(lambda x: x.flatten(1)[:, :2], np.array([[0.0, 0.0], [1.0, 0.0]]), weight=1.0, every=2)
    x = torch.from_numpy(images[:3])
    before = penalty(x, torch.arange(3), 0)
    moved = x.clone()
    moved[:, 0, 0, 0] += 0.1  # along the hull: the distance stays, that to the old point grows
    old, new = penalty(moved[1:], torch.tensor([1, 2]), 1), penalty(moved[1:], torch.tensor([1, 2]), 2)
    torch.testing.assert_close(old, (before[1:] ** 2 + 0.01).sqrt())
    torch.testing.assert_close(new, before[1:])


def test_the_penalty_keeps_the_attack_away_from_the_hull(resnet, images):
    from phiscope.geometry import hull
    from phiscope.models import split

    feature_map = split(resnet, torch.from_numpy(images[:2]))
    training = np.random.default_rng(0).uniform(0, 1, (40, 1, 6, 6)).astype(np.float32)

    def features(x):
        with torch.no_grad():
            return feature_map(torch.from_numpy(x)).numpy()

    def distances(weight):
        penalty = HullPenalty(feature_map, features(training), weight=weight, every=3) if weight else None
        attacked = pgd(resnet, images, **options("linf"), penalty=penalty)
        return hull.project(features(attacked.images), features(training), threads=1).distance

    assert (distances(30.0) > distances(0.0)).mean() > 0.8


def test_the_network_is_left_as_it_was(network, images):
    network.train()
    pgd(network, images, **options("linf", steps=2))
    assert network.training
    assert all(p.requires_grad and p.grad is None for p in network.parameters())


def test_what_cannot_be_attacked_is_said(network, images):
    with pytest.raises(ConfigError, match="expected one of linf, l2"):
        pgd(network, images, **options("linf") | {"norm": "l1"})
    with pytest.raises(DataError, match="expected at least one"):
        pgd(network, images[:0], **options("linf"))
