"""Which of the splits that a source has are train and test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phiscope.errors import DataError

WHOLE = ""  # what a reader calls images that stand in no split
USUAL = {"train": ("train", "training"), "test": ("test", "testing")}
# Where images without labels have a place: classes and errors cannot be told of them, distances can.
UNLABELLED = (
    "images without labels go to datasets: {<name>: {path: ..., reader: images}}, for views of dataset:<name>, or to "
    "the test split"
)
HELD_OUT = ("val", "valid", "validation")


def is_usual(name: str) -> bool:
    """Whether a name is one that splits usually have."""
    return name.lower() in {*USUAL["train"], *USUAL["test"], *HELD_OUT}


def named(split: str, found: Sequence[str], asked: Mapping[str, str] | None, where: str) -> str | None:
    """What the source calls this split (`train` or `test`); None where it has no such.

    asked: `options.splits`, which comes first. Then the name itself, then the usual others in any case, and for test
    the usual names of a validation split. Raises DataError where several fit.
    """
    if asked and split in asked:
        return asked[split]
    if split in found:
        return split
    taken = set((asked or {}).values())
    for usual in (USUAL[split], HELD_OUT if split == "test" else ()):
        fitting = [name for name in found if name.lower() in usual and name not in taken]
        if len(fitting) > 1:
            raise DataError(
                f"{where}: {' and '.join(fitting)} could both be the {split} split; say which with "
                f"dataset.options.splits: {{{split}: {fitting[0]}}}"
            )
        if fitting:
            return fitting[0]
    return None


def missing(split: str, found: Sequence[str], where: str, *, vectors: bool = False) -> DataError:
    """The sentence for a split that is not there: what is, and the options that lead on; vectors: and no images."""
    names = [name for name in found if name != WHOLE]
    if names:
        has = f"holds the split{'s' if len(names) > 1 else ''} {', '.join(names)}, and none that is {split}"
    else:
        has = f"{'vectors' if vectors else 'images'} stand in no split"
    share = "dataset.options.test_share: 0.2 to draw a share of them for testing, or "
    alone = ", or dataset.only: test (or train), where all are of one split" if vectors else ""
    return DataError(
        f"{where}: {has}; give {share if split == 'test' or not names else ''}"
        f"dataset.options.splits: {{train: <name>, test: <name>}}{alone}"
    )
