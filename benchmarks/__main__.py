"""Rerun the measurements of docs/performance.md: python -m benchmarks [--quick] [--parts ...].

Without --quick on two quiet cores half an hour to an hour, most of it peers in pixel space. What a part needs is
imported with it, so that one runs where packages of others are not there.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from benchmarks import runs, startup
from benchmarks.output import circumstances, markdown, write_figure, write_table
from benchmarks.processes import apart
from benchmarks.sets import Set, real_sets, synthetic_set

ALWAYS = 6 * 3600.0  # seconds for what is expected to end


def passes(options: argparse.Namespace, about: str) -> None:
    from benchmarks import hull

    rows = []
    for chosen in _sets(options):
        outcome = apart(hull.measure, chosen, options.queries, options.checked, options.threads, limit=ALWAYS)
        rows += outcome.rows or [{"set": chosen.name, "trouble": f"not run: {outcome.trouble}"}]
        write_table(rows, "Passes of the hull projection", options.output, "passes", about)


def solve_hard(options: argparse.Namespace, about: str) -> None:
    from benchmarks import hard

    queries, trials = (10, 1) if options.quick else (200, 1)
    rows = hard.families_rows(queries, trials) + hard.dependent_rows(_sets(options)[0], options.file)
    write_table(rows, "Hull projections of a hard benchmark", options.output, "families", about)


def alone(options: argparse.Namespace, about: str) -> None:
    from benchmarks import single

    rows = single.rows(single.SIZES[:2] if options.quick else single.SIZES)
    write_table(rows, "Single queries, in processor time", options.output, "single", about)


def scale(options: argparse.Namespace, about: str) -> None:
    from benchmarks import figures, scaling

    rows = scaling.rows(scaling.QUICK if options.quick else scaling.FULL, options.threads, options.limit)
    frame = write_table(rows, "Scaling of the hull projection", options.output, "scaling", about)
    write_figure(figures.scaling(frame), options.output, "scaling", about)


def compare(options: argparse.Namespace, about: str) -> None:
    from benchmarks import figures, peers

    rows = peers.rows(_sets(options), options.peer_queries, 100 if options.quick else peers.BATCH, options.limit)
    write_table(rows, "Hull projection and its peers, every query", options.output, "peers-queries", about)
    frame = write_table(peers.summary(rows), "Hull projection and its peers", options.output, "peers", about)
    for name, part in frame.groupby("set"):
        figure = figures.ranking(part, "seconds_per_query", f"seconds per query, {name}, one thread", "relative_gap")
        write_figure(figure, options.output, f"peers-{name.replace(' ', '-')}", about)


def margin(options: argparse.Namespace, about: str) -> None:
    from benchmarks import figures, margins

    real = not options.quick and real_sets()
    head = margins.loaded(60_000) if real else margins.synthetic(500)
    outcome = apart(margins.measure, head, *((200, 10) if real else (10, 2)), limit=ALWAYS)
    frame = write_table(outcome.rows, f"Flip points per pair: {head.name}", options.output, "margins", about)
    figure = figures.ranking(frame, "microseconds_mean", "µs per problem, one thread", "error_max")
    write_figure(figure, options.output, "margins", about)


def invert(options: argparse.Namespace, about: str) -> None:
    from benchmarks import inversion

    if not real_sets():
        print("inversion: not run, it needs CIFAR-10 (JPEG) and the ResNet-20's weights beside PHISCOPE_DATA")
        return
    outcome = apart(inversion.measure, 2 if options.quick else 20, limit=ALWAYS)
    write_table(outcome.rows, "Inversion and a first-order method", options.output, "inversion", about)


def start(options: argparse.Namespace, about: str) -> None:
    if options.run:
        rows, name = startup.rows_of(options.run), options.run.resolve().name
    else:
        rows, name = startup.run_and_read(options.config, options.threads), options.config.stem
    title = f"Start-up of the jobs of {name}, by rule, in processor seconds"
    print(markdown(write_table(rows, title, options.output, f"startup-{name}", about)))


def on_a_card(options: argparse.Namespace, about: str) -> None:
    from benchmarks import card

    options.output.mkdir(parents=True, exist_ok=True)
    card.write(options.output, about, options.threads, quick=options.quick)
    print((options.output / "card.md").read_text())


def go_by_index(options: argparse.Namespace, about: str) -> None:
    from benchmarks import encoded

    counts = encoded.QUICK if options.quick else tuple(options.images)
    rows = list(encoded.measure(counts, options.folder / "encoded"))
    print(markdown(write_table(rows, "Encoded images at 224 pixels, by rule", options.output, "encoded", about)))


def with_many_classes(options: argparse.Namespace, about: str) -> None:
    from benchmarks import classes

    rows = classes.measure(classes.QUICK if options.quick else classes.WHOLE, options.folder / "classes")
    title = "A run on vectors of many classes, by rule"
    print(markdown(write_table(rows, title, options.output, "classes", about)))


def _sets(options: argparse.Namespace) -> list[Set]:
    """The real sets where their files are, unless it should be quick; synthetic features otherwise."""
    real = [] if options.quick else [chosen for chosen in real_sets() if chosen.name in options.sets]
    return real or [synthetic_set(*((200, 5000, 64) if options.quick else (1000, 50_000, 64)))]


PARTS = {"passes": passes, "families": solve_hard, "single": alone, "scaling": scale, "peers": compare}
PARTS |= {"margins": margin, "inversion": invert, "startup": start}
# Which run where they are named alone.
APART = {"card": on_a_card, "encoded": go_by_index, "classes": with_many_classes}


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="sizes that take two minutes: does it run at all?")
    parser.add_argument("--sets", nargs="+", choices=("feature", "pixel"), default=("feature", "pixel"))
    parser.add_argument("--parts", nargs="+", choices=PARTS | APART, default=list(PARTS))
    parser.add_argument(
        "--output", type=Path, help="folder; default docs/results/performance, or a scratch one if quick"
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of passes and scaling; default all cores")
    parser.add_argument("--queries", type=int, help="queries of each set for the passes; default all")
    parser.add_argument("--checked", type=int, help="queries of each set verified independently; default all")
    parser.add_argument("--peer-queries", type=int, default=3)
    parser.add_argument("--limit", type=float, default=600, help="seconds for one solver or one case of the scaling")
    parser.add_argument("--file", type=Path, help="families: a file of queries and vertices, sample_extrap10d.dat")
    parser.add_argument("--run", type=Path, help="startup: results/<run>/ of a finished run that is read instead")
    parser.add_argument(
        "--config", type=Path, default=runs.ROOT / "presets/tiny.yaml", help="startup: what is run; default tiny"
    )
    parser.add_argument(
        "--images", type=int, nargs="+", default=[2_000, 50_000], help="encoded: how many; default 2,000 and 50,000"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path("results/benchmarks"),
        help="encoded, classes: for data and runs, 8 and 3 GB",
    )
    options = parser.parse_args()
    usual = Path("results/benchmarks/quick" if options.quick else "docs/results/performance")
    options.output = options.output or usual
    return options


def main() -> None:
    options = parsed()
    for part in options.parts:
        start = time.perf_counter()
        (PARTS | APART)[part](options, circumstances(options.threads))
        print(f"{part}: {time.perf_counter() - start:.0f} s, written to {options.output}", flush=True)


if __name__ == "__main__":
    main()
