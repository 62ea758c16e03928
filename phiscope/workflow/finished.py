"""A finished run in a notebook: its artifacts by name, and its figures, drawn again from its tables.

    import phiscope
    phiscope.draw("digits", "plane")  # a matplotlib Figure, which a notebook shows

Nothing is computed but frames of what lies there: no solver, no network.
"""

from __future__ import annotations

import difflib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from phiscope import figures
from phiscope.errors import ConfigError
from phiscope.exhibits.frames import frames_of
from phiscope.exhibits.run import Run
from phiscope.workflow.artifacts import opened
from phiscope.workflow.plan import Plan, read_counts
from phiscope.workflow.record import folder_of, recorded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DENSITY = 110  # pixels per inch of a figure in a notebook


def draw(run: str | Path, name: str) -> Figure:
    """One figure of a finished run, as `phiscope figures` draws it.

    run: its name below results/, or its folder. name: of the figure, `plane`; of one that there is for each sample,
    `sample-7`, or `sample` where the run has one alone. Raises ConfigError where there is no such run or figure, or
    where something that it is drawn from is not there.
    """
    folder, plan = _planned(run)
    name = _named(plan, name)
    figure = figures.draw(figures.kind_of(name), **frames_of(name, _opened(folder, plan, name)))
    # Notebooks show figures of pyplot by themselves, and others where they say how.
    setattr(figure, "_repr_png_", partial(figures.encode, figure, "png", _DENSITY))  # noqa: B010
    return figure


def drawn(run: str | Path) -> list[str]:
    """Names of the figures that `draw` knows of a run, in the order of the registry."""
    return _planned(run)[1].drawing.all


def _planned(run: str | Path) -> tuple[Path, Plan]:
    """The folder in which results/ lies, and what the run consists of."""
    folder = folder_of(run).resolve()
    plan = Plan.of(recorded(folder)["configuration"])
    top = folder.parents[1]
    if folder != (top / plan.results).resolve():
        raise ConfigError(f"{folder}: this folder was moved; a run is drawn from {plan.results}, which it was made in")
    counts = read_counts(plan, top, planned_alone=False)
    if counts is None:
        raise ConfigError(f"{folder}/data: the prepared images are not there; `phiscope run` makes them")
    return top, plan.with_counts(counts)


def _named(plan: Plan, name: str) -> str:
    """The figure that a name stands for."""
    kind, known = figures.kind_of(name), ", ".join(plan.drawing.all)
    of_kind = [each for each in plan.drawing.all if figures.kind_of(each) == kind]
    if name in of_kind or (name == kind and len(of_kind) == 1):
        return name if name in of_kind else of_kind[0]
    if of_kind:
        raise ConfigError(f"figure {name!r}: the run has {', '.join(of_kind)}; name one of these")
    if kind in figures.FIGURES:
        when = figures.WHEN[figures.about(kind).when]
        raise ConfigError(f"figure {name!r}: this run has none, it is drawn {when}; figures of the run: {known}")
    nearest = difflib.get_close_matches(name, plan.drawing.all, n=1, cutoff=0.0)[0]
    raise ConfigError(f"figure {name!r} does not exist (did you mean {nearest!r}?); figures of the run: {known}")


def _opened(top: Path, plan: Plan, name: str) -> Run:
    """The run for whoever draws that figure: the artifacts that it is drawn from, by name."""
    inputs: dict[str, str | list[str]] = {}
    told_apart: dict[str, list[str]] = {}
    for artifact in plan.drawing.artifacts([name]):
        files = plan.drawing.files(artifact)
        paths = [top / path for path in (files.values() if isinstance(files, dict) else [files])]
        missing = [path for path in paths if not path.exists()]
        if missing:
            raise ConfigError(f"{missing[0]}: not there, and drawing computes nothing; `phiscope run` makes what lacks")
        if isinstance(files, dict):
            told_apart[artifact] = list(files)
        inputs[artifact] = [str(path) for path in paths] if isinstance(files, dict) else str(paths[0])
    return Run(opened(inputs, told_apart), plan.drawing.context)
