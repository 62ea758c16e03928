"""What figures of latent space show, of a latent space whose decoded images are known."""

import numpy as np
import pandas as pd
import pytest

from phiscope.exhibits.latent import of_setting, rotation_stops, truncation_titles
from phiscope.exhibits.latent_space import BATCH, TRUNCATED, LatentExhibits
from phiscope.latent.sets import LatentSets
from tests.experiments.latent import toy


@pytest.fixture(scope="module")
def exhibits():
    z, labels = toy.latents(20)
    drawn, drawn_labels = toy.latents(10, seed=3)
    sets = LatentSets(drawn, drawn_labels, np.ones(len(drawn), int), ())
    made = toy.bases()
    images = toy.codec().decode(z)[: BATCH + TRUNCATED]
    return LatentExhibits(toy.codec(), made, made["lowdin"], images, z, labels, z, labels, sets)


def test_decoded_images_stand_beside_the_images(exhibits):
    tiles = exhibits.tiles()
    batches = tiles[tiles["figure"] == "batches"]
    shown, decoded = (np.stack(batches.loc[batches["panel"] == p, "image"]) for p in ("images", "decoded"))
    np.testing.assert_allclose(decoded, shown, atol=1e-6)
    assert decoded.shape == (BATCH, 4)


def test_axes_are_shown_in_the_row_of_their_label(exhibits):
    tiles = exhibits.tiles()
    axes = tiles[(tiles["figure"] == "axes") & (tiles["panel"] == "axes")]
    brightest = np.stack(axes["image"]).argmax(1)
    assert brightest.tolist() == axes["row"].tolist() == [0, 1, 2, 3]


def test_truncated_images_come_nearer_with_every_component(exhibits):
    tiles = exhibits.tiles()
    rows = tiles[tiles["figure"] == "truncation"]
    columns = {column: np.stack(part["image"]) for column, part in rows.groupby("column")}
    away = [np.linalg.norm(columns[c] - columns[0], axis=1).mean() for c in range(1, 6)]
    assert away[0] < 1e-6  # the whole latent
    assert away[1] > away[2] > away[3] > away[4]  # 1, 2, 3, 4 components
    assert away[4] < 1e-6


def test_rotated_images_end_as_the_last_label(exhibits):
    tiles = exhibits.tiles()
    turned = tiles[(tiles["figure"] == "rotation") & (tiles["panel"] == "givens")]
    last = np.stack(turned.loc[turned["column"] == turned["column"].max(), "image"])
    assert (last.argmax(1) == 3).all()


def test_densities_are_densities_and_products_those_of_orthogonal_vectors(exhibits):
    densities = exhibits.densities()
    mass = densities.groupby(["kind", "label"])["density"].sum() * 0.1
    np.testing.assert_allclose(mass, 1)
    products = exhibits.products()
    for _, part in products.groupby("kind"):
        square = part.pivot_table(index="row", columns="column", values="value").to_numpy()
        np.testing.assert_allclose(square, np.eye(4), atol=1e-12)


def test_words_of_axes_and_titles():
    rotation = pd.DataFrame({"source": [0, 0, 1], "target": [1, 1, 2]})
    assert rotation_stops(rotation, ["ant", "bee", "cow"]) == ["ant", "bee", "cow"]
    assert truncation_titles(pd.DataFrame({"components": [0, -1, 4, 1, 4]})) == ["image", "all", "1", "4"]


def test_the_first_training_of_a_setting_is_shown():
    rows = pd.DataFrame({"setting": ["a", "a", "b"], "training": [3, 4, 3], "x": [1, 2, 3]})
    assert of_setting(rows, "a")["x"].tolist() == [1]
    assert of_setting(rows.drop(columns="training"), "a")["x"].tolist() == [1, 2]
