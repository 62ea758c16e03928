"""Vectors instead of images: features of .npy, .npz or Parquet files, with labels and, where there are any, logits."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.order import stratified_order
from phiscope.datasets.rows import Rows
from phiscope.datasets.splits import WHOLE
from phiscope.datasets.visible import entries
from phiscope.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

NAME = "features"
# Tables that come inside scikit-learn, and the number of the test vectors that are held out of each.
BUNDLED = {"digits": 500, "wine": 50, "breast_cancer": 150}

_KINDS = {
    "vectors": ("features", "vectors", "embeddings", "x", "data"),
    "labels": ("labels", "label", "y", "targets"),
    "logits": ("logits",),
}
_NAMES = ("classes", "class_names", "label_names")
_LABELS = ("label", "labels", "target", "y")
_NO_DIMENSION = ("sample", "index", "id")  # numbers of samples, in tables with one column a dimension
_NO_FEATURES = ("split", "fold", "partition", "subset", "target", "y", "class")  # names of columns that are none
_UNLABELLED = "vectors without labels can be test vectors, or a data set of datasets that a view starts from"

Load = Callable[[], NDArray]


def splits(path: Path, **_: Any) -> list[str]:
    """The splits that the arrays name, or the files of a folder; `splits.WHOLE` for vectors in none."""
    if is_bundled(path):
        return ["train", "test"]
    if path.is_file():
        return [WHOLE] if _is_parquet(path) else _splits_of(_arrays(path))
    found = [re.sub(r"-\d+(-of-\d+)?$", "", file.stem) for file in entries(path) if _is_parquet(file)]
    found += [file.stem for file in entries(path) if file.suffix == ".npz"]
    return list(dict.fromkeys([*found, *_splits_of(_arrays(path))]))


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
    files = [path] if path.is_file() else _parquet_of(path, split)
    if files and _is_parquet(files[0]):
        return _of_parquet(files, features, label, logits)
    if given := [f"{key}: {value!r}" for key, value in (("features", features), ("label", label)) if value is not None]:
        raise DataError(f"{path}: dataset.options {', '.join(given)}: names a column of Parquet; leave it out")
    alone = path / f"{split}.npz"
    if path.is_dir() and alone.is_file():
        return _of_arrays(alone, _arrays(alone), split, named_by_file=True)
    return _of_arrays(path, _arrays(path), split, named_by_file=False)


def is_bundled(path: Path) -> bool:
    return str(path) in BUNDLED and not path.exists()


def _is_parquet(file: Path) -> bool:
    return file.suffix == ".parquet"


# Arrays of numpy: of one .npz file, or of the .npy files of a folder.


def _arrays(path: Path) -> dict[str, Load]:
    """Name -> a function that opens the array."""
    if path.is_dir():
        files = [file for file in entries(path) if file.suffix == ".npy"]
        return {file.stem: _opener(file) for file in files}
    if path.suffix == ".npy":
        raise DataError(f"{path}: is one array; expected a folder with train.npy, train_labels.npy, test.npy and so on")
    try:
        with np.load(path, allow_pickle=False) as content:
            return {key: _member(path, key) for key in content.files}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise DataError(f"{path}: not a whole .npz file of plain arrays ({error})") from error


def _opener(file: Path) -> Load:
    def load() -> NDArray:
        try:
            return np.load(file, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise DataError(f"{file}: not a whole .npy file of a plain array ({error})") from error

    return cache(load)


def _member(file: Path, key: str) -> Load:
    def load() -> NDArray:
        try:
            with np.load(file, allow_pickle=False) as content:
                return content[key]
        except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
            raise DataError(f"{file}: {key} is no whole plain array ({error})") from error

    return cache(load)


def _parsed(key: str) -> tuple[str, str] | None:
    """(kind, split) of an array's name: x_train, train_labels, logits; a plain name is that of a split's vectors."""
    for kind, words in _KINDS.items():
        any_of = "|".join(words)
        match = re.fullmatch(rf"(?:(?P<before>.+)_)?(?:{any_of})(?:_(?P<after>.+))?", key, re.IGNORECASE)
        if match and not (match["before"] and match["after"]):
            return kind, match["before"] or match["after"] or WHOLE
    return None if key.lower() in _NAMES else ("vectors", key)


def _splits_of(arrays: Mapping[str, Load]) -> list[str]:
    parsed = [found for key in arrays if (found := _parsed(key))]
    return list(dict.fromkeys(split for kind, split in parsed if kind == "vectors"))


def _of_arrays(path: Path, arrays: Mapping[str, Load], split: str, *, named_by_file: bool) -> Rows:
    found: dict[str, str] = {}
    for kind in _KINDS:
        for wanted in (split, WHOLE) if named_by_file else (split,):
            keys = [key for key in arrays if _parsed(key) == (kind, wanted)]
            if len(keys) > 1:
                raise DataError(f"{path}: {' and '.join(keys)} could both be {kind} of {split}; keep one")
            if keys and kind not in found:
                found[kind] = keys[0]
    if "vectors" not in found:
        held = ", ".join(arrays) or "no array"
        files = "" if path.is_file() else f", {split}.npy or {split}.parquet"
        raise DataError(
            f"{path}: holds {held}; expected the vectors of {split} as x_{split} or {split}_features{files}, and their "
            f"labels as y_{split} or {split}_labels"
        )
    where = f"{path}: {found['vectors']}"
    names = next((key for key in arrays if key.lower() in _NAMES), None)
    classes = None if names is None else tuple(map(str, arrays[names]().reshape(-1).tolist()))
    labels = arrays[found["labels"]]() if "labels" in found else None
    logits = arrays[found["logits"]] if "logits" in found else None
    missing = f"{path}: holds {', '.join(arrays)}; expected labels of {split} as y_{split} or {split}_labels"
    return _rows(where, arrays[found["vectors"]], labels, missing, logits, classes)


def _rows(
    where: str,
    vectors: Load,
    labels: NDArray | None,
    missing: str,
    logits: Load | None,
    classes: tuple[str, ...] | None = None,
) -> Rows:
    """Vectors (n, f) as images (n, f, 1, 1); labels None: no vector has one, and `missing` says what was expected."""
    shape = vectors().shape
    if len(shape) != 2 or 0 in shape:
        raise DataError(f"{where}: has shape {shape}; expected (samples, features), none of them 0")
    if labels is not None and (labels.ndim == 0 or len(labels) != shape[0]):
        raise DataError(
            f"{where}: holds {shape[0]} vectors but {len(labels) if labels.ndim else 0} labels; expected as many"
        )
    unlabelled = None if labels is not None else (np.ones(shape[0], np.bool_), DataError(f"{missing} ({_UNLABELLED})"))
    return Rows(
        where,
        np.full(shape[0], -1) if labels is None else np.asarray(labels),
        lambda: vectors()[:, :, None, None],
        classes,
        unlabelled=unlabelled,
        are_vectors=True,
        logits=logits,
    )


# Parquet.


def _parquet_of(folder: Path, split: str) -> list[Path]:
    return [
        file
        for file in entries(folder)
        if _is_parquet(file) and re.fullmatch(rf"{re.escape(split)}(-\d+(-of-\d+)?)?", file.stem)
    ]


def _of_parquet(
    files: Sequence[Path], features: str | Sequence[str] | None, label: str | None, logits: str | None
) -> Rows:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pa.concat_tables([pq.read_table(file) for file in files]).combine_chunks()
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{files[0]}: cannot be read as Parquet ({str(error).splitlines()[0]})") from error
    file, names = files[0], table.column_names
    for name in [*([features] if isinstance(features, str) else features or []), label, logits]:
        if name is not None and name not in names:
            raise DataError(f"{file}: has no column {name!r}; expected one of {', '.join(names)}")
    label = label or next((name for name in _LABELS if name in names), None)
    lists = [name for name in names if _is_list(table.schema.field(name).type)]
    logits = logits or ("logits" if "logits" in lists else None)
    if features is None:
        features = next((name for name in lists if name.lower() in _KINDS["vectors"]), None)
    if features is None:
        index = {
            name for name in (table.schema.pandas_metadata or {}).get("index_columns", []) if isinstance(name, str)
        }
        reserved = {
            label,
            logits,
            *_NO_DIMENSION,
            *index,
            *(name for name in names if name.startswith("__index_level_")),
        }
        features = [name for name in names if name not in reserved and _is_number(table.schema.field(name).type)]
        if doubtful := [name for name in features if name.lower() in (*_LABELS, *_NO_FEATURES)]:
            raise DataError(
                f"{file}: column {doubtful[0]!r} may be a label or a split; expected columns of features alone: list "
                "them in dataset.options.features, and name the labels with dataset.options.label"
            )
    if not features:
        raise DataError(
            f"{file}: holds {', '.join(names)}; expected a column `features` of lists, or a column of numbers a "
            "dimension; name it with dataset.options.features"
        )
    where = f"{file}: {features if isinstance(features, str) else f'{len(features)} columns'}"
    vectors = _list_column(table, features, file) if isinstance(features, str) else _columns(table, features, file)
    scores = None if logits is None else _list_column(table, logits, file)
    labels, nulls = None, np.zeros(len(table), np.bool_)
    if label is not None:
        column = table[label]
        nulls = column.is_null().to_numpy().astype(np.bool_)
        filled = column.fill_null("" if _is_text(column.type) else -1) if nulls.any() else column
        labels = None if nulls.all() else filled.to_numpy()
    missing = f"{file}: holds {', '.join(names)}; expected a column of labels; name it with dataset.options.label"
    rows = _rows(where, lambda: vectors, labels, missing, None if scores is None else lambda: scores)
    further = {name: table[name] for name in _NO_DIMENSION if name in names}
    some = (nulls, DataError(missing)) if nulls.any() and not nulls.all() else rows.unlabelled
    return replace(rows, columns=lambda: further, unlabelled=some)


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _is_list(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return pa.types.is_fixed_size_list(kind) or pa.types.is_list(kind) or pa.types.is_large_list(kind)


def _is_number(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return pa.types.is_floating(kind) or pa.types.is_integer(kind)


def _list_column(table: pa.Table, name: str, file: Path) -> NDArray:
    """(n, f) of a column of lists, all of one length."""
    import pyarrow.compute as pc

    column = table[name].combine_chunks()
    if not _is_list(column.type) or not _is_number(column.type.value_type):
        raise DataError(f"{file}: column {name!r} is {column.type}; expected lists of numbers, all of one length")
    lengths = pc.unique(pc.list_value_length(column)).to_pylist()
    if len(lengths) != 1 or not lengths[0]:
        found = ", ".join(map(str, lengths))
        raise DataError(f"{file}: column {name!r} has lists of {found} numbers; expected one length for all")
    return column.flatten().to_numpy(zero_copy_only=False).reshape(-1, lengths[0])


def _columns(table: pa.Table, names: Sequence[str], file: Path) -> NDArray:
    for name in names:
        if not _is_number(table.schema.field(name).type):
            raise DataError(f"{file}: column {name!r} is {table.schema.field(name).type}; expected numbers")
    return np.stack([table[name].to_numpy() for name in names], axis=1)


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
    return _rows(f"{name}, {split}", lambda: chosen, labels, "", None, tuple(map(str, table.target_names)))
