import pandas as pd
import pytest

from phiscope.stats import certificates, named_after_hull

MARGINS = pd.DataFrame(
    {
        "view": ["original", "original", "original", "noise"],
        "split": ["test", "test", "train", "test"],
        "status": ["solved", "no_flip_point", "solved", "solved"],
        "primal_residual": [1e-9, 0.0, 1e-12, 0.0],
        "dual_residual": [0.0, 0.0, 1e-11, 0.0],
        "duality_gap": [-3e-9, 0.0, 0.0, 2e-10],
    }
)
HULLS = pd.DataFrame(
    {
        "view": "original",
        "space": ["feature", "feature", "pixel"],
        "position": ["outside", "within_tolerance", "outside"],
        "status": "converged",
        "distance": [2.0, 0.0, 4.0],
        "hull_radius": [5.0, 5.0, 10.0],
        "duality_gap": [1e-6, 1e-3, 8e-6],
    }
)
AGAIN = pd.DataFrame({"view": ["original"], "space": ["feature"], "n": [1], "relative_gap": [4e-8]})


def test_the_worst_of_every_kind_of_problem_stands_for_it():
    found = certificates(MARGINS, HULLS, AGAIN).set_index("problem")
    assert found["worst"].to_dict() == pytest.approx(
        {
            "flip points, noise, test": 2e-10,
            "flip points, original, test": 3e-9,  # a gap counts by its size, whatever its sign
            "flip points, original, train": 1e-11,
            "hull projections, original, feature space": 1e-7,  # the point within tolerance has no relative gap
            "hull projections, original, pixel space": 2e-7,
            "hull projections, original, feature space, looked at again by other code": 4e-8,
        },
        rel=1e-12,
    )
    assert found["problems"].tolist() == [1, 2, 1, 2, 1, 1]


def test_ends_are_counted_in_words():
    found = certificates(MARGINS, HULLS, AGAIN).set_index("problem")["how they ended"]
    assert found["flip points, original, test"] in ("1 solved, 1 no flip point", "1 no flip point, 1 solved")
    assert found["hull projections, original, feature space"] == "2 converged"


def test_a_processed_hull_is_named():
    processed = HULLS.head(1).assign(view="denoised", hull_of="blurred")
    found = certificates(MARGINS, pd.concat([HULLS, named_after_hull(processed)]), AGAIN)
    assert "hull projections, denoised, hull of blurred, feature space" in set(found["problem"])
