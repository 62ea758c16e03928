"""Arrays of NumPy: images, vectors, labels, logits and heads in .npz and .npy."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from tests.datasets.writers import pictures
from tests.hostile import asking
from tests.hostile.bombs import MIB, deflated_zeros, npy, npy_header, npz, zip_file
from tests.hostile.case import add, case

IMAGES = pictures(12, (6, 6))
LABELS = np.arange(12) % 2
VECTORS = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
WHOLE = {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES[:4] // 2 * 2, "y_test": LABELS[:4]}


class Runs:
    """Code that a pickle runs when it is opened."""

    def __reduce__(self):
        return os.system, ('touch "$PHISCOPE_CANARY"',)


def plain(value: Any) -> bytes:
    """The bytes of an array; bytes as they are."""
    return value if isinstance(value, bytes) else npy(np.asarray(value))


def changed(**arrays: Any):
    """The whole file with other arrays, or members as bytes."""

    def make(folder: Path) -> Path:
        members = WHOLE | arrays
        return npz(folder / "a.npz", {key: plain(value) for key, value in members.items()})

    return make


def of_vectors(**arrays: Any):
    return changed(**{"x_train": VECTORS, "x_test": VECTORS[:4]} | arrays)


def content(folder: Path) -> bytes:
    return changed()(folder).read_bytes()


def cut(share: float):
    def make(folder: Path) -> Path:
        whole = content(folder)
        (folder / "a.npz").write_bytes(whole[: int(len(whole) * share)] if share < 1 else whole[:-1])
        return folder / "a.npz"

    return make


def written(data: bytes, name: str = "a.npz"):
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return make


BOTH = {"npz": asking.data("npz"), "features": asking.data("features"), "head": asking.head}
for reader, ask in BOTH.items():
    for where, share in (("at the beginning", 0.01), ("in the middle", 0.5), ("by a byte", 1)):
        add(f"{reader} cut {where}", "cut off", cut(share), ask, "not a whole .npz file")
    add(f"empty file for {reader}", "empty", written(b""), ask, "empty")
    add(f"text for {reader}", "something else", written(b"1 2 3\n"), ask, "not a whole .npz file")
    add(f"page for {reader}", "something else", written(b"<html><body>404</body></html>"), ask, "page of the web")
    add(f"pickle for {reader}", "code", written(pickle.dumps(Runs())), ask, "a pickle")
    add(f"one array for {reader}", "something else", written(npy(VECTORS)), ask, "one array")
    add(
        f"tar for {reader}",
        "something else",
        written(b"a.npy" + bytes(252) + b"ustar" + bytes(255)),
        ask,
        "not a whole .npz file",
    )
    add(f"archive of nothing for {reader}", "empty", written(zip_file([])), ask, "nothing|no array|holds none")
    add(
        f"archive in an archive for {reader}",
        "archives",
        written(zip_file([("in.npz", zip_file([]), 22, 0)])),
        ask,
        "nothing|no array|in.npz",
    )

OBJECTS = npy(np.array([Runs()] * 12, dtype=object), allow_pickle=True)
HEADER = npy_header((12,), "|O")
add("labels of objects", "code", changed(y_train=OBJECTS), asking.data("npz"), "y_train.*Python objects")
add("images of objects", "code", changed(x_train=OBJECTS), asking.data("npz"), "x_train.*Python objects")
add("class names of objects", "code", changed(classes=OBJECTS), asking.data("npz"), "classes.*Python objects")
add(
    "labels of objects of vectors",
    "code",
    of_vectors(y_train=OBJECTS),
    asking.data("features"),
    "y_train.*Python objects",
)
add("vectors of objects", "code", of_vectors(x_train=OBJECTS), asking.data("features"), "x_train.*Python objects")
add(
    "structs with objects",
    "code",
    changed(y_train=npy(np.array([(1, Runs())] * 12, dtype=[("a", "i8"), ("b", "O")]), allow_pickle=True)),
    asking.data("npz"),
    "Python objects",
)

PETA = 2**50
add(
    "images that promise petabytes",
    "promises",
    changed(x_train=npy_header((PETA, 6, 6)) + bytes(99)),
    asking.data("npz"),
    "x_train.*promises",
)
add(
    "labels that promise petabytes",
    "promises",
    changed(y_train=npy_header((PETA,), "<i8") + bytes(96)),
    asking.data("npz"),
    "y_train.*promises",
)
add(
    "labels that promise more than an integer",
    "promises",
    changed(y_train=npy_header((2**40, 2**40), "<i8")),
    asking.data("npz"),
    "promises",
)
add(
    "a shape below zero",
    "promises",
    changed(y_train=npy_header((-12,), "<i8") + bytes(96)),
    asking.data("npz"),
    "header",
)
add(
    "100 GB of vectors",
    "promises",
    of_vectors(x_train=npy_header((10**10, 10), "|u1") + bytes(48)),
    asking.data("features"),
    "promises",
)
add(
    "head that promises petabytes",
    "promises",
    lambda f: npz(f / "h.npz", {"weight": npy_header((PETA, 4), "<f8")}),
    asking.head,
    "promises",
)
add(
    "header without an end",
    "promises",
    changed(y_train=b"\x93NUMPY\x02\x00\xff\xff\xff\x7f{" + b" " * 50),
    asking.data("npz"),
    "y_train.*header",
)
add(
    "header of a megabyte",
    "promises",
    changed(y_train=b"\x93NUMPY\x02\x00" + MIB.to_bytes(4, "little") + b"{'descr': " + b"(" * (MIB - 10)),
    asking.data("npz"),
    "y_train.*header",
)
add(
    "header that calls a function",
    "code",
    changed(
        y_train=b"\x93NUMPY\x01\x00\x76\x00"
        + b"__import__('os').system('touch \"$PHISCOPE_CANARY\"')".ljust(117)
        + b"\n"
    ),
    asking.data("npz"),
    "y_train.*header",
)
add(
    "more data than the header says",
    "damaged",
    changed(y_train=npy(LABELS) + bytes(800)),
    asking.data("npz"),
    "y_train.*promises",
)


def bomb(name: str, header: bytes, size: int):
    def make(folder: Path) -> Path:
        packed = deflated_zeros(size, header)
        members = [(f"{key}.npy", npy(value), len(npy(value)), 0) for key, value in WHOLE.items() if key != name]
        (folder / "a.npz").write_bytes(zip_file([*members, (f"{name}.npy", packed, size + len(header), 8)]))
        return folder / "a.npz"

    return make


GIB = 2**30
add(
    "zeros of 16 GiB",
    "bombs",
    bomb("x_train", npy_header((16 * GIB // 36, 6, 6)), 16 * GIB // MIB * MIB),
    asking.data("npz"),
    "unpacks to",
)
add(
    "labels of 16 GiB",
    "bombs",
    bomb("y_train", npy_header((2 * GIB,), "<i8"), 16 * GIB),
    asking.data("npz"),
    "unpacks to",
)
add(
    "vectors of 16 GiB",
    "bombs",
    bomb("x_train", npy_header((GIB, 4), "<f4"), 16 * GIB),
    asking.data("features"),
    "unpacks to",
)
add(
    "a member that nobody asks for of 16 GiB",
    "bombs",
    bomb("spare", npy_header((2 * GIB,), "<i8"), 16 * GIB),
    asking.data("npz"),
    "unpacks to",
)
add(
    "a size that is a lie",
    "bombs",
    lambda f: (
        (f / "a.npz").write_bytes(
            zip_file(
                [(f"{k}.npy", npy(v), len(npy(v)), 0) for k, v in WHOLE.items() if k != "y_train"]
                + [("y_train.npy", deflated_zeros(GIB, npy_header((12,), "<i8")), 12 * 8 + 128, 8)]
            )
        )
        and f / "a.npz"
    ),
    asking.data("npz"),
    "y_train.*(not whole|damaged|cut off)",
)


def named(names: list[str]):
    def make(folder: Path) -> Path:
        members = [(f"{key}.npy", npy(value), len(npy(value)), 0) for key, value in WHOLE.items()]
        (folder / "a.npz").write_bytes(
            zip_file([*members, *((name, npy(LABELS), len(npy(LABELS)), 0) for name in names)])
        )
        return folder / "a.npz"

    return make


add("a member twice", "archives", named(["y_train.npy"]), asking.data("npz"), "y_train.*twice")
add("a member with and without suffix", "archives", named(["y_train"]), asking.data("npz"), "y_train.*twice")
add("a member with a hostile name", "archives", named(["a\nb\x1b[2J\u202e.npy"]), asking.data("npz"), gives="train 12")
add(
    "a million members",
    "archives",
    named([f"n{k}.npy" for k in range(60_000)]),
    asking.data("npz"),
    "members, more than",
    long=True,
)
add(
    "a member that leads out",
    "archives",
    named(["../../etc/passwd.npy", "/etc/passwd.npy"]),
    asking.data("npz"),
    "leads out",
)

# Numbers that are none of images, labels and vectors.
add(
    "labels of 2^40",
    "labels",
    changed(y_train=LABELS * 2**40, y_test=LABELS[:4] * 2**40),
    asking.data("npz"),
    "labels skip 1, 2, .* and 1099511627765 more",
)
add("labels of 2^40 in one split", "labels", changed(y_train=LABELS * 2**40), asking.data("npz"), "only test has 1")
add(
    "labels of 2^40 without training",
    "labels",
    lambda f: changed(y_test=np.arange(4) * 2**40)(f),
    asking.data("npz", split="test"),
    "2\\^40|1099511627776|labels",
)
add(
    "first label of 2^62",
    "labels",
    changed(y_train=LABELS + 2**62),
    asking.data("npz"),
    "labels begin at|first_label|out of range",
)
add(
    "labels over 2^63",
    "labels",
    changed(y_train=LABELS.astype(np.uint64) + np.uint64(2**63)),
    asking.data("npz"),
    "9223372036854775808",
)
add(
    "labels as far as an integer goes",
    "labels",
    changed(y_train=np.where(LABELS, 2**63 - 1, 0)),
    asking.data("npz"),
    "9223372036854775807|labels skip",
)
add(
    "the lowest integer as label",
    "labels",
    changed(y_train=np.where(LABELS, -(2**63), 0)),
    asking.data("npz"),
    "-9223372036854775808",
)
add("negative labels", "labels", changed(y_train=LABELS - 5), asking.data("npz"), "label -5")
add("labels with fractions", "labels", changed(y_train=LABELS + 0.5), asking.data("npz"), "fractions")
add("labels of NaN", "labels", changed(y_train=np.where(LABELS, np.nan, 0)), asking.data("npz"), "nan|not finite")
add("labels of infinity", "labels", changed(y_train=np.where(LABELS, np.inf, 0)), asking.data("npz"), "inf|not finite")
add("labels of 1e300", "labels", changed(y_train=LABELS * 1e300), asking.data("npz"), "1e\\+300")
add("complex labels", "labels", changed(y_train=LABELS + 1j), asking.data("npz"), "complex")
add("labels as dates", "labels", changed(y_train=LABELS.astype("M8[D]")), asking.data("npz"), "datetime64")
add("labels as structs", "labels", changed(y_train=np.zeros(12, [("a", "i4")])), asking.data("npz"), "labels are")
add("labels in three dimensions", "labels", changed(y_train=LABELS[:, None, None]), asking.data("npz"), "shape")
add("one label", "labels", changed(y_train=np.int64(3)), asking.data("npz"), "labels")
add(
    "class names of fewer than labels",
    "labels",
    changed(classes=np.array(["a"])),
    asking.data("npz"),
    "out of range|one class",
)
add("class names twice", "labels", changed(classes=np.array(["a", "a"])), asking.data("npz"), "twice")
add(
    "class names as numbers of NaN",
    "labels",
    changed(classes=np.array([np.nan, 1.0])),
    asking.data("npz"),
    "classes.*names",
)
add(
    "labels of 2^40 of vectors",
    "labels",
    of_vectors(y_train=LABELS * 2**40, y_test=LABELS[:4] * 2**40),
    asking.data("features"),
    "labels skip",
)
add(
    "labels of NaN of vectors",
    "labels",
    of_vectors(y_train=np.where(LABELS, np.nan, 0)),
    asking.data("features"),
    "nan|not finite",
)
add(
    "labels with fractions of vectors", "labels", of_vectors(y_train=LABELS + 0.5), asking.data("features"), "fractions"
)

NAN = np.where(np.arange(432).reshape(12, 6, 6) == 7, np.nan, 0.5)
add("NaN in pixels", "numbers", changed(x_train=NAN), asking.data("npz"), "not finite")
add(
    "infinity in pixels",
    "numbers",
    changed(x_train=np.where(np.isnan(NAN), np.inf, NAN)),
    asking.data("npz"),
    "not finite",
)
add(
    "NaN in pixels with a range",
    "numbers",
    changed(x_train=NAN, x_test=NAN[:4]),
    asking.data("npz", range=1),
    "not finite",
)
add("complex pixels", "numbers", changed(x_train=IMAGES + 1j), asking.data("npz"), "complex")
add("texts for pixels", "numbers", changed(x_train=IMAGES.astype("U3")), asking.data("npz"), "images are")
add("dates for pixels", "numbers", changed(x_train=IMAGES.astype("M8[D]")), asking.data("npz"), "images are")
add(
    "floats of 128 bits that overflow",
    "numbers",
    changed(x_train=np.full((12, 6, 6), np.longdouble("1e4000"))),
    asking.data("npz", range=1),
    "range",
)
add(
    "NaN in vectors",
    "numbers",
    of_vectors(x_train=np.where(VECTORS > 1, np.nan, VECTORS)),
    asking.data("features"),
    "finite",
)
add(
    "vectors too large for float32",
    "numbers",
    of_vectors(x_train=VECTORS.astype(float) * 1e300),
    asking.data("features"),
    "finite",
)
add(
    "NaN in test vectors",
    "numbers",
    changed(x_train=VECTORS, x_test=VECTORS[:4] * np.nan),
    asking.data("features"),
    "finite",
)
add("NaN in logits", "numbers", of_vectors(train_logits=np.full((12, 2), np.nan)), asking.data("features"), "finite")
add(
    "logits of another number",
    "numbers",
    of_vectors(train_logits=np.zeros((3, 2))),
    asking.data("features"),
    "logits have shape",
)
add("complex vectors", "numbers", of_vectors(x_train=VECTORS + 1j), asking.data("features"), "complex")
add(
    "texts for vectors",
    "numbers",
    of_vectors(x_train=VECTORS.astype("U4")),
    asking.data("features"),
    "expected numbers",
)
add("texts for logits", "numbers", of_vectors(train_logits=np.full((12, 2), "a")), asking.data("features"), "logits")
add("no images", "empty", changed(x_train=IMAGES[:0], y_train=LABELS[:0]), asking.data("npz"), "holds no images")
add("images of no pixels", "empty", changed(x_train=IMAGES[:, :0]), asking.data("npz"), "1x0x6")
add("no vectors", "empty", of_vectors(), asking.data("features"), gives="train 12")


def head_of(**arrays: Any):
    def make(folder: Path) -> Path:
        return npz(folder / "h.npz", {key: plain(value) for key, value in arrays.items()})

    return make


W, B = np.arange(12.0).reshape(3, 4), np.zeros(3)
add("a whole head", "numbers", head_of(weight=W, bias=B), asking.head, gives="head \\(4, 3\\)")
add("NaN in a head", "numbers", head_of(weight=W * np.nan, bias=B), asking.head, "finite")
add("infinity in a bias", "numbers", head_of(weight=W, bias=B + np.inf), asking.head, "finite")
add("complex head", "numbers", head_of(weight=W + 1j, bias=B), asking.head, "complex")
add("texts for a head", "numbers", head_of(weight=W.astype("U4"), bias=B), asking.head, "numbers")
add("head of objects", "code", head_of(weight=OBJECTS, bias=B), asking.head, "Python objects")
add("head of another size", "numbers", head_of(weight=W[:, :3], bias=B), asking.head, "expected")
add("head of one number", "numbers", head_of(weight=np.float64(1), bias=B), asking.head, "expected")
add("a bias in two dimensions", "numbers", head_of(weight=W, bias=B[None]), asking.head, "bias|expected")


# Single arrays of a folder, which are mapped into memory.


def mapped(**files: Any):
    def make(folder: Path) -> Path:
        arrays = {"train": VECTORS, "train_labels": LABELS, "test": VECTORS[:4], "test_labels": LABELS[:4]} | files
        for name, value in arrays.items():
            (folder / f"{name}.npy").write_bytes(plain(value))
        return folder

    return make


FEATURES = asking.data("features")
add("whole .npy files", "numbers", mapped(), FEATURES, gives="train 12")
add(
    "npy that promises petabytes",
    "promises",
    mapped(train=npy_header((PETA, 4), "<f4") + bytes(64)),
    FEATURES,
    "train.npy.*promises",
)
add(
    "npy labels that promise petabytes",
    "promises",
    mapped(train_labels=npy_header((PETA,), "<i8") + bytes(96)),
    FEATURES,
    "train_labels.npy.*promises",
)
add("npy of objects", "code", mapped(train_labels=OBJECTS), FEATURES, "train_labels.npy.*Python objects")
add("npy that is a pickle", "code", mapped(train=pickle.dumps(Runs())), FEATURES, "train.npy.*pickle")
add("npy that is an archive", "something else", mapped(train=zip_file([])), FEATURES, "train.npy.*not a whole .npy")
add("npy cut in its header", "cut off", mapped(train=npy(VECTORS)[:40]), FEATURES, "train.npy.*header")
add("npy cut by a byte", "cut off", mapped(train=npy(VECTORS)[:-1]), FEATURES, "train.npy.*promises")
add("empty npy", "empty", mapped(train=b""), FEATURES, "train.npy.*empty")
add("page for npy", "something else", mapped(train=b"<html></html>"), FEATURES, "page of the web")
add("npy of no vectors", "empty", mapped(train=VECTORS[:0], train_labels=LABELS[:0]), FEATURES, "shape")


@case("npz in a folder by split", "code", asking.data("npz"), "train.npz.*Python objects")
def npz_by_split(folder: Path) -> Path:
    npz(folder / "train.npz", {"images": npy(IMAGES), "labels": OBJECTS})
    npz(folder / "test.npz", {"images": npy(IMAGES[:4]), "labels": npy(LABELS[:4])})
    return folder
