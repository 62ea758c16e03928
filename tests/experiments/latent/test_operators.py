"""Rotation, metric, linearity and truncation of a linear latent space, whose answers are known in closed form."""

from dataclasses import replace

import numpy as np
import pytest

from phiscope.experiments.latent.operators import (
    PUBLISHED,
    STEPS,
    LatentSpace,
    axes,
    denoising,
    linearity,
    measure,
    metric,
    rotation,
    truncated,
)
from tests.experiments.latent import toy

NOISE = {"kind": "gaussian", "levels": [0.02]}


@pytest.fixture(scope="module")
def space():
    z, labels = toy.latents(20)
    made = toy.bases()
    return LatentSpace(
        toy.codec(), toy.codec().decode(z), labels, np.arange(len(z)), z, made["lowdin"], made.averages.of_set(1), 4,
        {"basis": "lowdin", "encoding": "mean"},
    )  # fmt: skip


def test_a_linear_generator_has_no_error_of_linearisation(space):
    frame = linearity(space)
    assert set(zip(frame["label"], frame["step"])) == {(label, step) for label in range(4) for step in STEPS}
    assert frame["error"].max() < 1e-4  # of float32


def test_orthogonal_averages_are_a_quarter_turn_apart(space):
    frame = metric(space)
    assert len(frame) == 4 * 3
    np.testing.assert_allclose(frame["angle"], np.pi / 2)
    # A quarter of a circle of radius ‖ξ‖ / 20 = 0.1 in pixels, as 18 chords of 5 degrees.
    np.testing.assert_allclose(frame["length"], 18 * 2 * 0.1 * np.sin(np.deg2rad(2.5)), rtol=1e-5)


def test_confusion_is_the_mean_probability_of_the_other_label(space):
    frame = metric(space).set_index(["label", "other"])
    pixels = space.images.reshape(-1, 4).astype(np.float64)
    odds = np.exp(pixels) / np.exp(pixels).sum(1, keepdims=True)
    expected = (odds[space.labels == 0, 2].mean() + odds[space.labels == 2, 0].mean()) / 2
    assert frame.loc[(0, 2), "confusion"] == pytest.approx(expected, rel=1e-6)
    assert frame.loc[(2, 0), "confusion"] == frame.loc[(0, 2), "confusion"]


def test_a_rotation_turns_every_image_into_each_label_in_turn(space):
    frame = rotation(space)
    turned = frame[frame["path"] == "givens"].pivot_table(index="step", columns="label", values="share")
    assert turned.index.tolist() == list(range(10))  # three stages of three steps
    for stage, step in enumerate((0, 3, 6, 9)):
        assert turned.loc[step].tolist() == [float(label == stage) for label in range(4)]
    assert (turned.sum(axis=1) == 1).all()
    assert set(frame["path"]) == {"givens", "projector", "algorithm", "class means", "encodings"}


def test_a_rotation_keeps_diversity_and_the_projector_ends_it(space):
    last = rotation(space).groupby("path").apply(lambda part: part.sort_values("step")["diversity"].iloc[-1])
    # Deviations of 0.1 in z are 0.005 in pixels; the length of z is kept, which leaves three of four directions.
    assert last["givens"] == pytest.approx(0.005 * 3 / 4, rel=0.2)
    assert last["projector"] < 1e-8
    assert last["class means"] == pytest.approx(0.005, rel=0.3)


def test_straight_ways_end_where_they_should(space):
    frame = rotation(space)
    for name in ("class means", "encodings"):
        end = frame[(frame["path"] == name) & (frame["step"] == 9)].set_index("label")["share"]
        assert end.tolist() == [0, 0, 0, 1]


def test_truncation_keeps_labels_and_loses_what_it_leaves_out(space):
    frame = denoising(space, NOISE, seed=0).set_index(["level", "components"])
    assert frame.index.get_level_values("components").unique().tolist() == [0, -1, 1, 2, 3, 4]
    clean = frame.loc[0.0]
    assert (clean["kept"] == 1).all()
    assert np.isnan(clean.loc[0, "psnr"])  # the image beside itself: no error, no decibels
    assert not clean.loc[4, "psnr"] < 90  # all components are the whole latent; NaN where an image came back exactly
    pixels = toy.SCALE * space.latents
    left = np.sort(np.abs(pixels), axis=1)[:, :3]  # what the largest component leaves out
    expected = np.mean(-10 * np.log10((left**2).sum(1) / 4))
    assert clean.loc[1, "psnr"] == pytest.approx(expected, rel=1e-4)


def test_noise_costs_what_its_level_says(space):
    frame = denoising(space, NOISE, seed=0).set_index(["level", "components"])
    noisy = frame.loc[(0.02, 0), "psnr"]
    # E[-10 log10] of the mean square of four normal pixels lies above -20 log10 of the level, by Jensen.
    assert -20 * np.log10(0.02) < noisy < -20 * np.log10(0.02) + 3
    assert frame.loc[(0.02, -1), "psnr"] == pytest.approx(noisy, abs=0.01)  # the whole latent is the noisy image
    assert frame.loc[(0.02, 1), "n"] == len(space.images)


def test_axes_decode_to_their_labels_with_known_probability(space):
    frame = axes(space)
    assert (frame["decoded"] == frame["label"]).all()
    assert frame.groupby("kind").size().to_dict() == {"average": 4, "axis": 4}
    np.testing.assert_allclose(frame["probability"], np.exp(0.1) / (np.exp(0.1) + 3), rtol=1e-5)


def test_every_truncation_of_an_axis_keeps_its_label_and_is_as_crisp_as_it_is(space):
    frame = truncated(replace(space, latents=toy.AXES[space.labels].astype(np.float32)))
    assert frame.groupby("components").size().to_dict() == dict.fromkeys((-1, 1, 2, 3, 4), len(space.images))
    assert frame["kept"].all()
    assert not frame.loc[frame["components"] == -1, "sharper_than_all"].any()
    turned = truncated(replace(space, latents=np.roll(space.latents, 1, axis=1)))
    assert not turned["kept"].any()


def test_what_the_text_reads_otherwise_is_measured_in_both_ways(space):
    # Sampled encodings that lie near other axes: every image is then drawn as another label.
    published = replace(space, latents=np.roll(space.latents, 1, axis=1), reading=PUBLISHED)
    frames = measure(space, published, NOISE, seed=0)
    assert set(frames) == {"rotation", "linearity", "metric", "denoising", "truncated", "axes"}
    for name in ("rotation", "denoising", "truncated", "axes"):
        assert frames[name].groupby(["basis", "encoding"]).ngroups == 2, name
    kept = frames["truncated"].groupby("encoding")["kept"].mean()
    assert kept["mean"] == 1
    assert kept["sampled"] == 0


def test_noisy_images_are_encoded_as_the_reading_says(space):
    class Wide(toy.Encoder):
        def forward(self, images):
            mean, log_deviation = super().forward(images)
            return mean, log_deviation + 12

    codec = replace(toy.codec(), encoder=Wide())
    drawn = [
        denoising(replace(space, codec=codec, reading=reading), NOISE, 0) for reading in (space.reading, PUBLISHED)
    ]
    whole = [frame.set_index(["level", "components"]).loc[(0.02, -1), "psnr"] for frame in drawn]
    # σ = e² in z is 0.37 in pixels, far more than the noise: -20 log10 of it, up to Jensen.
    assert whole[0] > 30
    assert whole[1] < 13
