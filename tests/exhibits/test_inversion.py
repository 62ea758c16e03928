import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

from phiscope.exhibits import inversion
from phiscope.head import Head

CLASSES = ("a", "b", "c")
IMAGE = np.full((1, 2, 2), 0.5)


def rows_of(target, count, file, **columns):
    frame = pd.DataFrame({"sample": 3, "target": target, "own": 0, "status": "solved", "predicted": [0] * count})
    frame["image"] = [f"inversions/{file}:{row}" for row in range(count)]
    frame = frame.assign(target_class=1, feature_residual=1e-6, target_norm=2.0, pixel_distance=0.5, class_changes=1)
    return frame.assign(**columns)


@pytest.fixture
def shown():
    """A ball of radius 1 around the origin of the plane: three steps in from (1, 0), along a path that bends."""
    features = np.array([[1.0, 0.0], [0.5, 0.0], [0.0, 0.0]])
    return {
        "image": IMAGE, "neighbour": np.zeros((1, 2, 2)), "centre": np.zeros(2),
        "perimeter_references": np.stack([np.zeros((1, 2, 2)), np.ones((1, 2, 2))]),
        "perimeter_images": np.stack([IMAGE, IMAGE / 2]), "perimeter_features": np.array([[1.0, 0], [0, 1.0]]),
        "morph_images": np.stack([IMAGE * k for k in range(3)]), "morph_radii": np.array([1.0, 0.5, 0.0]),
        "morph_features": features, "path_features": np.array([[1.0, 0], [1.0, 1.0], [0, 0]]),
        "path_classes": np.array([0, 2, 0]),
    }  # fmt: skip


def test_images_are_found_where_the_table_says(tmp_path):
    (tmp_path / "inversions").mkdir()
    images = np.arange(8.0).reshape(2, 1, 2, 2)
    save_file({"images": images, "morph_images": 10 * images}, tmp_path / "inversions/x.safetensors")
    np.testing.assert_array_equal(inversion.image_at(tmp_path, "inversions/x.safetensors:1"), images[1])
    image = inversion.image_at(tmp_path, "inversions/x.safetensors:morph_images:0")
    np.testing.assert_array_equal(image, 10 * images[0])


def test_inverted_page_shows_both_targets_and_says_what_is_missing():
    inversions = pd.concat([
        rows_of("flip", 1, "none", status="no_target", predicted=-1), rows_of("hull", 1, "h"),
        rows_of("ball", 2, "b"), rows_of("flip", 1, "other").assign(sample=4),
    ])  # fmt: skip
    standing = pd.DataFrame({"sample": [3, 4], "predicted": [0, 1], "margin": [2.5, 1.0], "distance": [0.5, 0.7]})
    opened = []
    page = inversion.inverted_page(3, inversions, standing, IMAGE, CLASSES, opened.append)
    assert page["own"] == "a"
    flip, hull = page["images"]
    assert flip == {"kind": "flip", "image": None, "status": "no_target"}
    assert opened == ["inversions/h:0"]
    assert (hull["target_class"], hull["feature_distance"], hull["relative_residual"]) == ("b", 0.5, 5e-7)
    assert hull["rms"] == pytest.approx(0.5 * 255 / 2)  # four pixels


def test_perimeter_page_pairs_references_with_images_whatever_the_order(shown):
    rim = rows_of("perimeter", 2, "b:perimeter_images", reference=["black", "train:12"], radius=1.0)
    page = inversion.perimeter_page(shown, rim[::-1], CLASSES)
    assert [row["name"] for row in page["pairs"]] == ["black", "train image 12"]
    np.testing.assert_array_equal(page["pairs"][1]["image"], IMAGE / 2)
    np.testing.assert_array_equal(page["pairs"][1]["reference"], 1)
    assert (page["own"], page["radius"]) == ("a", 1.0)


def test_segment_steps_stand_by_reference_with_their_images(shown):
    shown = shown | {
        "segment_images": np.stack([IMAGE * k for k in range(4)]),
        "segment_shares": np.array([0, 1.0] * 2),
    }
    rows = rows_of("segment", 4, "b:segment_images", radius=[2.0, 0.0] * 2, reference=["train:5"] * 2 + ["blend"] * 2)
    steps = inversion.segment_steps(shown, rows.sort_values("radius"), CLASSES)
    assert steps["reference"].tolist() == ["train image 5"] * 2 + ["their blend"] * 2
    assert steps["share"].tolist() == [0, 1, 0, 1]
    assert steps["distance"].tolist() == [2, 0, 2, 0]
    np.testing.assert_array_equal(np.stack(steps["image"]), shown["segment_images"].reshape(4, -1))


def test_morph_steps_stand_beside_plain_interpolation(shown):
    rows = rows_of("ball", 3, "b:morph_images", radius=[1.0, 0.5, 0.0], status=["reference", "solved", "unreached"])
    steps = inversion.morph_steps(shown, rows.sort_values("radius"), CLASSES)
    morph, plain = (steps[steps["way"] == way] for way in ("morph", "interpolation"))
    assert morph["distance"].tolist() == [1.0, 0.5, 0.0]
    assert morph["reached"].tolist() == [True, True, False]
    np.testing.assert_array_equal(np.stack(morph["image"]), shown["morph_images"].reshape(3, -1))
    np.testing.assert_allclose(plain["distance"], [1.0, np.sqrt(2), 0.0])
    assert plain["own"].tolist() == [True, False, True]
    np.testing.assert_allclose(np.stack(plain["image"])[:, 0], [0, 0.25, 0.5])


def test_path_frame_keeps_distances_and_says_how_curved(shown):
    head = Head(np.array([[1.0, -1.0, 0.0], [0.0, 0.0, 0.0]]), np.array([0.0, 0.0, -9.0]), "x", None)
    frame = inversion.path_frame(shown["path_features"], shown["path_classes"], head, CLASSES)
    pixel, feature = (frame[frame["space"] == space] for space in ("pixel", "feature"))
    away = np.linalg.norm(shown["path_features"] - shown["path_features"][0], axis=1)
    np.testing.assert_allclose(np.hypot(pixel["along"], pixel["across"]), away)
    np.testing.assert_allclose(pixel["length_over_chord"], 1 + np.sqrt(2))
    np.testing.assert_allclose(feature["across"], 0)
    np.testing.assert_allclose(feature["length_over_chord"], 1)
    assert pixel["class_name"].tolist() == ["a", "c", "a"]


def test_edit_page_puts_both_sides_in_order(shown):
    head = Head(np.eye(2, 3), np.zeros(3), "x", None)
    sides = pd.DataFrame({"side": ["after", "before"], "predicted": [1, 0], "closest_class": [-1, 2], "margin": [3, 2],
                          "distance": [0.5, 1.0], "ambiguity": [2.5, 1.0], "moved": 1.5})  # fmt: skip
    about = {"images": np.stack([IMAGE, IMAGE / 2]), "features": shown["path_features"][[0, -1]]}
    about["filled"] = np.eye(2, dtype=bool)
    page = inversion.edit_page(shown | about, sides, head, CLASSES)
    before, after = page["sides"]
    assert (before["predicted"], before["closest"], before["margin"]) == ("a", "c", 2)
    assert (after["predicted"], after["closest"]) == ("b", "no class")
    np.testing.assert_array_equal(after["image"], IMAGE / 2)
    assert page["filled"] is about["filled"]
    assert (page["moved"], page["classes"]) == (1.5, 3)


def test_of_a_ball_that_was_left_out_there_is_nothing_to_show():
    assert inversion.perimeter_page({}, rows_of("perimeter", 0, "b"), CLASSES) is None
    assert inversion.morph_steps({}, rows_of("ball", 0, "b"), CLASSES) is None
    assert inversion.explored_path({}, None, CLASSES) is None
