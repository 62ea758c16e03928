"""How many samples are prepared: what of a plan cannot be known from the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from phiscope.datasets import PreparedDataset, open_prepared, origin_of

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan


@dataclass(frozen=True)
class Counts:
    """splits: prepared samples by split; datasets: those of other data sets by name; order: numbers of the test samples
    in the order in which they are prepared; shape: of an image; classes: how many."""

    splits: Mapping[str, int]
    datasets: Mapping[str, int] = field(default_factory=dict)
    order: tuple[int, ...] = ()
    shape: tuple[int, ...] = ()
    classes: int = 0

    @classmethod
    def of_test(cls, test: PreparedDataset, train: int | None = None) -> Counts:
        """What the prepared test split tells alone; train: how many training samples there are, where that is known."""
        splits = {"test": len(test)} | ({} if train is None else {"train": train})
        return cls(splits, {}, tuple(test.samples.tolist()), test.shape, len(test.classes))


def read_counts(plan: Plan, folder: Path = Path(), *, planned_alone: bool = True) -> Counts | None:
    """Counts of the prepared splits that lie there already, or None where one is missing or is not the planned one.

    A split says in its own file what made it; another data set, seed or reader makes it another. planned_alone: False
    once Snakemake has decided that the splits stay, such as those of a run that was copied without Snakemake's notes.
    """

    def count(path: str, **which: str) -> int | None:
        return _count(folder / path, plan, planned_alone, **which)

    splits = {split: count(plan.prepared(split), split=split) for split in ("train", "test")}
    datasets = {name: count(plan.prepared_dataset(name), dataset=name) for name in plan.views.datasets}
    if None in splits.values() or None in datasets.values():
        return None
    test = open_prepared(folder / plan.prepared("test"))
    order = tuple(test.samples.tolist())
    known = ({name: count for name, count in each.items() if count} for each in (splits, datasets))
    return Counts(next(known), next(known), order, test.shape, len(test.classes))


def _count(path: Path, plan: Plan, planned_alone: bool, **which: str) -> int | None:
    """Samples in a prepared file, if it is there and, where only those count, was made as the plan says."""
    rule = "prepare_dataset" if "split" in which else "prepare_other_dataset"
    if not path.is_file() or (planned_alone and origin_of(path) != plan.fingerprint(rule, **which)):
        return None
    return len(open_prepared(path))


def changed_sources(plan: Plan) -> Iterator[str]:
    """A line for each prepared split of a run whose source is another than it was."""
    paths = [plan.prepared(split) for split in ("train", "test")]
    for path in [*paths, *(plan.prepared_dataset(name) for name in plan.views.datasets)]:
        if changed := open_prepared(path).changed:
            yield f"{changed}; results are those of what it was: delete {path} to prepare it anew"
