"""Axes of labels that follow a training."""

import numpy as np
import pytest
import torch

from phiscope.errors import DataError
from phiscope.latent.basis import lowdin
from phiscope.training.label_axes import LabelAxes


def test_components_are_along_lowdins_axes_of_the_averages():
    random = torch.Generator().manual_seed(0)
    labels = torch.arange(60) % 3
    latents = torch.randn(60, 8, generator=random) + 2 * torch.randn(3, 8, generator=random)[labels]
    found = LabelAxes(3, 8)(latents, labels)
    axes, _ = lowdin(np.stack([latents[labels == label].double().numpy().mean(0) for label in range(3)]))
    np.testing.assert_allclose(found, latents.double().numpy() @ axes.T, atol=1e-5)


def test_averages_follow_the_batches_in_training_alone():
    axes, batch = LabelAxes(2, 3), torch.tensor([[1.0, 0, 0], [3.0, 0, 0]])
    axes(batch, torch.tensor([0, 0]))
    assert axes.averages.tolist() == [[2, 0, 0], [0, 0, 0]]  # the first batch of a label is its average
    axes(batch + 10, torch.tensor([0, 1]))
    assert axes.averages.flatten().tolist() == pytest.approx([2 + 0.01 * (11 - 2), 0.1, 0.1, 13, 10, 10])
    before = axes.averages.clone()
    axes.eval()(batch - 5, torch.tensor([0, 1]))
    assert torch.equal(axes.averages, before)


def test_no_gradient_moves_the_axes():
    latents = torch.randn(4, 3, generator=torch.Generator().manual_seed(1), requires_grad=True)
    axes = LabelAxes(2, 3)
    components = axes(latents, torch.tensor([0, 1, 0, 1]))
    (gradient,) = torch.autograd.grad(components[:, 0].sum(), latents)
    left, _, right = torch.linalg.svd(axes.averages, full_matrices=False)
    torch.testing.assert_close(gradient, (left @ right)[0].expand(4, 3))


def test_a_label_that_was_not_seen_and_more_labels_than_dimensions_give_finite_components():
    assert LabelAxes(5, 3)(torch.randn(4, 3), torch.tensor([0, 1, 2, 0])).isfinite().all()


def test_axes_stay_orthogonal_where_a_training_is_in_bfloat16():
    labels, latents = torch.arange(40) % 4, torch.randn(40, 9, generator=torch.Generator().manual_seed(2))
    with torch.autocast("cpu", torch.bfloat16):
        found = LabelAxes(4, 9)(latents, labels)
    torch.testing.assert_close(found, LabelAxes(4, 9)(latents, labels))


def test_latents_that_are_not_finite_are_refused_in_a_sentence():
    with pytest.raises(DataError, match=r"latents are not finite.*lower latent\.encoder\.learning_rate"):
        LabelAxes(2, 3)(torch.tensor([[1.0, 2, torch.nan]]), torch.tensor([0]))
