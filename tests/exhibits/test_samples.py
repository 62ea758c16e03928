import numpy as np
import pandas as pd
import pytest

from phiscope.datasets import ImageDataset, ImagesBySample, open_prepared, save
from phiscope.exhibits.attacks import attacked_page
from phiscope.exhibits.samples import ProjectedSample, duplicate_pairs, gallery, page, slice_frames
from phiscope.head import Head

CLASSES = ("a", "b", "c")


@pytest.fixture
def images(tmp_path):
    pixels = np.arange(5 * 4, dtype=np.uint8).reshape(5, 1, 2, 2)
    save(ImageDataset(pixels, np.array([0, 1, 2, 0, 1]), CLASSES), tmp_path / "x.safetensors", seed=0)
    return ImagesBySample(open_prepared(tmp_path / "x.safetensors"))


@pytest.fixture
def head():
    random = np.random.default_rng(0)
    return Head(random.normal(size=(6, 3)), random.normal(size=3), "linear", None)


@pytest.fixture
def sample(head):
    features = np.random.default_rng(1).normal(size=6)
    hull = pd.Series({"distance": 0.5, "support_index": np.array([4, 0]), "support_weight": np.array([0.7, 0.3])})
    predicted = int(head.classify(features[None])[0])
    row = pd.Series({"sample": 3, "label": 0, "predicted": predicted})
    return ProjectedSample(row, features, {"feature": hull}, {"feature": features + 0.1})


def test_images_are_shown_by_their_number_whatever_the_order(images):
    for number in range(5):
        np.testing.assert_allclose(images[number] * 255, np.arange(4 * number, 4 * number + 4).reshape(1, 2, 2))
    assert [images.label(number) for number in range(5)] == [0, 1, 2, 0, 1]


def test_gallery_holds_the_extremes_in_order(images):
    standing = pd.DataFrame({"sample": range(5), "label": 0, "predicted": 1, "ambiguity": [3.0, -1.0, 0.0, 5.0, -2.0]})
    shown = gallery(standing, images, CLASSES, count=2)
    assert shown.groupby("group")["sample"].agg(list).to_dict() == {"least ambiguous": [3, 0], "most ambiguous": [4, 1]}
    np.testing.assert_allclose(shown["image"][0], images[4].ravel())


@pytest.fixture
def attacked():
    """Sample 3 under two attacks, sample 1 under one of them."""
    standing = pd.DataFrame({
        "view": ["original", "pgd", "deepfool", "original", "pgd"], "sample": [3, 3, 3, 1, 1],
        "predicted": [0, 1, 2, 1, 1], "margin": [2.0, 9.0, 0.1, 1.0, 1.5], "distance": [0.8, 0.7, 0.6, 0.5, 0.4],
    })  # fmt: skip
    outcomes = standing[standing["view"] != "original"][["view", "sample"]]
    outcomes = outcomes.assign(success=[True, True, False], success_8bit=[True, False, False], l2=0.5, linf=0.1)
    copies = {
        "deepfool": {"samples": np.array([3]), "images": np.zeros((1, 1, 2, 2))},
        "pgd": {"samples": np.array([3, 1]), "images": np.ones((2, 1, 2, 2))},
    }
    return copies, standing, outcomes


def test_attacked_page_has_one_entry_per_attack_of_the_sample(images, attacked):
    shown = attacked_page(3, *attacked, images, CLASSES)
    assert [entry["view"] for entry in shown] == ["deepfool", "pgd"]
    assert shown[0]["before"] == {"predicted": "a", "margin": 2.0, "distance": 0.8}
    assert shown[0]["after"] == {"predicted": "c", "margin": 0.1, "distance": 0.6}
    assert (shown[0]["success"], shown[0]["success_8bit"], shown[0]["l2"]) == (True, False, 0.5)
    np.testing.assert_array_equal(shown[1]["attacked"], 1)
    np.testing.assert_array_equal(shown[1]["image"], images[3])


@pytest.mark.parametrize(("sample", "views"), [(1, ["pgd"]), (0, [])])
def test_attacked_page_of_a_sample_that_few_attacks_were_made_of(images, attacked, sample, views):
    assert [entry["view"] for entry in attacked_page(sample, *attacked, images, CLASSES)] == views


def test_page_without_pixel_space(images, head, sample):
    shown = page(sample, head, images, images, CLASSES)
    assert shown["pixel_projection"] is None
    assert [row["label_name"] for row in shown["support_feature"]] == ["b", "a"]
    logits = head.logits(shown["flip_point"][None])[0]
    assert np.sort(logits)[-1] == pytest.approx(np.sort(logits)[-2])
    assert shown["margin"] == pytest.approx(np.linalg.norm(shown["flip_point"] - sample.features))


def test_slice_has_the_flip_points_at_their_distances_and_one_class_inside_the_ball(head, sample):
    grid, points = slice_frames(sample, head, CLASSES, count=41)
    flips = points[points["kind"] == "flip"]
    np.testing.assert_allclose(np.hypot(flips["u"], flips["v"]), flips["distance"])
    inside = np.hypot(grid["u"], grid["v"]) < points["radius"][0] * (1 - 1e-9)
    assert set(grid.loc[inside, "class"]) == {sample.row["predicted"]}
    assert grid["class"].nunique() > 1
    assert grid["inside_domain"].all()


def test_slice_of_two_classes_goes_through_the_hull_projection(sample):
    random = np.random.default_rng(3)
    head = Head(random.normal(size=(6, 2)), random.normal(size=2), "linear", None)
    _, points = slice_frames(sample, head, CLASSES, count=11)
    hull = points[points["kind"] == "hull"].iloc[0]
    assert len(points) == 3
    assert np.hypot(hull["u"], hull["v"]) == pytest.approx(np.linalg.norm(np.full(6, 0.1)))


def test_pairs_of_copies_come_closest_in_pixels_first():
    images = {sample: np.full((1, 2, 3), sample / 100) for sample in range(100)}
    columns = [
        "sample",
        "label",
        "train_sample",
        "train_label",
        "kind",
        "feature_kind",
        "pixel_rms",
        "feature_distance",
    ]
    rows = [(1, 0, 11, 0, "apart", "near", 0.2, 0.1), (2, -1, 12, 1, "near", "near", 0.02, 0.1),
            (3, 0, 13, 1, "exact", "exact", 0.0, 0.0)]  # fmt: skip
    found = duplicate_pairs(pd.DataFrame(rows, columns=columns), images, images, ("ant", "bee"), count=2)
    assert found["sample"].tolist() == [3, 13, 2, 12]
    assert found["split"].tolist() == ["test", "train"] * 2
    assert found["label_name"].tolist() == ["ant", "bee", "no label", "bee"]
    assert found["same_label"].tolist() == [False, False, True, True]
    np.testing.assert_array_equal(found["image"].iloc[1], np.full(6, 0.13))
    assert duplicate_pairs(pd.DataFrame(columns=columns), images, images, ("ant",)).empty
