"""IDX files and CIFAR batches, in folders and archives; readers of the user's own."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import struct
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

from tests.hostile import asking
from tests.hostile.arrays import Runs
from tests.hostile.bombs import gzip_zeros
from tests.hostile.case import add, case
from tests.hostile.places import split_folder

PIXELS = np.random.default_rng(0).integers(0, 256, (4, 6, 6), dtype=np.uint8)


def idx(array: np.ndarray, *, kind: int = 8, shape: tuple[int, ...] | None = None) -> bytes:
    shape = array.shape if shape is None else shape
    return bytes([0, 0, kind, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + array.tobytes()


IMAGES, LABELS = idx(PIXELS), idx(np.array([0, 1, 0, 1], np.uint8))


def mnist(images: bytes = IMAGES, labels: bytes = LABELS, suffix: str = ""):
    def make(folder: Path) -> Path:
        packed = gzip.compress if suffix else bytes
        for start, (image, label) in {"train": (images, labels), "t10k": (IMAGES, LABELS)}.items():
            for name, content in (("images-idx3-ubyte", image), ("labels-idx1-ubyte", label)):
                is_packed = content[:2] == b"\x1f\x8b"
                (folder / f"{start}-{name}{suffix}").write_bytes(content if is_packed else packed(content))
        return folder

    return make


IDX = asking.data("idx")
add("whole IDX", "published", mnist(), IDX, gives="train 4")
add("IDX cut in its header", "cut off", mnist(IMAGES[:9]), IDX, "header")
add("IDX cut in the middle", "cut off", mnist(IMAGES[:70]), IDX, "header promises")
add("IDX cut by a byte", "cut off", mnist(IMAGES[:-1]), IDX, "header promises")
add("IDX with more than it says", "damaged", mnist(IMAGES + b"1"), IDX, "header promises")
add("empty IDX", "empty", mnist(b""), IDX, "empty")
add("text for IDX", "something else", mnist(b"hello"), IDX, "begins with")
add("page for IDX", "something else", mnist(b"<html></html>"), IDX, "page of the web")
add("IDX that promises petabytes", "promises", mnist(idx(PIXELS, shape=(2**31, 2**31, 2**31))), IDX, "header promises")
add(
    "IDX whose size overflows",
    "promises",
    mnist(idx(PIXELS[:0], shape=(2**32 - 1, 2**32 - 1, 2**32 - 1))),
    IDX,
    "header promises",
)
add(
    "IDX whose size overflows to nothing",
    "promises",
    mnist(idx(PIXELS[:0], shape=(2**31, 2**31, 4))),
    IDX,
    "header promises",
)
add(
    "IDX labels that promise gigabytes",
    "promises",
    mnist(labels=idx(np.zeros(4, np.uint8), shape=(2**32 - 1,))),
    IDX,
    "header promises",
)
add("IDX of floats", "published", mnist(idx(PIXELS.astype(">f4"), kind=13)), IDX, "begins with")
add("IDX of no images", "empty", mnist(idx(PIXELS[:0]), idx(np.zeros(0, np.uint8))), IDX, "no images")
add(
    "more labels than images",
    "published",
    mnist(labels=idx(np.arange(9, dtype=np.uint8) % 2)),
    IDX,
    "4 images but.*9 labels",
)
add("gzip cut off", "cut off", mnist(gzip.compress(IMAGES)[:60], suffix=".gz"), IDX, "gzip")
add(
    "gzip of something else",
    "something else",
    lambda f: replaced(mnist(suffix=".gz")(f), b"plain"),
    IDX,
    "begins with 706c",
)
add("gzip bomb for IDX", "bombs", mnist(gzip_zeros(4 * 2**30), suffix=".gz"), IDX, "begins with")
add(
    "gzip bomb with a fitting header",
    "bombs",
    mnist(gzip_zeros(4 * 2**30, bytes([0, 0, 8, 3]) + struct.pack(">3I", 4096, 1024, 1024)), suffix=".gz"),
    IDX,
    "unpacks to",
)
add(
    "gzip bomb behind a small header",
    "bombs",
    mnist(gzip_zeros(4 * 2**30, IMAGES), suffix=".gz"),
    IDX,
    "header promises",
)


def replaced(folder: Path, content: bytes) -> Path:
    (folder / "train-images-idx3-ubyte.gz").write_bytes(content)
    return folder


# CIFAR.
DATA = np.random.default_rng(0).integers(0, 256, (4, 3072), dtype=np.uint8)
BATCH = {b"data": DATA, b"labels": [3, 1, 0, 9]}
NAMES = [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]


def batches(first: Any = None, meta: Any = None) -> dict[str, bytes]:
    plain = pickle.dumps(BATCH, protocol=2)
    files = dict.fromkeys(NAMES, plain) | {"batches.meta": pickle.dumps({"label_names": list("abcdefghij")})}
    given = {"data_batch_1": first, "batches.meta": meta}
    return files | {
        name: value if isinstance(value, bytes) else pickle.dumps(value)
        for name, value in given.items()
        if value is not None
    }


def ten(first: Any = None, meta: Any = None):
    def make(folder: Path) -> Path:
        for name, content in batches(first, meta).items():
            (folder / name).write_bytes(content)
        return folder

    return make


CIFAR = asking.data(
    "cifar",
)
add("whole CIFAR", "published", ten(), CIFAR, gives="train 20")
add("CIFAR cut in the middle", "cut off", ten(pickle.dumps(BATCH)[:900]), CIFAR, "data_batch_1.*pickle")
add("CIFAR cut by a byte", "cut off", ten(pickle.dumps(BATCH)[:-1]), CIFAR, "data_batch_1.*pickle")
add("empty CIFAR", "empty", ten(b""), CIFAR, "data_batch_1")
add("page for CIFAR", "something else", ten(b"<html></html>"), CIFAR, "data_batch_1")
add("CIFAR that runs code", "code", ten({b"data": Runs(), b"labels": []}), CIFAR, "data_batch_1.*(posix|os).system")
add("CIFAR that runs code below", "code", ten(BATCH | {b"more": [{"x": (Runs(),)}]}), CIFAR, "data_batch_1.*system")
add("class names that run code", "code", ten(meta={"label_names": Runs()}), CIFAR, "batches.meta.*system")
add("CIFAR of objects", "code", ten(BATCH | {b"data": np.array([[Runs()]], dtype=object)}), CIFAR, "data_batch_1")
add(
    "CIFAR that calls a builtin",
    "code",
    ten(b'cbuiltins\neval\n(S\'open(__import__("os").environ["PHISCOPE_CANARY"],"w")\'\ntR.'),
    CIFAR,
    "builtins.eval",
)
add("CIFAR that is no dictionary", "published", ten([1, 2]), CIFAR, "holds a list")
add("CIFAR without data", "published", ten({b"labels": [1]}), CIFAR, "expected data")
add("CIFAR of texts", "published", ten({b"data": "a", b"labels": [1]}), CIFAR, "data_batch_1")
add("CIFAR labels of texts", "labels", ten(BATCH | {b"labels": ["a"] * 4}), CIFAR, "data_batch_1.*labels")
add("CIFAR labels of 2^70", "labels", ten(BATCH | {b"labels": [2**70] * 4}), CIFAR, "data_batch_1.*labels")
add("CIFAR labels with fractions", "labels", ten(BATCH | {b"labels": [0.5] * 4}), CIFAR, "data_batch_1.*labels")
add("CIFAR labels of 2^40", "labels", ten(BATCH | {b"labels": [2**40] * 4}), CIFAR, "out of range")
add("keys that cannot be sorted", "published", ten({1: 2, b"a": 3, (1,): 2}), CIFAR, "data_batch_1")
add(
    "class names that are numbers",
    "published",
    ten(meta={"label_names": list(range(10))}),
    CIFAR,
    gives="classes .'0', '1'",
)
add("class names that are missing", "published", ten(meta={"names": []}), CIFAR, "batches.meta")
add(
    "class names in bytes that are not UTF-8",
    "names",
    ten(meta={"label_names": [b"caf\xe9", *(b"%d" % k for k in range(9))]}),
    CIFAR,
    gives=r"caf\\\\xe9",
)
add(
    "an array of petabytes in a pickle",
    "promises",
    ten(b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(L1125899906842624L\ntS'b'\ntR."),
    CIFAR,
    "data_batch_1",
)
add(
    "an array of 7 GB in a pickle",
    "promises",
    ten(b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(L7000000000L\ntS'b'\ntR."),
    CIFAR,
    "data_batch_1",
)
add(
    "a memo of gigabytes in a pickle",
    "promises",
    ten(b"\x80\x02Nr" + struct.pack("<I", 2**28) + b"."),
    CIFAR,
    "data_batch_1",
)
add("binary CIFAR cut off", "cut off", lambda f: binary(f, 3000), CIFAR, "multiple of 3073")


def binary(folder: Path, size: int) -> Path:
    for name in NAMES:
        (folder / f"{name}.bin").write_bytes(bytes(size))
    return folder


def archive(change=lambda archive: None, mode: str = "w:gz", files: dict[str, bytes] | None = None):
    def make(folder: Path) -> Path:
        path = folder / "c.tar.gz"
        with tarfile.open(path, mode, format=tarfile.PAX_FORMAT) as made:
            for name, content in (batches() if files is None else files).items():
                member(made, f"cifar/{name}", content)
            change(made)
        return path

    return make


def member(made: tarfile.TarFile, name: str, content: bytes = b"", **fields: Any) -> None:
    about = tarfile.TarInfo(name)
    about.size = len(content)
    for field, value in fields.items():
        setattr(about, field, value)
    made.addfile(about, io.BytesIO(content))


def without(name: str) -> dict[str, bytes]:
    return {key: value for key, value in batches().items() if key != name}


FIRST = batches()["data_batch_1"]
add("whole archive", "archives", archive(), CIFAR, gives="train 20")
add(
    "archive with a link",
    "archives",
    archive(
        lambda made: member(made, "cifar/data_batch_1", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        files=without("data_batch_1"),
    ),
    CIFAR,
    "data_batch_1.*link",
)
add(
    "archive with a hard link",
    "archives",
    archive(
        lambda made: member(made, "cifar/data_batch_1", type=tarfile.LNKTYPE, linkname="cifar/data_batch_2"),
        files=without("data_batch_1"),
    ),
    CIFAR,
    "data_batch_1.*link",
)
add(
    "archive with a device",
    "archives",
    archive(lambda made: member(made, "cifar/data_batch_1", type=tarfile.CHRTYPE), files=without("data_batch_1")),
    CIFAR,
    "data_batch_1.*(device|file)",
)
add(
    "archive with a pipe",
    "archives",
    archive(lambda made: member(made, "cifar/data_batch_1", type=tarfile.FIFOTYPE), files=without("data_batch_1")),
    CIFAR,
    "data_batch_1.*(device|file|pipe)",
)
add(
    "archive that leads out",
    "archives",
    archive(lambda made: member(made, "../../data_batch_1", FIRST), files=without("data_batch_1")),
    CIFAR,
    "leads out",
)
add(
    "archive from the root",
    "archives",
    archive(lambda made: member(made, "/tmp/data_batch_1", FIRST), files=without("data_batch_1")),
    CIFAR,
    "leads out",
)
add(
    "archive with a batch twice",
    "archives",
    archive(lambda made: member(made, "other/data_batch_1", FIRST)),
    CIFAR,
    "data_batch_1.*twice",
)
add(
    "archive with a hostile name",
    "archives",
    archive(lambda made: member(made, "cifar/a\nb\x1b[2J", b"x")),
    CIFAR,
    gives="train 20",
)
add(
    "archive in an archive",
    "archives",
    archive(lambda made: member(made, "c.tar.gz", b"x"), files={}),
    CIFAR,
    "expected data_batch_1",
)
add(
    "archive with a file of petabytes",
    "promises",
    lambda f: short(archive(lambda made: None, "w:")(f)),
    CIFAR,
    "unpacks to|not a whole",
)
add("archive cut off", "cut off", lambda f: shortened(archive()(f), 0.5), CIFAR, "not a whole .tar.gz")
add("archive cut by a byte", "cut off", lambda f: shortened(archive()(f), 1), CIFAR, "not a whole .tar.gz")
add("empty archive", "empty", lambda f: shortened(archive()(f), 0), CIFAR, "empty")
add(
    "page for an archive",
    "something else",
    lambda f: (f / "c.tar.gz").write_bytes(b"<html></html>") and f / "c.tar.gz",
    CIFAR,
    "page of the web",
)
add(
    "gzip bomb for an archive",
    "bombs",
    lambda f: (f / "c.tar.gz").write_bytes(gzip_zeros(8 * 2**30, header("cifar/spare", 8 * 2**30))) and f / "c.tar.gz",
    CIFAR,
    "unpacks to",
)
add(
    "gzip bomb in a batch",
    "bombs",
    lambda f: (
        (f / "c.tar.gz").write_bytes(gzip_zeros(8 * 2**30, header("cifar/data_batch_1", 8 * 2**30))) and f / "c.tar.gz"
    ),
    CIFAR,
    "unpacks to",
)
add(
    "gzip bomb in a long name",
    "bombs",
    lambda f: (
        (f / "c.tar.gz").write_bytes(gzip_zeros(4 * 2**30, header("././@LongLink", 4 * 2**30, b"L"))) and f / "c.tar.gz"
    ),
    CIFAR,
    "unpacks to|not a whole",
)
add("sparse file of petabytes", "bombs", lambda f: sparse(f), CIFAR, "data_batch_1|not a whole")


def header(name: str, size: int, kind: bytes = b"0") -> bytes:
    about = tarfile.TarInfo(name)
    about.size, about.type = size, kind
    return about.tobuf(tarfile.GNU_FORMAT)


def short(path: Path) -> Path:
    path.write_bytes(header("cifar/data_batch_1", 2**50) + b"x" * 512)
    return path


def shortened(path: Path, share: float) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)] if share < 1 else content[:-1])
    return path


def sparse(folder: Path) -> Path:
    """A member of GNU's old kind for files with holes: a block of data, said to be a petabyte."""
    head = bytearray(header("cifar/data_batch_1", 512, b"S"))
    head[386:410] = b"%011o\0%011o\0" % (0, 512)
    head[483:495] = b"\x80" + (2**50).to_bytes(11, "big")
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head[:512])
    (folder / "c.tar.gz").write_bytes(gzip.compress(bytes(head) + b"x" * 512 + bytes(1024)))
    return folder / "c.tar.gz"


# Readers of the user's own: their code runs, since the configuration names it; what they return is judged.


def own(body: str):
    def make(folder: Path) -> Path:
        (folder / "mine.py").write_text(f"import numpy as np\ndef read(path, split):\n    {body}\n")
        return folder

    return make


def mine(path: Path) -> str:
    os.environ["PHISCOPE_FACTORIES"] = str(path)
    return asking.data(f"{path}/mine.py:read")(path)


for name, (body, says) in {
    "nothing": ("return None", "returned NoneType"),
    "objects": ("return np.array([object()] * 4), [0, 1, 0, 1]", "images"),
    "a generator": ("return (x for x in 'ab'), [0, 1]", "images"),
    "ragged images": ("return [np.zeros((2, 2)), np.zeros((3, 3))], [0, 1]", "images"),
    "labels of 2^40": ("return np.full((4, 6, 6), 255, np.uint8), [0, 2**40, 0, 2**40]", "labels skip"),
    "labels of 2^70": (
        "return np.full((4, 6, 6), 255, np.uint8), [0, 2**70, 0, 2**70]",
        "label 1180591620717411303424 of image 1",
    ),
    "labels of objects": ("return np.full((4, 6, 6), 255, np.uint8), [0, None, {}, 1]", "label of image 1 is None"),
    "ragged labels": ("return np.full((4, 6, 6), 255, np.uint8), [[0], [0, 1], 1, 2]", "labels"),
    "class names as one text": (
        "return np.full((4, 6, 6), 255, np.uint8), [0, 1, 0, 1], 7",
        "names of the classes|failed",
    ),
    "files that are not there": ("return ['a.png', 'b.png'], [0, 1]", "a.png"),
    "bytes that are no images": ("return [b'a', b'b'], [0, 1]", "not an image"),
    "the end of the program": ("raise SystemExit(3)", "failed on train"),
    "an error of many lines": ("raise ValueError('a' + chr(10) + 'b' + chr(27))", "failed on train.*a\\\\nb\\\\x1b"),
    "recursion without end": ("return read(path, split)", "failed on train.*Recursion"),
    "too much memory": ("return np.zeros(2**50, np.uint8), []", "failed on train"),
}.items():
    add(f"own reader: {name}", "own readers", own(body), mine, says)


@case("own reader that cannot be parsed", "own readers", mine, "cannot find")
def unparsed(folder: Path) -> Path:
    (folder / "mine.py").write_text("def read(:\n")
    return folder


@case("own reader that is binary", "own readers", mine, "cannot find")
def nul(folder: Path) -> Path:
    (folder / "mine.py").write_bytes(bytes(range(256)))
    return folder


def transformed(path: Path) -> str:
    os.environ["PHISCOPE_FACTORIES"] = str(path)
    return asking.data("folder", transform=f"{path}/mine.py:turn")(path)


def turning(body: str):
    def make(folder: Path) -> Path:
        split_folder(folder)
        (folder / "mine.py").write_text(f"import numpy as np\ndef turn(image):\n    {body}\n")
        return folder

    return make


for name, body, says in (
    ("the end of the program", "raise SystemExit(0)", "failed .SystemExit"),
    ("nothing", "return None", "expected an image"),
    ("NaN", "return np.full((1, 6, 6), np.nan, np.float32)", "finite|range|nan"),
    ("a text", "return 'image'", "expected an image"),
    ("complex numbers", "return np.ones((1, 6, 6)) * 1j", "expected an image"),
    ("too much memory", "return np.zeros((2**25, 2**25))", "failed"),
):
    add(f"transform: {name}", "own readers", turning(body), transformed, says)
