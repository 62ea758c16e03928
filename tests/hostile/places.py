"""What stands where a file is expected and is none, cannot be read, or has a name that is hard to hand on."""

from __future__ import annotations

import io
import os
import socket
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from tests.datasets.writers import encoded, pictures
from tests.hostile import asking
from tests.hostile.case import Ask, add, case

GREY = pictures(12, (6, 6))


def split_folder(folder: Path, classes=("ant", "bee"), count: int = 3) -> Path:
    for s, split in enumerate(("train", "test")):
        for c, name in enumerate(classes):
            for k in range(count):
                place = os.path.join(os.fsencode(folder), split.encode(), os.fsencode(name))
                os.makedirs(place, exist_ok=True)
                with open(os.path.join(place, f"{k}.png".encode()), "wb") as file:
                    file.write(encoded(pictures(1, (6, 6), seed=s * 100 + c * 10 + k)[0]))
    return folder


def npz(path: Path) -> Path:
    np.savez(path, x_train=GREY, y_train=np.arange(12) % 2, x_test=GREY[:4] // 2 * 2, y_test=np.arange(4) % 2)
    return path


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def bound(path: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as open_one:
        before = Path.cwd()
        os.chdir(path.parent)  # a socket's path may be 108 bytes long
        open_one.bind(path.name)
        os.chdir(before)
    return path


def linked(to: str):
    def make(path: Path) -> Path:
        path.symlink_to(to)
        return path

    return make


def circle(path: Path) -> Path:
    path.symlink_to(path.name)
    return path


def made_folder(path: Path) -> Path:
    path.mkdir()
    return path


# What is asked of a path that is none of a file, by the name that the file has.
READERS: dict[str, tuple[str, Ask]] = {
    "npz": ("data.npz", asking.data("npz")),
    "csv": ("data.csv", asking.data("csv")),
    "parquet": ("data.parquet", asking.data("parquet", test_share=0.5)),
    "features": ("data.npz", asking.data("features")),
    "cifar": ("data.tar.gz", asking.data("cifar")),
    "guessed": ("data.npz", asking.data()),
    "images": ("a.png", asking.other()),
    "folder": ("a.png", asking.folder),
    "mask": ("mask.png", asking.mask),
    "weights": ("w.safetensors", asking.weights()),
    "checkpoint": ("w.ckpt", asking.weights()),
    "head": ("head.npz", asking.head),
}
for reader, (file, ask) in READERS.items():
    for kind, make, says in (
        ("pipe", pipe, "is a named pipe; expected a file"),
        ("dangling", linked("nothing"), "is a link to something that is not there"),
        ("circle", circle, "is a link in a circle"),
        ("device", linked("/dev/zero"), "is a device; expected a file"),
    ):
        add(
            f"{kind} for {reader}",
            "no file",
            lambda folder, make=make, file=file: make(folder / file),
            ask,
            says,
        )
add("socket for weights", "no file", lambda f: bound(f / "w.pt"), asking.weights(), "is a socket; expected a file")
add("socket for npz", "no file", lambda f: bound(f / "a.npz"), asking.data("npz"), "is a socket; expected a file")
add("folder for weights", "no file", lambda f: made_folder(f / "w.pt"), asking.weights(), "is a folder with none")
add("folder for head", "no file", lambda f: made_folder(f / "head.npz"), asking.head, "is a folder; expected a file")
add("folder for csv", "no file", lambda f: made_folder(f / "a.csv"), asking.data("csv"), "no train.csv in it")
add("folder for npz", "no file", lambda f: made_folder(f / "a.npz"), asking.data("npz"), "no train.npz in it")
add("folder for mask", "no file", lambda f: made_folder(f / "m.png"), asking.mask, "is a folder; expected a file")
add(
    "folder for archive",
    "no file",
    lambda f: made_folder(f / "c.tar.gz"),
    asking.data("cifar"),
    "expected data_batch_1",
)
add("long name", "no file", lambda f: f / ("n" * 300 + ".npz"), asking.data(), "name is too long")
add("long name of weights", "no file", lambda f: f / ("n" * 300 + ".pt"), asking.weights(), "name is too long")
add("NUL in a name", "no file", lambda f: f / "a\0b.npz", asking.data(), "a NUL in its name")
add("NUL in a name of weights", "no file", lambda f: f / "a\0b.pt", asking.weights(), "a NUL in its name")


def inside(kind: str, name: str, put, says: str) -> None:
    """Something that is no file among the files of a data set."""

    @case(f"{kind} in a folder of images", "no file", asking.data("folder"), says)
    def folder(folder: Path) -> Path:
        put(split_folder(folder) / "train/bee" / name)
        return folder

    @case(f"{kind} in a collection", "no file", asking.folder, says)
    def collection(folder: Path) -> Path:
        put(split_folder(folder) / name)
        return folder


inside("pipe", "x.png", pipe, "x.png: is a named pipe; expected a file")
inside("dangling link", "x.png", linked("nothing"), "x.png: is a link to something that is not there")
inside("circle", "x.png", circle, "x.png: is a link in a circle")
inside("device", "x.png", linked("/dev/zero"), "x.png: is a device; expected a file")


@case("circle of folders", "no file", asking.data("folder"), gives="train 6 .*test 6 ")
def circle_of_folders(folder: Path) -> Path:
    """A link back up is followed once, and brings nothing twice."""
    split_folder(folder)
    (folder / "train/bee/again").symlink_to("../bee", target_is_directory=True)
    return folder


@case("pipe for a label file", "no file", asking.data("idx"), "train-labels-idx1-ubyte: is a named pipe")
def pipe_of_idx(folder: Path) -> Path:
    (folder / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + b"\0\0\0\1" * 3 + b"\1")
    pipe(folder / "train-labels-idx1-ubyte")
    return folder


@case("pipe for a batch", "no file", asking.data("cifar"), "data_batch_1: is a named pipe")
def pipe_of_cifar(folder: Path) -> Path:
    pipe(folder / "data_batch_1")
    return folder


@case("pipe for vectors", "no file", asking.data("features"), "train.npy: is a named pipe")
def pipe_of_vectors(folder: Path) -> Path:
    pipe(folder / "train.npy")
    return folder


@case("pipe for a shard", "no file", asking.data("parquet"), "train.parquet: is a named pipe")
def pipe_of_parquet(folder: Path) -> Path:
    pipe(folder / "train.parquet")
    return folder


@case("pipe that a table names", "no file", asking.data("csv"), "x.png, which is a named pipe")
def pipe_of_table(folder: Path) -> Path:
    pipe(folder / "x.png")
    (folder / "a.csv").write_text("file,label,split\nx.png,a,train\nx.png,b,test\n")
    return folder / "a.csv"


@case("device that a table names", "no file", asking.data("csv"), "/dev/zero, which is a device")
def device_of_table(folder: Path) -> Path:
    (folder / "a.csv").write_text("file,label,split\n/dev/zero,a,train\n/dev/zero,b,test\n")
    return folder / "a.csv"


# Files that may not be read: the process is nobody while it asks, since root may read everything.


def as_nobody(ask: Ask) -> Ask:
    def asked(path: Path) -> str:
        tempfile.tempdir = None
        if os.geteuid() == 0:
            os.setegid(65534)
            os.seteuid(65534)
        return ask(path)

    return asked


def closed(make):
    def made(folder: Path) -> Path:
        path = make(folder)
        path.chmod(0)
        return path

    return made


def weights_file(folder: Path) -> Path:
    torch.save(asking.state(), folder / "w.pt")
    return folder / "w.pt"


def closed_class(folder: Path) -> Path:
    split_folder(folder)
    (folder / "train/bee").chmod(0)
    return folder


def closed_below(folder: Path) -> Path:
    split_folder(folder)
    (folder / "train/bee/more").mkdir(mode=0)
    (folder / "train/bee/more").chmod(0)
    return folder


def closed_image(folder: Path) -> Path:
    split_folder(folder)
    (folder / "train/bee/1.png").chmod(0)
    return folder


def closed_parent(folder: Path) -> Path:
    (folder / "in").mkdir()
    npz(folder / "in/data.npz")
    (folder / "in").chmod(0)
    return folder / "in/data.npz"


MAY_NOT = "cannot be read \\(Permission denied\\)"
add("closed npz", "permissions", closed(lambda f: npz(f / "a.npz")), as_nobody(asking.data()), MAY_NOT)
add("closed weights", "permissions", closed(weights_file), as_nobody(asking.weights()), MAY_NOT)
add("closed parent", "permissions", closed_parent, as_nobody(asking.data()), MAY_NOT)
add("closed folder", "permissions", closed(split_folder), as_nobody(asking.data()), MAY_NOT)
add("closed class", "permissions", closed_class, as_nobody(asking.data("folder")), MAY_NOT)
add("closed folder below", "permissions", closed_below, as_nobody(asking.data("folder")), MAY_NOT)
add("closed image", "permissions", closed_image, as_nobody(asking.data("folder")), MAY_NOT)


# Names: kept as they are in what is handed on, and written out in what is shown.

NAMES = {
    "tags": "<script>alert(1)</script>".replace("/", "\u2215"),
    "quotes": "a\"b'c`",
    "bidirectional marks": "cat\u202egnp.exe",
    "newline": "a\nb",
    "escape sequence": "a\x1b[2Jb",
    "line separator": "a\u2028b\x85c",
    "very long": "n" * 250,
    "emoji and accents": "e\u0301\U0001f408",
}
for word, name in NAMES.items():
    add(
        f"class with {word}",
        "names",
        lambda folder, name=name: split_folder(folder, ("ant", name)),
        asking.data("folder"),
        gives="classes .*"
        + repr(name)[1:-1].replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").replace("[", "\\["),
    )


@case("class that is not UTF-8", "names", asking.data("folder"), gives=r"classes \['ant', 'caf\\\\xe9'\]")
def class_of_bytes(folder: Path) -> Path:
    return split_folder(folder, ("ant", os.fsdecode(b"caf\xe9")))


@case("image that is not UTF-8", "names", asking.data("folder"), gives=r"files .*caf\\\\xe9.png")
def image_of_bytes(folder: Path) -> Path:
    split_folder(folder)
    os.rename(os.fsencode(folder / "train/ant/0.png"), os.fsencode(folder / "train/ant") + b"/caf\xe9.png")
    return folder


@case("damaged image with a hostile name", "names", asking.data("folder"), r"a\\nb\\x1b\[2J\\u202e.png: ")
def damaged_name(folder: Path) -> Path:
    split_folder(folder)
    (folder / "train/ant/a\nb\x1b[2J\u202e.png").write_bytes(b"no image")
    return folder


@case("names in a table", "names", asking.data("csv"), gives=r"classes \['<b>', 'a\\u2028b'\].*files \['x\\ny.png'")
def names_in_a_table(folder: Path) -> Path:
    for name, k in (("x\ny.png", 0), ("z.png", 1)):
        (folder / name).write_bytes(encoded(GREY[k]))
    rows = [
        f'"{file}",{label},{split}'
        for split in ("train", "test")
        for file, label in (("x\ny.png", "a\u2028b"), ("z.png", "<b>"))
    ]
    (folder / "a.csv").write_text("\n".join(["file,label,split", *rows]) + "\n")
    return folder / "a.csv"


@case("names in bytes", "names", asking.data("npz"), gives=r"classes \['caf\\\\xe9', 'b'\]")
def names_in_bytes(folder: Path) -> Path:
    labels = np.arange(12) % 2
    names = np.array([b"caf\xe9", b"b"])
    np.savez(folder / "a.npz", x_train=GREY, y_train=labels, x_test=GREY[:4] // 2 * 2, y_test=labels[:4], classes=names)
    return folder / "a.npz"


@case("labels in bytes", "names", asking.data("npz"), gives=r"classes \['b', 'caf\\\\xe9'\]")
def labels_in_bytes(folder: Path) -> Path:
    labels = np.array([b"caf\xe9", b"b"])[np.arange(12) % 2]
    np.savez(folder / "a.npz", x_train=GREY, y_train=labels, x_test=GREY[:4] // 2 * 2, y_test=labels[:4])
    return folder / "a.npz"


@case("metadata of an image with a hostile text", "names", asking.data("folder"), gives="train 7")
def text_chunk(folder: Path) -> Path:
    from PIL.PngImagePlugin import PngInfo

    about, kept = PngInfo(), io.BytesIO()
    about.add_text("Title", "<script>\x1b[2J\u202e", zip=True)
    Image.fromarray(GREY[0]).save(kept, "PNG", pnginfo=about)
    (split_folder(folder) / "train/ant/text.png").write_bytes(kept.getvalue())
    return folder
