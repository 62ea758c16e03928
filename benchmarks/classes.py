"""A run on vectors of many classes, from the vectors to report and explorer: what each of its jobs needs.

By default 50,000 test vectors of 2,048 features and 1,000 classes, as of ImageNet's validation set, beside 20,000
training vectors: margins to the ten closest classes, the hull, every detector, statistics, figures, report, explorer.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks import runs
from benchmarks.mixture import Mixture, make

WHOLE = Mixture(n=20_000, m=50_000)
QUICK = Mixture(n=400, m=200, d=64, c=20)
_NAMES = {"vertices.npy": "train.npy", "vertices-labels.npy": "train_labels.npy"}
_NAMES |= {"queries.npy": "test.npy", "queries-labels.npy": "test_labels.npy"}


def measure(mixture: Mixture, folder: Path) -> list[dict]:
    """Rows of `runs.measured`. Vectors and run lie in `folder`, and what is there is used again."""
    folder = folder / str(mixture.m)
    made, vectors = folder / "set", folder / "vectors"
    make(mixture, made)
    vectors.mkdir(exist_ok=True)
    for ours, read in _NAMES.items():
        (vectors / read).unlink(missing_ok=True)
        (vectors / read).symlink_to((made / ours).resolve())
    return runs.measured(configuration(vectors, made / "head.npz", mixture), folder)


def configuration(vectors: Path, head: Path, mixture: Mixture) -> dict:
    return {
        "run": "classes",
        "dataset": {"path": str(vectors.resolve()), "reader": "features"},
        "classifier": {"weights": {"path": str(head.resolve())}, "lower_bound": 0},
        "margins": {"classes": 10},
        "report": {"title": f"Vectors of {mixture.c:,} classes"},
    }
