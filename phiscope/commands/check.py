"""Look at a classifier and its images in seconds, before a run: what it answers, and what is doubtful.

phiscope check mine.yaml --config classifier.normalise=none --images sheet.png
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from phiscope import figures
from phiscope.commands.changes import add_changes, together
from phiscope.datasets import PreparedDataset, Specification, open_prepared, origin_of, prepare
from phiscope.errors import ConfigError
from phiscope.exhibits.contact import contact_sheet
from phiscope.geometry.margin import require_solver
from phiscope.workflow.configuration import load, located
from phiscope.workflow.plan import Counts, Plan
from phiscope.workflow.plan.held import require_held
from phiscope.workflow.plan.named import require_named

_SPLITS = ("test", "train")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read, draw, look, say; raises PhiscopeError where a run would be refused."""
    startup = time.process_time()
    options = _parser().parse_args(arguments)
    changes = together(options.config)
    plan = Plan.of(load(options.files, changes))
    with _prepared(plan) as (test, train):
        try:
            require_named(plan.with_counts(Counts.of_splits(test, train)))
            require_held(plan, len(train), train.shape)
        except ConfigError as error:
            raise located(error, options.files, changes) from None
        require_solver(plan.config["margins"]["solver"])
        if not plan.holds_images:
            _look_at_head(plan, test, train)
            return
        picture = options.images or Path(plan.results, "check.png")
        _draw(test, picture)
        print(f"two images of each class: {picture}")
        _look(plan, test, train, startup)


def _look_at_head(plan: Plan, test: PreparedDataset, train: PreparedDataset) -> None:
    """Of a run on vectors, which has no network to look at."""
    from phiscope.experiments.models.given_heads import head_of  # deferred: what is wrong with the data needs no torch

    asked, limits = plan.config["classifier"], {split: plan.limit(split) for split in _SPLITS}
    splits = {"train": train, "test": test}
    _, _, sentence = head_of(splits, asked["weights"], asked["head"], asked["training"]["validation"], limits)
    print(
        f"{_counted(test, train)} vectors of {test.shape[0]:,} features, of {len(test.classes):,} classes.\n{sentence}"
    )
    print(*plan.left_out, sep="\n", end="\n" if plan.left_out else "")


def _counted(test: PreparedDataset, train: PreparedDataset) -> str:
    return " and ".join(f"{len(each):,} {name}" for name, each in (("test", test), ("training", train)) if len(each))


def _look(plan: Plan, test: PreparedDataset, train: PreparedDataset, startup: float) -> None:
    """startup: seconds that a job takes until it imports a network."""
    before = time.process_time()
    from phiscope.experiments.models.in_words import (
        doubts,
        lines,
    )  # deferred: what is wrong with the data needs no torch
    from phiscope.workflow.checking import check_configured, configured, estimated

    startup += time.process_time() - before
    classifier, device = plan.config["classifier"], plan.config["device"]
    network = configured(classifier, train)
    check = check_configured(network, classifier, test, train, device, classifier.get("head"))
    print(*lines(check), sep="\n")
    if check.accuracy is None:
        print("The network is to be trained: how good it is, the run looks at then.")
    print(estimated(plan, network, test, train, check, startup=startup), end="")
    print(*doubts(check), sep="\n")


@contextmanager
def _prepared(plan: Plan) -> Iterator[tuple[PreparedDataset, PreparedDataset]]:
    """The test and training images: those that the run has prepared already, or else read anew and kept nowhere."""
    with tempfile.TemporaryDirectory(prefix="phiscope-") as folder:
        test, train = (_split(plan, split, Path(folder)) for split in _SPLITS)
        yield test, train


def _split(plan: Plan, split: str, folder: Path) -> PreparedDataset:
    there, origin = Path(plan.prepared(split)), plan.fingerprint("prepare_dataset", split=split)
    if there.is_file() and origin_of(there) == origin and (opened := open_prepared(there)).changed is None:
        return opened
    dataset, path = plan.config["dataset"], folder / f"{split}.safetensors"
    outputs = None
    if not plan.holds_images and (weights := plan.config["classifier"]["weights"]):
        from phiscope.models import head_files  # deferred: it needs torch, which images do not yet

        outputs = head_files.outputs(weights)
    prepare(Specification.of(dataset), split, path, seed=plan.config["seed"], limit=plan.limit(split), outputs=outputs)
    return open_prepared(path)


def _draw(test: PreparedDataset, path: Path) -> None:
    figure = figures.draw("contact_sheet", contact_sheet=contact_sheet(test))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(figures.encode(figure, "png"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="phiscope check", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "files", type=Path, nargs="*", metavar="FILE", help="configuration, each laid over those before"
    )
    add_changes(parser)
    parser.add_argument("--images", type=Path, help="where to draw two images of each class; results/<run>/check.png")
    return parser
