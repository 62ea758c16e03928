"""How many threads the libraries of a job compute on: as many as the configuration says, whatever was granted.

Sums that are split over threads are rounded differently, and a training amplifies that. So the number of threads is a
part of what a result rests on, like a seed; Snakemake's `--cores` only decides how many jobs run at once.
"""

from __future__ import annotations

import os
import sys

# Read by libraries when they are loaded.
_VARIABLES = (
    *("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS"),
    *("VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS"),
)


def use(threads: int) -> None:
    """Let the numerical libraries that are loaded, and those that will be, compute on so many threads."""
    for variable in _VARIABLES:
        os.environ[variable] = str(threads)
    if "numpy" in sys.modules:
        from threadpoolctl import threadpool_limits

        threadpool_limits(threads)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)
