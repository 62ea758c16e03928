"""Compile the loops of the solvers now, so that the first run does not: some 15 s, once for an environment."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np


def main(arguments: Sequence[str] | None = None) -> None:
    """Solve small problems of every kind that a run solves; their machine code is kept beside the environment."""
    parser = argparse.ArgumentParser(prog="phiscope compile", description=(__doc__ or "").partition("\n")[0])
    parser.parse_args(arguments)
    from phiscope.geometry import hull, margin

    random = np.random.default_rng(0)
    queries, vertices, weight = (random.normal(size=shape) for shape in ((8, 4), (60, 4), (4, 3)))
    for kind in (np.float32, np.float64):
        hull.project(queries.astype(kind), vertices.astype(kind), tol=1e-6, threads=1)
        hull.project(queries.astype(kind), vertices.astype(kind), tol=1e-10, threads=1)
        # Supports that nearly coincide: what stalls is solved by other loops.
        stretched = (random.random(size=(500, 2)) * (1, 2.0**20)).astype(kind)
        hull.project((2.0**20 * random.normal(size=(100, 2))).astype(kind), stretched, threads=1)
    many = random.normal(size=(4, 40))  # of few classes all are solved by other loops
    margin.closest_classes(np.abs(queries), many, np.zeros(40), classes=1)
    for bound in (None, 0.0):
        margin.closest_flip(np.abs(queries), weight, np.zeros(3), lower_bound=bound)
        margin.flip_points(np.abs(queries), weight, np.zeros(3), lower_bound=bound)
