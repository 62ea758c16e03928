import numpy as np
import pandas as pd

from phiscope import stats


def test_pairs_count_samples_and_sum_margins_up():
    rows = [(0, 1, 1, 1.0), (0, 2, 2, 5.0), (0, 1, 2, 3.0), (0, 2, 1, 0.5), (1, 0, 1, 2.5), (1, 2, 0, np.nan)]
    found = stats.class_pairs(pd.DataFrame(rows, columns=["predicted", "other_class", "rank", "margin"]))
    assert found.to_dict("list") == {
        "class": [0, 0, 1], "other_class": [1, 2, 0], "n": [2, 2, 1], "closest": [1, 1, 1],
        "median_margin": [2.0, 2.75, 2.5], "least_margin": [1.0, 0.5, 2.5],
    }  # fmt: skip


def test_what_is_left_out_is_counted_and_doubted():
    rows = pd.DataFrame({"sample": [0, 0, 1], "margin": [1.0, 2.0, 3.0], "others_at_least": [2.0, 2.0, 2.9], "rank": 1})
    rows = rows.assign(view="original", split="test", classes_solved=[3, 3, 5])
    assert stats.left_out(rows) == stats.LeftOut(samples=2, kept=1.5, solved=4.0, unproven=1)
    assert stats.left_out(rows.assign(others_at_least=np.inf)) is None
