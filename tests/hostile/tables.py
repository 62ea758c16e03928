"""Tables: CSV of file names, Parquet of images and of vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.datasets.writers import encoded, pictures
from tests.hostile import asking
from tests.hostile.case import add, case

IMAGES = [encoded(each) for each in pictures(8, (6, 6))]
KIND = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def table(text: str | bytes):
    def make(folder: Path) -> Path:
        for k, image in enumerate(IMAGES):
            (folder / f"{k}.png").write_bytes(image)
        (folder / "a.csv").write_bytes(text.encode() if isinstance(text, str) else text)
        return folder / "a.csv"

    return make


HEAD = "file,label,split\n"
ROWS = "".join(f"{k}.png,{'ab'[k % 2]},{'train' if k < 4 else 'test'}\n" for k in range(8))
CSV = asking.data("csv")
add("whole table", "tables", table(HEAD + ROWS), CSV, gives="train 4")
add("empty table", "empty", table(""), CSV, "empty")
add("table of blank lines", "empty", table("\n\n \n"), CSV, "column|empty")
add("table of names alone", "empty", table(HEAD), CSV, "no row|split|empty")
add("page for a table", "something else", table("<!doctype html>\n<p>file,label"), CSV, "page of the web")
add("binary for a table", "something else", table(bytes(range(256)) * 4), CSV, "not a table as text|NUL")
add("rows of different lengths", "tables", table(HEAD + ROWS + "0.png,a\n"), CSV, "row 8 has 2 cells")
add("NUL in a table", "tables", table(HEAD + ROWS + "0.png,a\0b,train\n"), CSV, "NUL")
add("table in UTF-16", "tables", table((HEAD + ROWS).encode("utf-16")), CSV, "UTF-8")
add("table in Latin-1", "tables", table((HEAD + ROWS + "0.png,caf\xe9,train\n").encode("latin-1")), CSV, "UTF-8")
add("quotes never closed", "tables", table(HEAD + ROWS + '0.png,"a,train\n'), CSV, "quot")
add("quotes never closed in the last cell", "tables", table(HEAD + ROWS + '0.png,a,"train'), CSV, "quot")
add(
    "quotes never closed before a megabyte",
    "tables",
    table(HEAD + '0.png,"a' + "x" * 2**20 + "\n" + ROWS),
    CSV,
    "quot|characters",
)
add("a cell of a megabyte", "tables", table(HEAD + ROWS + f"0.png,{'x' * 2**20},train\n"), CSV, "characters")
add(
    "a million columns",
    "tables",
    table(",".join(f"c{k}" for k in range(10**6)) + "\n"),
    CSV,
    "1,000,000 columns|columns, more than",
)
add(
    "a million columns and rows",
    "tables",
    table("," * 10**6 + "\n" + ("," * 10**5 + "\n") * 20),
    CSV,
    "columns, more than",
)
add("columns twice", "tables", table("file,label,split,note,note\n" + ROWS.replace("\n", ",1,2\n")), CSV, "note.*twice")
add(
    "labels with fractions in a table",
    "labels",
    table(HEAD + "".join(f"{k}.png,{k % 2 + 0.5},{'train' if k < 4 else 'test'}\n" for k in range(8))),
    CSV,
    "fractions",
)
add(
    "labels of 2^40 in a table",
    "labels",
    table(HEAD + "".join(f"{k}.png,{k % 2 * 2**40},{'train' if k < 4 else 'test'}\n" for k in range(8))),
    CSV,
    "labels skip",
)
add(
    "labels of 30 digits",
    "labels",
    table(HEAD + "".join(f"{k}.png,{k % 2}{'0' * 30},{'train' if k < 4 else 'test'}\n" for k in range(8))),
    CSV,
    gives="classes .'0000",
)
add(
    "negative labels in a table",
    "labels",
    table(HEAD + ROWS.replace(",a,", ",-7,").replace(",b,", ",0,")),
    CSV,
    "label -7",
)
add("files that are not there", "tables", table(HEAD + "zz.png,a,train\n" + ROWS), CSV, "zz.png, which is not there")
add("files far away", "tables", table(HEAD + "../../../../../etc/passwd,a,train\n" + ROWS), CSV, "passwd")
add("NUL in a file name", "tables", table(HEAD + "a\0.png,a,train\n" + ROWS), CSV, "NUL")
add("a very long file name", "tables", table(HEAD + "n" * 5000 + ".png,a,train\n" + ROWS), CSV, "not there|too long")
add("a bomb of commas", "bombs", table(HEAD + ROWS + "," * 2**22), CSV, "cells")
add(
    "a label of a hundred thousand characters",
    "bombs",
    table(HEAD + ROWS + f"0.png,{'x' * 10**5},train\n"),
    CSV,
    "100,000 characters",
)
add("table of 300 MB", "bombs", lambda f: sparse(f / "a.csv", HEAD.encode(), 300 * 2**20), CSV, "more than")


def sparse(path: Path, head: bytes, size: int) -> Path:
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)
    return path


# Parquet.


def parquet(images: pa.Array | None = None, labels: Any = None, **more: Any):
    def make(folder: Path) -> Path:
        for split, rows in (("train", slice(0, 8)), ("test", slice(0, 3))):
            shown = pa.array([{"bytes": each, "path": None} for each in IMAGES], KIND) if images is None else images
            named = pa.array([k % 2 for k in range(8)]) if labels is None else labels
            columns = {"image": shown, "label": named} | more
            whole = pa.table({key: value for key, value in columns.items() if value is not False})
            pq.write_table(whole.slice(rows.start, rows.stop), folder / f"{split}.parquet")
        return folder

    return make


def damaged(change):
    def make(folder: Path) -> Path:
        parquet()(folder)
        file = folder / "train.parquet"
        file.write_bytes(change(file.read_bytes()))
        return folder

    return make


PARQUET = asking.data("parquet")
BROKEN = "train.parquet: not a whole Parquet file"
add("whole Parquet", "tables", parquet(), PARQUET, gives="train 8")
add("Parquet cut at the beginning", "cut off", damaged(lambda data: data[:6]), PARQUET, BROKEN)
add("Parquet cut in the middle", "cut off", damaged(lambda data: data[: len(data) // 2]), PARQUET, BROKEN)
add("Parquet without its last byte", "cut off", damaged(lambda data: data[:-1]), PARQUET, BROKEN)
add("Parquet without its first bytes", "cut off", damaged(lambda data: data[50:]), PARQUET, BROKEN)
add("empty Parquet", "empty", damaged(lambda data: b""), PARQUET, "train.parquet.*empty")
add("text for Parquet", "something else", damaged(lambda data: b"PAR1 is what this begins with"), PARQUET, BROKEN)
add("page for Parquet", "something else", damaged(lambda data: b"<html>gone</html>"), PARQUET, "page of the web")
add(
    "a footer of four gigabytes",
    "promises",
    damaged(lambda data: data[:-8] + b"\xff\xff\xff\xff" + b"PAR1"),
    PARQUET,
    BROKEN,
)
add(
    "a footer of half the file",
    "promises",
    damaged(lambda data: data[:-8] + (len(data) // 2).to_bytes(4, "little") + b"PAR1"),
    PARQUET,
    BROKEN,
)
add(
    "a footer of noise",
    "damaged",
    damaged(lambda data: data[:-300] + bytes(k * 37 % 251 for k in range(292)) + data[-8:]),
    PARQUET,
    BROKEN,
)
add(
    "pages of noise",
    "damaged",
    damaged(lambda data: data[:60] + b"\xa5" * 300 + data[360:]),
    PARQUET,
    "Parquet|not an image",
)
add(
    "pages of ones",
    "promises",
    damaged(lambda data: data[:4] + b"\xff" * 40 + data[44:]),
    PARQUET,
    "Parquet|not an image",
)
add("no rows", "empty", lambda f: rowless(f), PARQUET, "holds no images")
add("images all null", "empty", parquet(pa.nulls(8, KIND)), PARQUET, "no image bytes")
add("bytes all null", "empty", parquet(pa.array([{"bytes": None, "path": "a"}] * 8, KIND)), PARQUET, "no image bytes")
add("labels all null", "empty", parquet(labels=pa.nulls(8, pa.int64())), PARQUET, "label")
add("labels of the type null", "empty", parquet(labels=pa.nulls(8)), PARQUET, "label")
add("labels with fractions in Parquet", "labels", parquet(labels=pa.array([0.5, 1.5] * 4)), PARQUET, "fractions")
add("labels of 2^40 in Parquet", "labels", parquet(labels=pa.array([0, 2**40] * 4)), PARQUET, "labels skip")
add(
    "labels over 2^63 in Parquet",
    "labels",
    parquet(labels=pa.array([0, 2**63] * 4, pa.uint64())),
    PARQUET,
    "9223372036854775808",
)
add("labels of NaN in Parquet", "labels", parquet(labels=pa.array([0.0, float("nan")] * 4)), PARQUET, "nan|not finite")
add("negative labels in Parquet", "labels", parquet(labels=pa.array([0, -9] * 4)), PARQUET, "label -9")
add("lists for labels", "tables", parquet(labels=pa.array([[0], [1]] * 4)), PARQUET, "label")
add("structs for labels", "tables", parquet(labels=pa.array([{"a": 1}, {"a": 0}] * 4)), PARQUET, "label")
add("dates for labels", "tables", parquet(labels=pa.array([0, 1] * 4, pa.timestamp("s"))), PARQUET, "label")
add("binary for labels", "tables", parquet(labels=pa.array([b"a", b"b"] * 4)), PARQUET, "label")
add("decimals for labels", "tables", parquet(labels=pa.array([0, 1] * 4).cast(pa.decimal128(20, 0))), PARQUET, "label")
add("texts for images", "tables", parquet(pa.array(["a"] * 8)), PARQUET, "expected a struct")
add("binary for images", "tables", parquet(pa.array(IMAGES)), PARQUET, "expected a struct")
add("lists of numbers for bytes", "tables", parquet(pa.array([{"bytes": [1, 2, 3]}] * 8)), PARQUET, "bytes")
add("structs for bytes", "tables", parquet(pa.array([{"bytes": {"bytes": b"a"}}] * 8)), PARQUET, "bytes")
add("texts for bytes", "tables", parquet(pa.array([{"bytes": "a"}] * 8)), PARQUET, "bytes")
add(
    "numbers for paths",
    "tables",
    parquet(pa.array([{"bytes": each, "path": 7} for each in IMAGES])),
    PARQUET,
    gives="train 8",
)
add("no images in the table", "tables", parquet(False), PARQUET, "has the columns label")
add(
    "nested columns beside the images",
    "tables",
    parquet(more=pa.array([{"a": [{"b": 1}]}] * 8)),
    PARQUET,
    gives="train 8",
)
add("shards of different types", "tables", lambda f: shards(f), PARQUET, "train-")
add("a column twice", "tables", lambda f: column_twice(f), PARQUET, "twice")
add(
    "class names that are none",
    "tables",
    lambda f: named(f, b'{"info": {"features": {"label": {"names": {"a": 1}}}}}'),
    PARQUET,
    gives="train 8",
)
add("metadata that is no text", "tables", lambda f: named(f, b"\xff\xfe{"), PARQUET, gives="train 8")
add("metadata nested too deep", "tables", lambda f: named(f, b"[" * 100_000), PARQUET, gives="train 8")
add("a long label in every row", "bombs", lambda f: repeated(f, label="n" * 2**20), PARQUET, "unpacks to|characters")
add("a long text beside every image", "bombs", lambda f: repeated(f, note="n" * 2**20), PARQUET, "unpacks to")
add("a hundred million rows of nothing", "bombs", lambda f: many_rows(f), PARQUET, "rows, more than", long=True)


def repeated(folder: Path, rows: int = 2**11, label: str = "", note: str = "b") -> Path:
    """The same values in so many rows, which a file of Parquet keeps once."""

    def every(values: pa.Array) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), values)

    images = pa.array([{"bytes": IMAGES[k % 8], "path": None} for k in range(rows)], KIND)
    labels = every(pa.array([label])) if label else pa.array(np.arange(rows) % 2)
    columns = {"image": images, "label": labels, "note": every(pa.array([note]))}
    for split in ("train", "test"):
        pq.write_table(pa.table(columns), folder / f"{split}.parquet")
    return folder


def rowless(folder: Path) -> Path:
    for split in ("train", "test"):
        pq.write_table(
            pa.table({"image": pa.array([], KIND), "label": pa.array([], pa.int64())}), folder / f"{split}.parquet"
        )
    return folder


def shards(folder: Path) -> Path:
    images = pa.array([{"bytes": each, "path": None} for each in IMAGES], KIND)
    for k, kind in enumerate((pa.int64(), pa.string())):
        labels = pa.array([0, 1] * 4).cast(kind)
        pq.write_table(pa.table({"image": images, "label": labels}), folder / f"train-{k:05d}-of-00002.parquet")
    pq.write_table(pa.table({"image": images, "label": pa.array([0, 1] * 4)}), folder / "test.parquet")
    return folder


def column_twice(folder: Path) -> Path:
    images = pa.array([{"bytes": each, "path": None} for each in IMAGES], KIND)
    for split in ("train", "test"):
        columns = [images, pa.array([0, 1] * 4), pa.array([1, 0] * 4)]
        pq.write_table(pa.Table.from_arrays(columns, ["image", "label", "label"]), folder / f"{split}.parquet")
    return folder


def named(folder: Path, metadata: bytes) -> Path:
    parquet()(folder)
    for file in folder.glob("*.parquet"):
        pq.write_table(pq.read_table(file).replace_schema_metadata({b"huggingface": metadata}), file)
    return folder


def many_rows(folder: Path) -> Path:
    rows = pa.table({"image": pa.nulls(10**7, KIND), "label": pa.nulls(10**7, pa.int8())})
    for split in ("train", "test"):
        with pq.ParquetWriter(folder / f"{split}.parquet", rows.schema) as writer:
            for _ in range(10):
                writer.write_table(rows)
    return folder


# Vectors in Parquet.
RANDOM = np.random.default_rng(0)


def vectors(features: Any = None, labels: Any = None, **more: Any):
    def make(folder: Path) -> Path:
        lists = pa.array(list(RANDOM.normal(size=(8, 4)).astype(np.float32))) if features is None else features
        named = pa.array([0, 1] * 4) if labels is None else labels
        for split in ("train", "test"):
            pq.write_table(pa.table({"features": lists, "label": named} | more), folder / f"{split}.parquet")
        return folder

    return make


FEATURES = asking.data("features")
NAN = float("nan")
add("whole vectors in Parquet", "tables", vectors(), FEATURES, gives="train 8")
add("vectors of different lengths", "tables", vectors(pa.array([[1.0], [1.0, 2.0]] * 4)), FEATURES, "one length")
add("null vectors", "tables", vectors(pa.array([None, [1.0, 2.0]] * 4)), FEATURES, "features")
add("nulls in vectors", "numbers", vectors(pa.array([[None, 1.0], [1.0, 2.0]] * 4)), FEATURES, "finite|null")
add("NaN in vectors of Parquet", "numbers", vectors(pa.array([[NAN, 1.0], [1.0, 2.0]] * 4)), FEATURES, "finite")
add("lists of lists", "tables", vectors(pa.array([[[1.0]], [[2.0]]] * 4)), FEATURES, "features")
add("lists of texts", "tables", vectors(pa.array([["a"], ["b"]] * 4)), FEATURES, "features")
add("empty lists", "tables", vectors(pa.array([[], []] * 4, pa.list_(pa.float32()))), FEATURES, "features")
add("structs for vectors", "tables", vectors(pa.array([{"a": 1.0}] * 8)), FEATURES, "features")
add(
    "labels of 2^40 with vectors in Parquet",
    "labels",
    vectors(labels=pa.array([0, 2**40] * 4)),
    FEATURES,
    "labels skip",
)
add("labels with fractions with vectors", "labels", vectors(labels=pa.array([0.5, 1.5] * 4)), FEATURES, "fractions")
add("lists for labels of vectors", "tables", vectors(labels=pa.array([[0], [1]] * 4)), FEATURES, "label")
add("structs for labels of vectors", "tables", vectors(labels=pa.array([{"a": 0}, {"a": 1}] * 4)), FEATURES, "label")
add("dates for labels of vectors", "tables", vectors(labels=pa.array([0, 1] * 4, pa.timestamp("s"))), FEATURES, "label")
add(
    "logits of another length",
    "numbers",
    vectors(logits=pa.array([[1.0, 2.0, 3.0]] * 8)),
    FEATURES,
    "logits have shape",
)
add("NaN in logits of Parquet", "numbers", vectors(logits=pa.array([[NAN, 2.0]] * 8)), FEATURES, "finite")


@case("a hundred million rows of vectors", "bombs", FEATURES, "rows, more than", long=True)
def many_vectors(folder: Path) -> Path:
    rows = pa.table({"features": pa.nulls(10**7, pa.list_(pa.float32())), "label": pa.nulls(10**7, pa.int8())})
    for split in ("train", "test"):
        with pq.ParquetWriter(folder / f"{split}.parquet", rows.schema) as writer:
            for _ in range(10):
                writer.write_table(rows)
    return folder


@case("vectors of zeros that are kept once", "bombs", FEATURES, "unpacks to", long=True)
def zero_vectors(folder: Path) -> Path:
    length, rows = 2**15, 2**7
    zeros = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(length * rows, np.float32)), length)
    part = pa.table({"features": zeros, "label": pa.array(np.arange(rows) % 2)})
    for split in ("train", "test"):
        with pq.ParquetWriter(folder / f"{split}.parquet", part.schema) as writer:
            for _ in range(70):
                writer.write_table(part)
    return folder


@case("vectors cut in the middle", "cut off", FEATURES, "Parquet")
def vectors_cut(folder: Path) -> Path:
    vectors()(folder)
    file = folder / "train.parquet"
    file.write_bytes(file.read_bytes()[:200])
    return folder


@case("a page for vectors", "something else", FEATURES, "page of the web")
def vectors_page(folder: Path) -> Path:
    vectors()(folder)
    (folder / "train.parquet").write_bytes(b"<!DOCTYPE html>")
    return folder
