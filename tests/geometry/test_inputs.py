"""Nothing that a caller passes in is changed; results say what matters in one line."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from phiscope.errors import ConfigError, DataError
from phiscope.geometry import balls, hull, inversion, margin

draw = np.random.default_rng(0)


def frozen(*shape, kind=np.float64, low=0.0):
    array = np.maximum(draw.normal(size=shape), low).astype(kind)
    array.flags.writeable = False
    return array


def network(kind=torch.float32):
    torch.manual_seed(0)
    body = nn.Sequential(nn.Flatten(), nn.Linear(16, 12), nn.BatchNorm1d(12), nn.ELU(), nn.Linear(12, 5))
    return body.to(kind)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_geometry_takes_what_cannot_be_written_to(kind):
    features, vertices = frozen(12, 6, kind=kind), frozen(40, 6, kind=kind)
    weight, bias = frozen(6, 4, kind=kind, low=-9), frozen(4, kind=kind, low=-9)
    flips = margin.flip_points(features, weight, bias)
    closest = margin.closest_flip(features, weight, bias)
    projection = hull.project(features, vertices, threads=1)
    hull.verify(projection, features, vertices)
    balls.inside(features, closest.distance, vertices)
    balls.in_union(vertices, features, closest.distance)
    again = hull.project(features, vertices, threads=1, start=projection)
    np.testing.assert_allclose(again.distance, projection.distance, atol=1e-9)
    assert len(flips.distance) == 36


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_inversion_leaves_a_network_as_it_is(training, kind):
    body = network(kind).train(training)
    before, modes = copy.deepcopy(body.state_dict()), [module.training for module in body.modules()]
    images, target = frozen(3, 1, 4, 4).clip(0, 1), frozen(3, 5)
    images.flags.writeable = False
    inversion.invert(body, target, images, jacobians=2, polishes=0, backtracks=0)
    assert [module.training for module in body.modules()] == modes
    for key, value in body.state_dict().items():
        assert value.dtype == before[key].dtype, key
        assert torch.equal(value, before[key]), key
    assert all(parameter.grad is None and parameter.requires_grad for parameter in body.parameters())


def test_a_module_and_its_float64_give_the_same_solution():
    images = frozen(4, 1, 4, 4).clip(0, 1)
    body = network().eval()
    target = body(torch.rand(4, 1, 4, 4)).detach().double().numpy()
    found = inversion.invert(body, target, images)
    assert set(found.status) == {"solved"}
    exact = copy.deepcopy(body).double()
    with torch.no_grad():
        reached = exact(torch.from_numpy(found.image)).numpy()
    np.testing.assert_allclose(reached, target, atol=2e-6 * np.linalg.norm(target, axis=1).max())


@pytest.mark.parametrize("wrapped", ["closure", "float out"])
def test_a_callable_of_float32_alone_is_told_what_it_must_become(wrapped):
    body, images = network().eval(), frozen(2, 1, 4, 4).clip(0, 1)
    maps = {"closure": lambda x: body(x), "float out": lambda x: body(x.float())}
    with pytest.raises(DataError, match=r"invert: feature_map .*a method `double` that returns its float64 version"):
        inversion.invert(maps[wrapped], frozen(2, 5), images)


def test_reprs_are_one_line():
    features, weight, bias = frozen(12, 6), frozen(6, 4, low=-9), frozen(4, low=-9)
    body, images = network().eval(), frozen(2, 1, 4, 4).clip(0, 1)
    shown = [
        repr(margin.flip_points(features, weight, bias)),
        repr(margin.closest_flip(features, weight, bias)),
        repr(hull.project(features[:3], features[3:], threads=1)),
        repr(inversion.invert(body, frozen(2, 5), images, jacobians=2, polishes=0, backtracks=0)),
        repr(margin.closest_flip(features[:0], weight, bias)),
    ]
    assert shown[0].startswith("FlipPoints(36 pairs of a sample and a class, 36 solved, distance ")
    assert shown[4] == "ClosestFlip(0 samples, distance none)"
    for line in shown:
        assert "\n" not in line
        assert len(line) < 160


ARRAY = draw.normal(size=(6, 3))
WRONG_ARRAYS = {
    "masked": np.ma.masked_array(ARRAY, mask=ARRAY > 1),
    "complex": ARRAY + 1j,
    "text": np.full((6, 3), "a"),
    "objects": ARRAY.astype(object),
    "ragged": [[1.0, 2.0, 3.0], [1.0]],
    "none": None,
    "one number": np.float64(3.0),
    "one row": ARRAY[0],
    "three axes": ARRAY[None],
    "NaN": np.where(ARRAY[2, 1] == ARRAY, np.nan, ARRAY),
    "infinite": np.where(ARRAY[2, 1] == ARRAY, -np.inf, ARRAY),
    "too large": ARRAY * 1e160,
    "sparse": torch.eye(3).to_sparse(),
}


@pytest.mark.parametrize("name", [*WRONG_ARRAYS, "integers", "no rows", "no columns"])
def test_vertices_that_are_none_get_one_sentence(name):
    wrong = WRONG_ARRAYS | {"integers": np.eye(3, dtype=int), "no rows": ARRAY[:0], "no columns": ARRAY[:, :0]}
    with pytest.raises(DataError, match="vertices") as error:
        hull.project(ARRAY, wrong[name], threads=1)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", [*WRONG_ARRAYS, "integers", "other columns"])
def test_points_that_are_none_get_one_sentence(name):
    wrong = WRONG_ARRAYS | {"integers": np.eye(3, dtype=int), "other columns": ARRAY[:, :2]}
    with pytest.raises(DataError, match="points") as error:
        hull.project(wrong[name], ARRAY, threads=1)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", WRONG_ARRAYS)
@pytest.mark.parametrize("solve", [margin.closest_flip, margin.flip_points])
def test_features_and_heads_that_are_none_get_one_sentence(name, solve):
    weight = draw.normal(size=(3, 4))
    with pytest.raises(DataError, match="features"):
        solve(WRONG_ARRAYS[name], weight, np.zeros(4))
    with pytest.raises(DataError, match="weight"):
        solve(ARRAY, WRONG_ARRAYS[name], np.zeros(6))
    with pytest.raises(DataError, match="bias"):
        solve(ARRAY, weight, np.ma.masked_array(np.zeros(4), mask=[0, 1, 0, 0]))


def test_points_so_far_away_that_squares_overflow_get_one_sentence():
    with pytest.raises(DataError, match="points: row 1 lies"):
        hull.project(np.array([[0.0], [1e149]]), np.array([[0.0], [1.0]]), threads=1)
    with pytest.raises(DataError, match="squares of that underflow"):
        hull.project(np.zeros((1, 1)), np.array([[0.0], [1e-130]]), threads=1)


@pytest.mark.parametrize(
    "options",
    [
        *({"tol": value} for value in (np.nan, -1e-9, np.inf, "1e-6", None, True)),
        *({"threads": value} for value in (0, -1, 1.5, "2", True, np.nan)),
        *({"max_rounds": value} for value in (0, 2.0, None)),
    ],
)
def test_numbers_that_are_none_get_one_sentence(options):
    with pytest.raises(ConfigError, match=f"{next(iter(options))}: .* expected"):
        hull.project(ARRAY, ARRAY, **options)


@pytest.mark.parametrize("bound", [np.nan, np.inf, -np.inf])
def test_a_bound_that_is_none_gets_one_sentence(bound):
    with pytest.raises(ConfigError, match="lower_bound"):
        margin.closest_flip(ARRAY, np.eye(3), np.zeros(3), rows="features", lower_bound=bound)


class Named(np.ndarray):
    """A subclass that refuses to be computed with."""

    def __array_ufunc__(self, *args, **kwargs):
        raise AssertionError


OTHER_FORMS = {
    "strided": lambda array: np.repeat(array, 2, axis=0)[::2, :],
    "Fortran order": np.asfortranarray,
    "backwards": lambda array: np.ascontiguousarray(array[:, ::-1])[:, ::-1],
    "other byte order": lambda array: array.astype(array.dtype.newbyteorder()),
    "subclass": lambda array: array.view(Named),
    "list": lambda array: array.tolist(),
    "torch, strided": lambda array: torch.from_numpy(np.repeat(array, 2, axis=0))[::2],
    "torch with gradients": lambda array: torch.from_numpy(array.copy()).requires_grad_(),
}


@pytest.mark.parametrize("form", OTHER_FORMS)
def test_other_forms_of_the_same_numbers_give_the_same(form):
    points, vertices, weight = draw.normal(size=(4, 3)) * 2, draw.normal(size=(30, 3)), draw.normal(size=(3, 5))
    other = OTHER_FORMS[form]
    plain = hull.project(points, vertices, threads=1)
    np.testing.assert_array_equal(hull.project(other(points), other(vertices), threads=1).distance, plain.distance)
    np.testing.assert_allclose(
        margin.closest_flip(other(points), other(weight), np.zeros(5)).distance,
        margin.closest_flip(points, weight, np.zeros(5)).distance,
        rtol=1e-13,
    )


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_half_precision_is_computed_in_float32(kind):
    half = torch.from_numpy(ARRAY).to(getattr(torch, kind))
    given = half.numpy() if kind == "float16" else half
    exact = hull.project(half[:2].float(), half.float(), threads=1)
    np.testing.assert_array_equal(hull.project(given[:2], given, threads=1).distance, exact.distance)


def test_no_points_are_no_projections():
    assert len(hull.project(ARRAY[:0], ARRAY).distance) == 0


def test_a_start_that_is_none_is_refused():
    known = hull.project(3 * ARRAY, ARRAY, threads=1)
    empty = replace(
        known,
        support_indices=known.support_indices[:0],
        support_weights=known.support_weights[:0],
        support_offsets=known.support_offsets * 0,
    )
    for start in (empty, replace(known, support_weights=-known.support_weights)):
        with pytest.raises(DataError, match="start: expected"):
            hull.project(3 * ARRAY, ARRAY, threads=1, start=start)
