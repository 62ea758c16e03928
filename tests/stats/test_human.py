import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from phiscope.stats import human_agreement, label_entropy


def test_entropy():
    np.testing.assert_allclose(label_entropy(np.array([[1.0, 0, 0], [0.5, 0.5, 0], [1 / 3] * 3])), np.log([1, 2, 3]))


def frames(n=120):
    random = np.random.default_rng(0)
    entropy = random.choice([0.0, 0.1, 0.5, 0.9], size=n)  # ties, as people give them
    standing = pd.DataFrame({"sample": np.arange(n), "ambiguity": -entropy + 0.2 * random.normal(size=n)})
    standing["margin"], standing["distance"] = random.normal(size=n), random.normal(size=n)
    standing["confidence"] = 1 - entropy / 2 + 0.4 * random.normal(size=n)
    return standing, pd.DataFrame({"sample": np.arange(n), "entropy": entropy})


def test_correlations_are_spearmans_and_oriented_towards_uncertainty():
    standing, entropy = frames()
    found = human_agreement(standing, entropy, resamples=200).set_index("key")["correlation"]
    assert found["ambiguity"] == pytest.approx(spearmanr(-standing["ambiguity"], entropy["entropy"])[0])
    assert found["confidence"] == pytest.approx(spearmanr(1 - standing["confidence"], entropy["entropy"])[0])
    assert found["difference"] == pytest.approx(found["ambiguity"] - found["confidence"])
    assert found["ambiguity"] > 0.7


def test_the_difference_is_paired_and_samples_meet_by_number():
    standing, entropy = frames()
    standing["confidence"] = 1 + standing["ambiguity"]  # the same indicator twice
    found = human_agreement(standing, entropy.sample(frac=1, random_state=1), resamples=200).set_index("key")
    assert found.loc["difference", ["correlation", "ci_low", "ci_high"]].abs().max() < 1e-12
    assert found.loc["ambiguity", "ci_high"] - found.loc["ambiguity", "ci_low"] > 0.01
