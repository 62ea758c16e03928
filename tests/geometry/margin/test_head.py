"""A head in every form that callers have it; what could be read in two ways is refused."""

import numpy as np
import pytest
import torch
from torch import nn

from phiscope.errors import DataError
from phiscope.geometry.margin import closest_flip, flip_points
from phiscope.geometry.margin.head import affine_map
from phiscope.head import Head

F, N = 6, 4
draw = np.random.default_rng(0)


def layer(features=F, classes=N, bias=True):
    torch.manual_seed(0)
    return nn.Linear(features, classes, bias=bias).double()


def logits_by(matrix, offset, x):
    return x @ matrix + offset


@pytest.mark.parametrize(("f", "n"), [(F, N), (5, 5), (3, 7)])
def test_every_form_is_the_same_map(f, n):
    linear, x = layer(f, n), draw.normal(size=(9, f))
    weight, bias = (p.detach() for p in (linear.weight, linear.bias))
    expected = linear(torch.from_numpy(x)).detach().numpy()
    forms = [
        (linear, None, None),
        (Head(weight.numpy().T, bias.numpy(), "linear", None), None, None),
        (weight, bias, "classes"),
        (weight.numpy(), bias.numpy(), "classes"),
        (weight.numpy().T, bias.numpy(), "features"),
    ]
    if f != n:
        forms += [(weight, bias, None), (weight.numpy().T, bias.numpy(), None), (linear.weight, linear.bias, None)]
    for form in forms:
        matrix, offset = affine_map(form[0], form[1], f, form[2])
        np.testing.assert_allclose(logits_by(matrix, offset, x), expected, atol=1e-12)


def test_a_layer_without_bias_has_none():
    linear, x = layer(bias=False), draw.normal(size=(3, F))
    expected = linear(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(logits_by(*affine_map(linear, None, F), x), expected, atol=1e-12)


def test_a_square_matrix_is_not_guessed():
    """Read the wrong way round it gives another distance, in silence: 1.32 and not 1.30 in one reported case."""
    linear = layer(5, 5)
    x = np.abs(draw.normal(size=(8, 5)))
    with pytest.raises(DataError, match="is square: its rows could belong to features or to classes"):
        closest_flip(x, linear.weight.detach(), linear.bias.detach())
    weight, bias = linear.weight.detach(), linear.bias.detach()
    expected = closest_flip(x, linear).distance
    np.testing.assert_array_equal(closest_flip(x, weight, bias, rows="classes").distance, expected)
    np.testing.assert_array_equal(closest_flip(x, weight.T, bias, rows="features").distance, expected)
    assert not np.allclose(closest_flip(x, weight.T, bias, rows="classes").distance, expected)


@pytest.mark.parametrize(
    ("weight", "bias", "rows", "words"),
    [
        (np.ones((4, 7)), np.ones(4), None, "do not fit 6 features"),
        (np.ones((6, 4)), np.ones(4), "classes", "do not fit 6 features.*rows='classes'"),
        (np.ones((6, 4)), np.ones(5), None, "do not fit"),
        (np.ones((6, 1)), np.ones(1), None, "two classes at least"),
        (np.ones(6), np.ones(1), None, "expected a matrix and a vector"),
        (np.ones((6, 4)), None, None, "weight is ndarray and there is no bias"),
        (np.full((6, 4), np.nan), np.ones(4), None, "weight, by class"),
        (np.ones((6, 4)), np.full(4, np.inf), None, "bias"),
    ],
)
def test_what_is_no_head(weight, bias, rows, words):
    with pytest.raises(DataError, match=words):
        affine_map(weight, bias, F, rows)


def test_features_of_torch_are_taken():
    linear, x = layer(), torch.rand(5, F)
    np.testing.assert_allclose(flip_points(x, linear).distance, flip_points(x.numpy(), linear).distance, rtol=1e-12)
