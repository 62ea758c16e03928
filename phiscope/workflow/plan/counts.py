"""How many samples are prepared: what of a plan cannot be known from the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from phiscope.datasets import PreparedDataset, open_prepared, origin_of
from phiscope.errors import PhiscopeError
from phiscope.files import stamp_of
from phiscope.workflow.unchanged import Unchanged

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan


@dataclass(frozen=True)
class Counts:
    """splits: prepared samples by split; datasets: those of other data sets by name; order: numbers of the test samples
    in the order in which they are prepared; shape: of an image; classes: how many; last_train: largest number
    of a training sample."""

    splits: Mapping[str, int]
    datasets: Mapping[str, int] = field(default_factory=dict)
    order: tuple[int, ...] = ()
    shape: tuple[int, ...] = ()
    classes: int = 0
    last_train: int | None = None

    @classmethod
    def of_splits(cls, test: PreparedDataset, train: PreparedDataset | None = None) -> Counts:
        """What prepared splits tell, the test split alone or both; without other data sets."""
        splits = {"test": len(test)} | ({} if train is None else {"train": len(train)})
        last = None if train is None else int(train.samples.max(initial=-1))
        return cls(splits, {}, tuple(test.samples.tolist()), test.shape, len(test.classes), last)


def read_counts(plan: Plan, folder: Path = Path(), *, planned_alone: bool = True) -> Counts | None:
    """Counts of the prepared splits that lie there already, or None where one is missing or is not the planned one.

    A split says in its own file what made it; another data set, seed or reader makes it another. planned_alone: False
    once Snakemake has decided that the splits stay, such as those of a run that was copied without Snakemake's notes.
    """

    unchanged = Unchanged(folder / plan.results)

    def count(path: str, **which: str) -> int | None:
        return _count(folder / path, plan, unchanged if planned_alone else None, **which)

    splits = {split: count(plan.prepared(split), split=split) for split in ("train", "test")}
    datasets = {name: count(plan.prepared_dataset(name), dataset=name) for name in plan.views.datasets}
    if None in splits.values() or None in datasets.values():
        return None
    test = open_prepared(folder / plan.prepared("test"))
    order = tuple(test.samples.tolist())
    known = ({name: count for name, count in each.items() if count is not None} for each in (splits, datasets))
    last = int(open_prepared(folder / plan.prepared("train")).samples.max(initial=-1))
    return Counts(next(known), next(known), order, test.shape, len(test.classes), last)


def _count(path: Path, plan: Plan, unchanged: Unchanged | None, **which: str) -> int | None:
    """Samples in a prepared file, if it is there and, where `unchanged` is given, was made as the plan says."""
    rule = "prepare_dataset" if "split" in which else "prepare_other_dataset"
    if not path.is_file() or (unchanged and _origin(path, unchanged) != plan.fingerprint(rule, **which)):
        return None
    return len(open_prepared(path))


def _origin(path: Path, unchanged: Unchanged) -> str | None:
    """None where the file is damaged, which is said once it is to be used."""
    try:
        unchanged.require(path)
        stamp_of(path)
    except (OSError, ValueError):
        return None
    return origin_of(path)


def changed_sources(plan: Plan) -> Iterator[str]:
    """A line for each prepared split of a run whose source is another than it was."""
    paths = [plan.prepared(split) for split in ("train", "test")]
    for path in [*paths, *(plan.prepared_dataset(name) for name in plan.views.datasets)]:
        try:
            changed = open_prepared(path).changed
        except PhiscopeError as error:  # such as a variable that is not set where a run was copied to
            changed = str(error)
        if changed:
            yield f"{changed}; results are those of what it was: delete {path} to prepare it anew"
