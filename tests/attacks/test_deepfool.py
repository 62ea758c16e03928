import numpy as np
import pytest
import torch

from phiscope.attacks import deepfool


def logits_of(network, images) -> np.ndarray:
    with torch.no_grad():
        return network(torch.from_numpy(images)).numpy()


def test_a_linear_network_has_a_closed_form(linear, images):
    """One step along (w_k - w_c), by 1.02 of the distance |f_k - f_c| / ‖w_k - w_c‖ to the closest boundary.

    The step is 1e-4 longer before the overshoot, so that one that ends on the boundary moves on.
    """
    weight = linear[1].weight.detach().numpy().astype(np.float64)
    logits = logits_of(linear, images)
    attack = deepfool(linear, images)
    for image, attacked, z in zip(images, attack.images, logits):
        own, others = z.argmax(), [k for k in range(4) if k != z.argmax()]
        distance = [(z[own] - z[k]) / np.linalg.norm(weight[own] - weight[k]) for k in others]
        closest = int(np.argmin(distance))
        normal = weight[others[closest]] - weight[own]
        step = 1.02 * (distance[closest] + 1e-4) * normal / np.linalg.norm(normal)
        np.testing.assert_allclose((attacked - image).ravel(), step, atol=2e-6)
    assert (attack.iterations == 1).all()


def by_foolbox(network, images, **options):
    import foolbox

    x = torch.from_numpy(images)
    with torch.no_grad():
        predicted = network(x).argmax(1)
    model = foolbox.PyTorchModel(network, bounds=(0, 1), device="cpu")
    return foolbox.attacks.L2DeepFoolAttack(**options).run(model, x, foolbox.Misclassification(predicted)).numpy()


@pytest.mark.parametrize("options", [{}, {"steps": 2}, {"candidates": 2, "overshoot": 0.5}])
def test_finds_what_foolbox_finds(network, resnet, images, options):
    for each in (network, resnet):
        attack = deepfool(each, images, **options)
        np.testing.assert_allclose(attack.images, by_foolbox(each, images, **options), atol=2e-6)


def test_flips_every_sample_by_less_than_a_sign_step(network, images):
    attack = deepfool(network, images)
    before, after = (logits_of(network, x).argmax(1) for x in (images, attack.images))
    assert (before != after).all()
    assert attack.images.min() >= 0
    assert attack.images.max() <= 1
    assert attack.iterations.min() >= 1
    assert attack.iterations.max() < 50


def test_iterations_are_those_after_which_fewer_steps_do_not_flip(network, images):
    attack = deepfool(network, images)
    before = logits_of(network, images).argmax(1)
    for steps in range(1, int(attack.iterations.max()) + 1):
        flipped = logits_of(network, deepfool(network, images, steps=steps).images).argmax(1) != before
        np.testing.assert_array_equal(flipped, attack.iterations <= steps)


def test_batches_change_nothing(network, images):
    whole, parts = deepfool(network, images), deepfool(network, images, batch_size=7)
    np.testing.assert_allclose(whole.images, parts.images, atol=1e-5)
    np.testing.assert_array_equal(whole.iterations, parts.iterations)
