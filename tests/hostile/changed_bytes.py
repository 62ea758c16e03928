"""Whole files of every format with a few bytes changed, left out or put in at seeded places.

`python -m tests.hostile.changed_bytes [COUNT]` tries so many of each and says what came of them.
"""

import contextlib
import io
import random
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

from phiscope.errors import PhiscopeError
from tests.hostile import arrays, asking, images, places, published, tables, weights
from tests.hostile.case import Ask, Make
from tests.hostile.measured import in_child

WHOLE: dict[str, tuple[Make, Ask]] = {
    "npz": (arrays.changed(), asking.data("npz")),
    "npz of vectors": (arrays.of_vectors(), asking.data("features")),
    "npy": (arrays.mapped(), asking.data("features")),
    "head": (arrays.head_of(weight=arrays.W, bias=arrays.B), asking.head),
    "Parquet": (tables.parquet(), asking.data("parquet")),
    "Parquet of vectors": (tables.vectors(), asking.data("features")),
    "CSV": (tables.table(tables.HEAD + tables.ROWS), asking.data("csv")),
    "IDX": (published.mnist(), asking.data("idx")),
    "IDX, gzip": (published.mnist(suffix=".gz"), asking.data("idx")),
    "CIFAR": (published.ten(), asking.data("cifar")),
    "CIFAR, tar": (published.archive(mode="w:"), asking.data("cifar")),
    "folder": (places.split_folder, asking.data("folder")),
    "PNG": (images.alone(images.encoded(images.COLOUR, "PNG")), asking.folder),
    "JPEG": (images.alone(images.encoded(images.COLOUR, "JPEG"), "x.jpg"), asking.folder),
    "TIFF": (images.alone(images.encoded(images.COLOUR, "TIFF", compression="tiff_lzw"), "x.tif"), asking.folder),
    "GIF": (images.alone(images.frames("GIF", 3), "x.gif"), asking.folder),
    "WebP": (images.alone(images.encoded(images.COLOUR, "WEBP"), "x.webp"), asking.folder),
    "safetensors": (weights.written(weights.SAFE, "w.safetensors"), asking.weights()),
    "zipped weights": (weights.written(weights.ZIPPED, "w.pt"), asking.weights()),
    "legacy weights": (weights.written(weights.LEGACY, "w.pth"), asking.weights()),
}
_SECONDS = 20.0
_VALUES = (0, 127, 128, 255)
_WORDS = (b"\xff" * 8, bytes(8), b"\xff\xff\xff\x7f\0\0\0\0")


def tried(name: str, count: int, seed: int) -> dict:
    """How many of the changed files were accepted and refused, and what was wrong, in a process of its own."""
    return in_child(lambda: _tried(*WHOLE[name], count, random.Random(f"{name} {seed}")))


def _tried(make: Make, ask: Ask, count: int, draw: random.Random) -> dict:
    found: Counter[str] = Counter()
    wrong = []
    for _ in range(count):
        folder = Path(tempfile.mkdtemp(prefix="hostile-"))
        try:
            path = make(folder)
            file = draw.choice(sorted(each for each in folder.rglob("*") if each.is_file()))
            file.write_bytes(_changed(file.read_bytes(), draw))
            begun = time.monotonic()
            quiet = io.StringIO()
            with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    ask(path)
                    found["accepted"] += 1
                except PhiscopeError as error:
                    found["refused"] += 1
                    wrong += [f"names no file: {error}"] * (str(folder) not in str(error))
                except BaseException:
                    wrong.append(traceback.format_exc()[-500:])
            wrong += ["it took too long"] * (time.monotonic() - begun > _SECONDS)
        finally:
            shutil.rmtree(folder)
    return dict(found) | {"wrong": wrong}


def _changed(content: bytes, draw: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 5, 20))):
        if not data:
            break
        place = draw.randrange(len(data) if draw.random() < 0.6 else min(len(data), 200))  # headers more often
        what, length = draw.random(), draw.choice((1, 2, 8, 50))
        if what < 0.5:
            data[place] = draw.choice((*_VALUES, draw.randrange(256), data[place] ^ (1 << draw.randrange(8))))
        elif what < 0.7:
            del data[place : place + length]
        elif what < 0.9:
            data[place:place] = bytes(draw.choices(range(256), k=length))
        else:
            data[place : place + 8] = draw.choice(_WORDS)
    return bytes(data)


if __name__ == "__main__":
    for each in WHOLE:
        print(each, tried(each, int(sys.argv[1]) if len(sys.argv) > 1 else 100, seed=0), flush=True)
