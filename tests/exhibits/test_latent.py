"""What figures of latent space show, of a latent space whose decoded images are known."""

import numpy as np
import pandas as pd
import pytest

from phiscope.exhibits.latent import (
    of_reading,
    of_setting,
    reading_titles,
    rotation_stops,
    rotation_titles,
    truncation_titles,
)
from phiscope.exhibits.latent_space import BATCH, TRUNCATED, LatentExhibits
from phiscope.latent.sets import LatentSets
from tests.experiments.latent import toy


@pytest.fixture(scope="module")
def exhibits():
    z, labels = toy.latents(40)
    drawn, drawn_labels = toy.latents(10, seed=3)
    sets = LatentSets(drawn, drawn_labels, np.ones(len(drawn), int), ())
    made = toy.bases()
    images = toy.codec().decode(z)[: BATCH + TRUNCATED]
    sampled = np.roll(z, 1, axis=1)  # near the axis of the next label
    return LatentExhibits(toy.codec(), made, made["lowdin"], images, z, sampled, labels, z, labels, sets)


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
    rows = tiles[(tiles["figure"] == "truncation") & (tiles["panel"] == "own")]
    assert len(rows) == 125 * 6  # as many images as the text shows; all, and 1 to 4 of four components
    columns = {column: np.stack(part["image"]) for column, part in rows.groupby("column")}
    away = [np.linalg.norm(columns[c] - columns[0], axis=1).mean() for c in range(1, 6)]
    assert away[0] < 1e-6  # the whole latent
    assert away[1] > away[2] > away[3] > away[4]  # 1, 2, 3, 4 components
    assert away[4] < 1e-6


def test_rotated_images_end_as_the_last_label(exhibits):
    tiles = exhibits.tiles()
    turned = tiles[tiles["figure"] == "rotation"]
    last = turned[turned["column"] == turned["column"].max()].groupby("panel")["image"].agg(np.stack)
    assert {panel: len(images) for panel, images in last.items()} == {"own": 10, "plane": 10, "published": 10}
    assert (last["own"].argmax(1) == 3).all()
    # Equation (11) makes ten images one, or its negative.
    assert np.ptp(np.abs(last["published"] - 0.5), axis=0).max() < 1e-6
    assert np.ptp(last["own"], axis=0).max() > 1e-3


def test_the_published_reading_shows_sampled_latents(exhibits):
    tiles = exhibits.tiles()
    rows = tiles[(tiles["figure"] == "truncation") & (tiles["column"] == 1)]
    whole = {panel: np.stack(part["image"]).argmax(1) for panel, part in rows.groupby("panel")}
    assert (whole["published"] == (whole["own"] + 1) % 4).all()


def test_titles_say_how_latents_were_read():
    readings = pd.DataFrame({"basis": ["lowdin", "gram-schmidt"], "encoding": ["mean", "sampled"]})
    assert reading_titles(readings) == {"published": "Gram-Schmidt, sampled z, as published", "own": "Löwdin, mean μ"}
    titles = rotation_titles(readings)
    assert list(titles) == ["published", "plane", "own"]
    assert titles["own"].startswith("Löwdin, mean μ")
    assert of_reading(readings)["basis"].tolist() == ["lowdin"]
    assert of_reading(readings, published=True)["basis"].tolist() == ["gram-schmidt"]


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
