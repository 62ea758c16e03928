"""Which back-end of qpsolvers is asked, and how."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.errors import ConfigError

Vector = NDArray[np.float64]

KEY = "second_opinion.solver"  # of the configuration
OURS = ("newton", "daqp")  # what margins are solved by, the second where the first has no answer
_FIRST_ASKED = ("piqp", "clarabel")  # both are dependencies

# As far as float64 goes; what comes out is judged by itself.
_SETTINGS: dict[str, dict[str, Any]] = {
    "piqp": dict.fromkeys(("eps_abs", "eps_rel", "eps_duality_gap_abs", "eps_duality_gap_rel"), 1e-13),
    "clarabel": {"tol_gap_abs": 1e-11, "tol_gap_rel": 1e-11, "tol_feas": 1e-11},  # it gives up near 1e-13
}


class PrimalDual(NamedTuple):
    """The point (n,), the multipliers of A x = b, of G x <= h and of x >= lb, the last two not negative."""

    x: Vector
    equal: Vector
    below: Vector
    bound: Vector


def back_end(name: str | None, margins_by: str) -> str:
    """The back-end of this name; for None piqp, or clarabel where margins are solved by piqp already.

    margins_by: what solves margins. Raises ConfigError for a solver of ours, or one that is not installed.
    """
    import qpsolvers  # deferred: it imports every back-end that is installed

    ours = dict.fromkeys([*OURS, margins_by])
    others = [each for each in qpsolvers.available_solvers if each not in ours]
    if name is None:
        name = next((each for each in _FIRST_ASKED if each in others), None)
        if name is None:
            raise ConfigError(f"{KEY}: neither of {', '.join(_FIRST_ASKED)} is installed; install one")
    if name in ours:
        raise ConfigError(f"{KEY}: {name!r} solves margins already; expected another, one of {', '.join(others)}")
    if name not in others:
        raise ConfigError(f"{KEY}: {name!r} is not installed; expected one of {', '.join(others)}")
    return name


def minimum(
    P: Vector,
    q: Vector,
    G: Vector | None = None,
    h: Vector | None = None,
    A: Vector | None = None,
    b: Vector | None = None,
    lb: Vector | None = None,
    *,
    solver: str,
    sparse: bool = False,
) -> PrimalDual | None:
    """min ½xᵀPx + qᵀx  subject to  G x <= h,  A x = b,  x >= lb; None where the back-end gives no numbers.

    What it gives is returned however the back-end calls it. sparse: hand over sparse matrices, where it takes some.
    """
    import qpsolvers  # deferred: it imports every back-end that is installed

    matrices: list[Any] = [P, G, A]
    if sparse and solver in qpsolvers.sparse_solvers:
        from scipy.sparse import csc_matrix

        matrices = [None if each is None else csc_matrix(each) for each in (P, G, A)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of how it ended, and that matrices were converted
            problem = qpsolvers.Problem(matrices[0], q, matrices[1], h, matrices[2], b, lb)
            found = qpsolvers.solve_problem(problem, solver, **_SETTINGS.get(solver, {}))
    except (qpsolvers.exceptions.QPError, ValueError, ArithmeticError):
        return None
    given = [_numbers(found.x, len(q)), _numbers(found.y, 0 if b is None else len(b))]
    given += [_numbers(found.z, 0 if h is None else len(h)), _numbers(found.z_box, 0 if lb is None else len(q))]
    if not all(np.isfinite(each).all() for each in given):
        return None
    x, equal, below, box = given
    return PrimalDual(x, equal, below.clip(0), (-box).clip(0))


def _numbers(given: Any, count: int) -> Vector:
    """What a back-end gives of so many; NaN for what it gives not."""
    if given is None or len(given) != count:
        return np.full(count, np.nan)
    return np.array(given, dtype=np.float64)
