"""Pictures of images and of vectors."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from phiscope.errors import DataError
from phiscope.figures.pictures import as_picture, as_square, grid, image_of


@pytest.fixture
def colour():
    return np.random.default_rng(0).uniform(size=(3, 4, 5))


def test_channels_first_and_last_are_the_same_picture(colour):
    assert np.array_equal(as_picture(colour), as_picture(np.moveaxis(colour, 0, -1)))
    assert as_picture(colour).shape == (4, 5, 3)


def test_grey_pictures_lose_their_channel(colour):
    grey = colour[:1]
    for image in (grey, grey[0], grey[0][..., None]):
        assert np.array_equal(as_picture(image), grey[0])


def test_values_are_kept_within_the_unit_range():
    assert as_picture(np.array([[-0.5, 0.5, 1.5]])).tolist() == [[0.0, 0.5, 1.0]]


@pytest.mark.parametrize("shape", [(4,), (4, 4, 2), (2, 4, 4), (1, 3, 4, 4)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(DataError, match="channels"):
        as_picture(np.zeros(shape))


def test_image_of_restores_the_shape(colour):
    row = {"image": colour.ravel(), "channels": 3, "height": 4, "width": 5}
    assert np.array_equal(image_of(row), colour)


@pytest.mark.parametrize(("count", "shape"), [(64, (8, 8)), (60, (8, 8)), (1, (1, 1)), (10, (3, 4)), (512, (23, 23))])
def test_vectors_become_near_squares_in_reading_order(count, shape):
    picture = as_square(np.arange(count))
    assert picture.shape == shape
    assert np.array_equal(picture.ravel()[:count], np.arange(count))
    assert np.isnan(picture.ravel()[count:]).all()


def test_grid_places_images_in_reading_order_without_smoothing(colour):
    axes = grid(Figure(), [colour] * 5, list("abcde"), columns=3)
    assert [ax.get_xlabel() for ax in axes] == list("abcde")
    assert {ax.images[0].get_interpolation() for ax in axes} == {"nearest"}
    places = [ax.get_subplotspec() for ax in axes]
    assert [(p.rowspan.start, p.colspan.start) for p in places] == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]
