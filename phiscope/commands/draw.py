"""Draw the figures, or figures and report, of a finished run again; nothing is computed.

phiscope figures digits
phiscope report digits
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from phiscope.commands.runs import beside, command_of, folder_of, recorded, require_whole, snakemake
from phiscope.errors import ConfigError
from phiscope.workflow.job import DRAWN_ALONE
from phiscope.workflow.plan import Plan, read_counts


def figures(arguments: Sequence[str] | None = None) -> None:
    """Draw the figures of a run; exits with Snakemake's code."""
    _draw("figures", arguments, [])


def report(arguments: Sequence[str] | None = None) -> None:
    """Draw the figures of a run that are not there or no longer right, and render its report and its explorer."""
    _draw("report", arguments, ["render_report", "render_explorer"])


def _require_computed(plan: Plan, pages: list[str], folder: Path) -> None:
    """Raise ConfigError where something that figures and page are made from is not there, ResultError if damaged."""
    drawing = plan.drawing
    names = {name for group in drawing.groups.values() for name in drawing.artifacts(group)}
    files = [drawing.files(name) for name in sorted(names)]
    needed = [path for each in files for path in (each.values() if isinstance(each, dict) else [each])]
    if pages:
        needed += [plan.path(name) for name in drawing.of_the_page]
        needed += [*map(plan.path, plan.explorer.artifacts), *plan.explorer.located.values()]
    missing = [path for path in dict.fromkeys(needed) if not Path(path).exists()]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise ConfigError(
            f"{missing[0]}{more}: not there, and drawing computes nothing; `phiscope run` makes what lacks"
        )
    require_whole(dict.fromkeys(needed), folder)


def _draw(name: str, arguments: Sequence[str] | None, pages: list[str]) -> None:
    parser = argparse.ArgumentParser(prog=f"phiscope {name}", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run", metavar="RUN", help="its name below results/, or its folder")
    parser.add_argument("--cores", default="all", help="processor cores to use; all")
    parser.add_argument("--force", action="store_true", help="draw also what is there and right")
    options = parser.parse_args(arguments)
    folder = folder_of(options.run)
    about = recorded(folder)
    if folder.resolve() != (Path("results") / about["configuration"]["run"]).resolve():
        raise ConfigError(f"{folder} is not results/<run> of the current folder; go where its results/ lies")
    plan = Plan.of(about["configuration"])
    prepared = [plan.prepared("train"), plan.prepared("test"), *map(plan.prepared_dataset, plan.views.datasets)]
    require_whole(prepared, folder)
    counts = read_counts(plan, planned_alone=False)
    if counts is None:
        raise ConfigError(f"{folder}/data: the prepared images are not there; `phiscope run` makes them")
    _require_computed(plan.with_counts(counts), pages, folder)
    drawing = [f"draw_{group}" for group in plan.drawing.groups]
    rules = [*drawing, *pages]
    with tempfile.TemporaryDirectory(prefix="phiscope-") as temporary:
        (file := Path(temporary, "configuration.yaml")).write_text(json.dumps(about["configuration"]))
        asked = ["--forcerun", *rules] if options.force else []
        code = snakemake(
            ["--cores", options.cores, *rules, *asked, "--configfile", file],
            environment=beside(about["files"]) | {DRAWN_ALONE: command_of(about)},
        )
    raise SystemExit(code)
