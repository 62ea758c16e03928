"""Latent directions beside controls, on rows whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from phiscope.errors import DataError
from phiscope.report.sections.implicit import findings
from phiscope.stats import latent_answers, latent_waves
from phiscope.stats.intervals import Resampling

OPTIONS = Resampling(resamples=400, seed=1)


def rows(kind: str, values, training: int = 0, basis: str = "waves") -> list[dict]:
    about = {"network": "generator", "family": "axes", "kind": kind, "training": training, "basis": basis}
    return [about | {"direction": i, "effective": v, "share_1": 1 / v} for i, v in enumerate(values)]


def frame(latent, random=(10.0, 10.0), untrained=((20.0, 20.0), (20.0, 20.0)), difference=(5.0, 5.0)) -> pd.DataFrame:
    found = rows("latent", latent) + rows("random", random) + rows("difference", difference)
    return pd.DataFrame(found + [row for t, values in enumerate(untrained) for row in rows("untrained", values, t)])


def effective(found: pd.DataFrame) -> pd.DataFrame:
    return found[found["measure"] == "effective"].set_index("kind")


def test_equal_directions_have_exact_means_ratios_and_no_width():
    found = effective(latent_waves(frame([4.0, 4.0, 4.0]), OPTIONS))
    assert found["value"].to_dict() == {"latent": 4, "random": 10, "difference": 5, "untrained": 20}
    np.testing.assert_allclose(found["ci_low"], found["value"])
    np.testing.assert_allclose(found.loc[["random", "difference", "untrained"], "ratio_high"], [0.4, 0.8, 0.2])
    assert np.isnan(found.loc["latent", "ratio"])
    assert found["networks"].to_dict() == {"latent": 1, "random": 1, "difference": 1, "untrained": 2}


def test_networks_with_random_weights_are_resampled_as_networks():
    """Directions of one network are alike, networks differ: only the latter widen the interval."""
    one = effective(latent_waves(frame([4.0] * 3, untrained=((10.0,) * 50, (30.0,) * 50)), OPTIONS)).loc["untrained"]
    assert one["value"] == pytest.approx(20)
    assert (one["ci_low"], one["ci_high"]) == (10, 30)


def test_directions_that_move_nothing_do_not_count_and_all_of_them_are_an_error():
    found = effective(latent_waves(frame([4.0, np.nan, 6.0]), OPTIONS))
    assert found.loc["latent", ["value", "n"]].tolist() == [5, 2]
    with pytest.raises(DataError, match="no direction of generator axes moves a pixel"):
        latent_waves(frame([np.nan, np.nan]), OPTIONS)


def test_the_sentence_says_what_the_intervals_say():
    nearer, between = (
        findings(latent_answers(latent_waves(frame(values), OPTIONS)))["Are latent representations Fourier-like?"]
        for values in ([2.0, 2.0, 2.0], [7.0, 7.0, 7.0])
    )
    assert "axes of the generator is spread over 2 waves" in nearer
    assert "nearer to one wave than every control" in nearer
    assert "not nearer than all of them" in between
    assert "more than differences of two decoded images" in between
