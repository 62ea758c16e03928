import numpy as np
import pandas as pd
import pytest

from phiscope import stats
from phiscope.stats.intervals import Resampling
from phiscope.stats.inversion import QUESTIONS, questions_about

OPTIONS = Resampling(resamples=100)


@pytest.fixture
def inversions():
    """Four samples of class 0: the flip point of 2 is out of reach, 3 has none; one hull image is of another class."""
    rows = [
        (0, "flip", 1, 1, 0.5, 1, "solved"),
        (1, "flip", 1, 0, 0.2, 0, "solved"),
        (2, "flip", 2, 2, 9.0, 3, "unreached"),
        (3, "flip", -1, -1, np.nan, -1, "no_target"),
        (0, "hull", 0, 0, 0.4, 0, "solved"),
        (1, "hull", 0, 0, 0.3, 2, "solved"),
        (2, "hull", 0, 1, 0.6, 1, "solved"),
        (3, "hull", 0, 0, 0.0, 0, "reference"),
    ]
    columns = ["sample", "target", "target_class", "predicted", "pixel_distance", "class_changes", "status"]
    return pd.DataFrame(rows, columns=columns).assign(own=0)


@pytest.fixture
def deepfool():
    """Moves samples 0, 1 and one that was not inverted; fails on 2."""
    return pd.DataFrame({"sample": [0, 1, 2, 7], "success": [True, True, False, True], "l2": [0.25, 0.4, 1.0, 0.1]})


def answers(inversions, deepfool=None):
    distances = stats.inversion_distances(inversions, deepfool)
    return stats.inversion_summary(inversions, distances, pixels=100, options=OPTIONS).set_index("key")


def test_answers_by_hand(inversions, deepfool):
    found = answers(inversions, deepfool)
    expected = {
        "inverted_flip_solved": (2 / 3, 3),  # of three flip points
        "inverted_flip_no_image": (0.0, 3),
        "inverted_flip_distance": (0.35, 2),
        "inverted_flip_levels": (0.35 * 255 / 10, 2),
        "inverted_flip_as_demanded": (1.0, 2),  # either side of the boundary will do
        "inverted_flip_path_changes": (0.0, 1),  # of sample 1, still of its own class
        "inverted_hull_solved": (1.0, 4),
        "inverted_hull_no_image": (0.0, 4),
        "inverted_hull_distance": (0.35, 4),
        "inverted_hull_levels": (0.35 * 255 / 10, 4),
        "inverted_hull_as_demanded": (3 / 4, 4),
        "inverted_hull_path_changes": (1 / 3, 3),
        "hull_image_nearer": (1 / 2, 2),
        "flip_image_nearer": (1 / 2, 2),
        "flip_over_deepfool": ((0.5 / 0.25 + 0.2 / 0.4) / 2, 2),
    }
    assert found.index.tolist() == list(expected)
    np.testing.assert_allclose(found["value"], [value for value, _ in expected.values()])
    assert found["n"].tolist() == [n for _, n in expected.values()]
    assert set(found["quantity"]) == {QUESTIONS[key][0] for key in expected}


def test_distances_are_of_images_that_were_found(inversions, deepfool):
    found = stats.inversion_distances(inversions, deepfool)
    assert found.groupby("kind")["sample"].agg(list).to_dict() == {
        "deepfool": [0, 1],
        "flip": [0, 1],
        "hull": [0, 1, 2, 3],
    }
    assert found.loc[found["kind"] == "deepfool", "pixel_distance"].tolist() == [0.25, 0.4]


def test_what_nobody_asked_has_no_row(inversions):
    only = answers(inversions[inversions["target"] == "flip"])
    assert not only.index.str.contains("hull|deepfool").any()
    none = answers(inversions.assign(status="no_target"))
    assert none.empty
    failed = answers(inversions.assign(status="unreached"))
    keys = [f"inverted_{target}_{key}" for target in ("flip", "hull") for key in ("solved", "no_image")]
    assert failed["value"].to_dict() == dict.fromkeys(keys, 0.0)
    proven = answers(inversions.assign(status=["no_image", *["unreached"] * (len(inversions) - 1)]))
    assert proven["value"].filter(like="no_image").gt(0).sum() == 1


def test_as_demanded_by_target():
    rows = pd.DataFrame(
        {"target": ["flip", "flip", "flip", "hull", "hull", "perimeter"], "target_class": [1, 1, 1, 0, 2, 0],
         "predicted": [1, 0, 2, 0, 0, 0], "own": 0}
    )  # fmt: skip
    assert stats.as_demanded(rows).tolist() == [True, True, False, True, False, True]


def test_pixel_boundary_pairs_both_spaces(deepfool):
    standing = pd.DataFrame(
        {"view": ["original"] * 3 + ["pgd"], "sample": [0, 1, 2, 0], "margin": [2.0, 0.1, 1.0, 9.0], "distance": 0.5}
    )
    hulls = pd.DataFrame(
        {"view": "original", "space": ["pixel", "pixel", "feature", "pixel"], "sample": [0, 1, 0, 2],
         "distance": [3.0, 0.3, 7.0, 3.0]}
    )  # fmt: skip
    found = stats.pixel_boundary(standing, hulls, deepfool)
    assert found.to_dict("list") == {
        "sample": [0, 1], "margin": [2.0, 0.1], "distance": [0.5, 0.5], "pixel_margin": [0.25, 0.4],
        "pixel_distance": [3.0, 0.3],
    }  # fmt: skip
    order = stats.order_of_distances(found, OPTIONS).set_index("key")
    assert order["value"].to_dict() == {"boundary_closer_pixel": 0.5, "boundary_closer_feature": 0.5}
    assert stats.order_of_distances(found.head(0), OPTIONS).empty


def test_single_samples_have_no_interval():
    paths = pd.DataFrame([(0, "ball", 2.5, 0.7), (731, "edit", 1.2, np.nan)],
                         columns=["sample", "kind", "length_over_chord", "morph_end"])  # fmt: skip
    edits = pd.DataFrame([(731, "before", 0.3, 2.1, 5.2), (731, "after", 1.2, 0.6, 5.2)],
                         columns=["sample", "side", "margin", "distance", "moved"])  # fmt: skip
    found = stats.sample_summary(paths, edits).set_index("key")
    assert found["value"].to_dict() == {
        "sample_0_path_ratio": 2.5, "sample_0_morph_end": 0.7, "sample_731_edited_path_ratio": 1.2,
        "sample_731_edited_margin": 1.2, "sample_731_edited_distance": 0.6, "sample_731_edited_moved": 5.2,
    }  # fmt: skip
    assert found[["ci_low", "ci_high"]].isna().all().all()
    assert set(found.index) <= questions_about(0, "x").keys() | questions_about(731, "x").keys()


def test_order_of_rows_does_not_matter(inversions, deepfool):
    mixed = answers(inversions.sample(frac=1, random_state=1), deepfool.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(mixed, answers(inversions, deepfool))


def test_where_the_budget_left_all_out_nothing_is_said(inversions, deepfool):
    none = inversions.head(0)
    assert stats.inversion_distances(none, deepfool).empty
    assert answers(none, deepfool).empty
