"""Vectors instead of images: features of .npy, .npz or Parquet files, with labels and, where there are any, logits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.numpy_files import array, keys, mapped
from phiscope.datasets.order import stratified_order
from phiscope.datasets.readers.parquet_files import files_of, is_parquet, splits_in
from phiscope.datasets.readers.vector_tables import VECTORS, kinds_in_table, read_table
from phiscope.datasets.rows import Rows
from phiscope.datasets.splits import WHOLE
from phiscope.datasets.texts import names as class_names
from phiscope.datasets.visible import entries
from phiscope.errors import DataError

NAME = "features"
# Tables that come inside scikit-learn, and the number of the test vectors that are held out of each.
BUNDLED = {"digits": 500, "wine": 50, "breast_cancer": 150}

_KINDS = {
    "vectors": VECTORS,
    "labels": ("labels", "label", "y", "targets"),
    "logits": ("logits",),
}
_NAMES = ("classes", "class_names", "label_names")
_ALONE = ".npy"  # one array, which is of no split

Load = Callable[[], NDArray]


def splits(path: Path, **_: Any) -> list[str]:
    """The splits that the arrays name, or the files of a folder; `splits.WHOLE` for vectors in none."""
    if is_bundled(path):
        return ["train", "test"]
    if path.is_file():
        return [WHOLE] if is_parquet(path) or path.suffix == _ALONE else _splits_of(_arrays(path))
    found = [file.stem for file in entries(path) if file.suffix == ".npz"]
    return list(dict.fromkeys([*splits_in(path), *found, *_splits_of(_arrays(path))]))


def read(
    path: Path,
    split: str,
    *,
    features: str | Sequence[str] | None = None,
    label: str | None = None,
    logits: str | None = None,
    components: int | None = None,
) -> Rows:
    """A split of a .npz file (`x_<split>`, `features_<split>`, `<split>_features`, with y or labels, and logits); of a
    folder with `<split>.npy` and `<split>_labels.npy`, `<split>.npz` or `<split>.parquet`; or of a bundled table.

    features: of Parquet, the column of lists or the columns of numbers, one a dimension; else `features`, or all
    columns of numbers but the label. label, logits: names of columns. components: of a bundled table, which is embedded
    by a truncated singular value decomposition of its training part. .npy files are mapped into memory, not read.
    """
    if is_bundled(path):
        return _bundled(path.name, split, components)
    if components is not None:
        raise DataError(f"{path}: dataset.options.components: is for {', '.join(BUNDLED)}; leave it out")
    files = files_of(path, split)
    if files and is_parquet(files[0]):
        return read_table(files, features, label, logits)
    if given := [f"{key}: {value!r}" for key, value in (("features", features), ("label", label)) if value is not None]:
        raise DataError(f"{path}: dataset.options {', '.join(given)}: names a column of Parquet; leave it out")
    alone = path / f"{split}.npz"
    if path.is_dir() and alone.is_file():
        return _of_arrays(alone, _arrays(alone), split, named_by_file=True)
    return _of_arrays(path, _arrays(path), split, named_by_file=False)


def kinds(path: Path, split: str, *, label: str | None = None, logits: str | None = None, **_: Any) -> set[str]:
    """What the names of arrays or columns say that a split has: vectors, labels, logits. No array is read."""
    if is_bundled(path):
        return {"vectors", "labels"}
    files = files_of(path, split)
    if files and is_parquet(files[0]):
        return kinds_in_table(files[0], label, logits)
    alone = path / f"{split}.npz"
    inside = _arrays(alone if path.is_dir() and alone.is_file() else path)
    wanted = (split, WHOLE) if path.is_dir() and alone.is_file() else (split,)
    return {parsed[0] for key in inside if (parsed := _parsed(key)) and parsed[1] in wanted}


def is_bundled(path: Path) -> bool:
    return str(path) in BUNDLED and not path.exists()


# Arrays of numpy: of one .npz file, or of the .npy files of a folder.


def _arrays(path: Path) -> dict[str, Load]:
    """Name -> a function that opens the array."""
    if path.is_dir():
        files = [file for file in entries(path) if file.suffix == ".npy"]
        return {file.stem: cache(partial(mapped, file)) for file in files}
    if path.suffix == _ALONE:
        return {_KINDS["vectors"][0]: cache(partial(mapped, path))}
    return {key: cache(partial(array, path, key)) for key in keys(path)}


def _parsed(key: str) -> tuple[str, str] | None:
    """(kind, split) of an array's name: x_train, train_labels, logits; a plain name is that of a split's vectors."""
    for kind, words in _KINDS.items():
        any_of = "|".join(words)
        match = re.fullmatch(rf"(?:(?P<before>.+)_)?(?:{any_of})(?:_(?P<after>.+))?", key, re.IGNORECASE)
        if match and not (match["before"] and match["after"]):
            return kind, match["before"] or match["after"] or WHOLE
    return None if key.lower() in _NAMES else ("vectors", key)


def kind_of_name(key: str) -> str | None:
    """Whether an array of this name is of vectors, labels or logits; None for names of classes."""
    parsed = _parsed(key)
    return parsed[0] if parsed else None


def _splits_of(arrays: Mapping[str, Load]) -> list[str]:
    parsed = [found for key in arrays if (found := _parsed(key))]
    return list(dict.fromkeys(split for kind, split in parsed if kind == "vectors"))


def _of_arrays(path: Path, arrays: Mapping[str, Load], split: str, *, named_by_file: bool) -> Rows:
    found: dict[str, str] = {}
    for kind in _KINDS:
        for wanted in (split, WHOLE) if named_by_file else (split,):
            named = [key for key in arrays if _parsed(key) == (kind, wanted)]
            if len(named) > 1:
                raise DataError(f"{path}: {' and '.join(named)} could both be {kind} of {split}; keep one")
            if named and kind not in found:
                found[kind] = named[0]
    if "vectors" not in found:
        held = ", ".join(arrays) or "no array"
        files = "" if path.is_file() else f", {split}.npy or {split}.parquet"
        raise DataError(
            f"{path}: holds {held}; expected the vectors of {split} as x_{split} or {split}_features{files}, and their "
            f"labels as y_{split} or {split}_labels"
        )
    where = f"{path}: {found['vectors']}"
    names = next((key for key in arrays if key.lower() in _NAMES), None)
    classes = None if names is None else class_names(arrays[names](), f"{path}: {names}")
    labels = arrays[found["labels"]]() if "labels" in found else None
    logits = arrays[found["logits"]] if "logits" in found else None
    missing = f"{path}: holds {', '.join(arrays)}; expected labels of {split} as y_{split} or {split}_labels"
    return Rows.of_vectors(
        where,
        arrays[found["vectors"]],
        None if labels is None else np.asarray(labels),
        missing=missing,
        logits=logits,
        classes=classes,
    )


# Tables inside scikit-learn.


def _bundled(name: str, split: str, components: int | None) -> Rows:
    """ASSUME: scikit-learn gives no split, so the test vectors are the first of the stratified order with seed 0.

    Columns are brought to mean 0 and deviation 1 of the training part; with `components`, these are embedded by its
    truncated singular value decomposition.
    """
    from sklearn import datasets

    table = getattr(datasets, f"load_{name}")()
    order = stratified_order(table.target, seed=0)
    test, train = np.sort(order[: BUNDLED[name]]), np.sort(order[BUNDLED[name] :])
    mean, deviation = table.data[train].mean(axis=0), table.data[train].std(axis=0)
    values = (table.data - mean) / np.where(deviation > 0, deviation, 1.0)
    if components is not None:
        most = values.shape[1]
        if not isinstance(components, int) or not 1 <= components <= most:
            raise DataError(f"{name}: dataset.options.components: got {components!r}; expected 1 to {most}")
        values = values @ np.linalg.svd(values[train], full_matrices=False)[2][:components].T
    members = test if split == "test" else train
    chosen, labels = values[members], table.target[members].astype(np.int64)
    return Rows.of_vectors(f"{name}, {split}", lambda: chosen, labels, classes=tuple(map(str, table.target_names)))
