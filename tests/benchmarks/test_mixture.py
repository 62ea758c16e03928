"""The synthetic set of features: drawn piece by piece, gone on with where it was interrupted; what a body used."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import mixture
from benchmarks.mixture import Mixture, make

SMALL = Mixture(n=700, m=90, d=16, c=5)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(mixture, "PIECE", 200)


def test_a_set_that_was_interrupted_is_gone_on_with(tmp_path, monkeypatch):
    make(SMALL, tmp_path / "whole")
    draw, drawn = Mixture.piece, []

    def stopped(self, split, number, size):
        if len(drawn) == 2:
            raise KeyboardInterrupt
        drawn.append(number)
        return draw(self, split, number, size)

    with monkeypatch.context() as patched:
        patched.setattr(Mixture, "piece", stopped)
        with pytest.raises(KeyboardInterrupt):
            make(SMALL, tmp_path / "parts")
    make(SMALL, tmp_path / "parts")
    for name in ("vertices", "queries", "vertices-labels", "queries-labels"):
        np.testing.assert_array_equal(*(np.load(tmp_path / which / f"{name}.npy") for which in ("whole", "parts")))
    assert drawn == [0, 1]
    vertices = np.load(tmp_path / "whole/vertices.npy", mmap_mode="r")
    assert (vertices.dtype, vertices.shape) == (np.float32, (700, 16))
    np.testing.assert_array_equal(vertices[600:], SMALL.piece("vertices", 3, 100)[0])


def test_another_set_is_not_mixed_with_what_is_there(tmp_path):
    make(SMALL, tmp_path)
    with pytest.raises(SystemExit, match="holds another set"):
        make(Mixture(n=700, m=90, d=16, c=6), tmp_path)


def test_the_head_is_the_linear_discriminant_of_scikit_learn(tmp_path):
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    make(SMALL, tmp_path)
    x, y, head = (
        np.load(tmp_path / "vertices.npy"),
        np.load(tmp_path / "vertices-labels.npy"),
        dict(np.load(tmp_path / "head.npz")),
    )
    theirs = LinearDiscriminantAnalysis(solver="lsqr", priors=np.full(5, 0.2)).fit(x.astype(float), y)
    ours = x @ head["weight"] + head["bias"]
    logits = theirs.decision_function(x.astype(float))
    spread = [each - each.mean(1, keepdims=True) for each in (ours, logits)]
    # What differs is the ridge, and that a covariance may be divided by n or by n less the classes.
    assert np.abs(spread[0] - spread[1]).max() < 0.1 * np.abs(spread[1]).max()


MEASURED = """
import json, sys, time
import numpy as np
from benchmarks.used import used

with used() as mapped:
    numbers = np.load(sys.argv[1], mmap_mode="r")
    assert numbers.sum() == 0
    time.sleep(0.2)  # ten looks at the memory
del numbers
with used() as own:
    numbers = np.ones(8_000_000)
    time.sleep(0.2)
print(json.dumps([mapped, own]))
"""


def test_pages_of_a_mapped_file_are_told_from_memory(tmp_path: Path):
    """In a process of its own: another may have memory that it has freed and not given back."""
    np.save(tmp_path / "numbers.npy", np.zeros(8_000_000))
    command = [sys.executable, "-c", MEASURED, tmp_path / "numbers.npy"]
    root = Path(__file__).parents[2]
    mapped, own = json.loads(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout)
    assert mapped["own_gb"] < 0.03 < 0.06 < mapped["mapped_gb"]
    assert own["own_gb"] > 0.06
    assert own["processor_s"] > 0
