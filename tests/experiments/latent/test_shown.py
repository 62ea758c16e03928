"""Which directions of the toy's latent space show an image: its axes do, most random directions are between classes."""

import numpy as np
import pytest

from phiscope.experiments.latent import shown
from phiscope.experiments.latent.judges import Vectors
from phiscope.experiments.latent.shown import ShownDirections
from phiscope.stats.shown import passing, shown_counts
from tests.experiments.latent import toy


def see(images: np.ndarray) -> Vectors:
    features = (images.reshape(len(images), -1) - 0.5) / toy.SCALE
    return Vectors(features, 10.0 * features)


@pytest.fixture(scope="module")
def rows():
    decode = toy.codec().decode
    (training, training_labels), (z, labels) = toy.latents(100), toy.latents(60, seed=1)
    images = decode(z)
    directions = ShownDirections(
        toy.bases(), decode, see, see(decode(training)).features, training_labels, images, see(images), labels
    )
    return directions.rows(seed=0)


def test_every_direction_and_control_has_its_row(rows):
    sizes = rows.groupby("kind").size().to_dict()
    assert sizes == {"average": 4, "axis": 8, "frame": 4 * shown.FRAMES, "real": 120, "blend": 60}
    assert rows.loc[rows["kind"] == "axis", "basis"].value_counts().to_dict() == {"gram-schmidt": 4, "lowdin": 4}


def test_axes_show_their_label_and_random_directions_seldom_do(rows):
    axes = rows[rows["kind"] == "axis"]
    assert axes["shown"].all()
    assert (axes["decoded"] == axes["label"]).all()
    assert rows.loc[rows["kind"] == "frame", "shown"].mean() < 0.05  # a direction within 0.3 of one of four axes


def test_controls_say_what_the_judges_are_worth(rows):
    share = passing(rows).set_index("kind")["shown"]
    assert share["real"] > 0.8
    assert share["blend"] == 0  # half and half is a long way from both


def test_counts_stand_beside_as_many_random_directions(rows):
    counts = shown_counts(rows).set_index(["basis", "axes", "judge"])
    row = counts.loc[("gram-schmidt", "all", "shown")]
    assert (row["count"], row["of"]) == (4, 4)
    frames = rows[rows["kind"] == "frame"].groupby("frame")["shown"].sum()
    assert row["null"] == frames.mean()
    assert row["p_more"] == pytest.approx(1 / (1 + shown.FRAMES))
    assert row["p_fewer"] == 1
    assert set(counts.index.get_level_values("axes")) == {
        "all",
        "set 1",
    }  # no axes beyond
