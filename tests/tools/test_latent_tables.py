"""The page's tables of sentences, directions and recipe."""

import json

import pandas as pd
import pytest

from phiscope import tables
from tools.pages.latent import claims, directions, recipe

ABOUT = {"commit": "abc", "seed": 0, "python": "3.11", "packages": {}}


@pytest.fixture
def run(tmp_path):
    (tmp_path / "statistics").mkdir()
    return tmp_path


def test_a_sentence_stands_with_its_number_and_verdict(run):
    row = {"section": "IV", "says": "equal", "quantity": "difference", "verdict": "does not", "n": 100}
    rows = [row | {"unit": "share", "value": -0.005, "ci_low": -0.007, "ci_high": -0.003},
            row | {"unit": "ratio", "value": 0.61, "ci_low": None, "ci_high": None, "n": 0}]  # fmt: skip
    tables.write_frame(pd.DataFrame(rows), run / "statistics/latent_claims.parquet", ABOUT)
    assert claims(run)[2:] == [
        "| IV | equal | difference | -0.5 % [-0.7 %, -0.3 %] | 100 | does not |",
        "| IV | equal | difference | 0.61 | – | does not |",
    ]


def test_axes_stand_beside_as_many_random_directions(run):
    own = [{"kind": "axis", "basis": "gram-schmidt", "frame": -1, "set": 1, "shown": k < 3} for k in range(4)]
    own += [{"kind": "frame", "basis": "", "frame": f, "set": 0, "shown": k <= f} for f in (0, 1) for k in range(4)]
    own += [{"kind": "real", "basis": "", "frame": -1, "set": 0, "shown": True}]
    shown = pd.DataFrame(own)
    shown = shown.assign(sure=True, dense=shown["shown"], near=shown["shown"])
    tables.write_frame(shown, run / "statistics/latent_shown.parquet", ABOUT)
    lines = directions(run)
    three = "3; 1.5 [1, 2]"
    assert lines[2] == f"| gram-schmidt, all (4) | 4; 4.0 [4, 4] | {three} | {three} | {three} |"
    assert lines[-1] == "| real (1) | 100.0 % | 100.0 % | 100.0 % | 100.0 % |"


def test_the_recipe_is_that_of_the_first_setting_that_is_not_dropped(run):
    own = {"heads": "linear", "reconstruction": "hinge", "classification_weight": 7}
    loaded = {"weights": {"path": "x"}}
    encoder = {"epochs": 3, "batch_size": 25, "learning_rate": 0.1, "schedule": "cosine"}
    latent = {
        "gan": loaded,
        "encoder": encoder,
        "settings": {"dropped": None, "own": own},
        "set_size": 5000,
        "trials": 2,
    }
    config = {"configuration": {"latent": latent, "classifier": loaded}}
    (run / "configuration.json").write_text(json.dumps(config))
    assert recipe(run)[2:] == [
        "| generator | trained | loaded |",
        "| classifier | trained | loaded |",
        "| encoder: epochs, batch | 500, 25 | 3, 25 |",
        "| encoder: optimiser | not said | Adam, 0.1, cosine |",
        "| encoder: form of mean and deviation | not said | linear |",
        "| encoder: λ | 100 | 7 |",
        "| trials | 20 | 2 |",
    ]
