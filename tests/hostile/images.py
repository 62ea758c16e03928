"""Image files: in a folder per class, in a folder of any images, as a mask, in cells of Parquet."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from tests.datasets.writers import encoded, pictures
from tests.hostile import asking
from tests.hostile.bombs import chunk, deflated_zeros, png
from tests.hostile.case import add, case
from tests.hostile.places import split_folder

IMAGE = pictures(1, (6, 6))[0]
COLOUR = pictures(1, (24, 24, 3))[0]
NOT_ONE = "not an image that can be decoded"


def placed(content: bytes, name: str = "x.png"):
    """Beside whole images of a class."""

    def make(folder: Path) -> Path:
        split_folder(folder)
        (folder / "train/ant" / name).write_bytes(content)
        return folder

    return make


def alone(content: bytes, name: str = "x.png"):
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def cut(form: str, share: float) -> bytes:
    content = encoded(COLOUR, form)
    return content[: int(len(content) * share)] if share < 1 else content[:-1]


for form, suffix in (
    ("PNG", "png"),
    ("JPEG", "jpg"),
    ("GIF", "gif"),
    ("TIFF", "tif"),
    ("BMP", "bmp"),
    ("WEBP", "webp"),
):
    for where, share in (("at the beginning", 0.02), ("in the middle", 0.5)):
        add(f"{form} cut {where}", "cut off", alone(cut(form, share), f"x.{suffix}"), asking.folder, NOT_ONE)
add(
    "PNG without its last byte", "cut off", alone(cut("PNG", 1)), asking.folder, gives="24, 24"
)  # a checksum of nothing
add("empty image", "empty", placed(b""), asking.data("folder"), f"{NOT_ONE}.*empty")
add("empty mask", "empty", alone(b""), asking.mask, f"{NOT_ONE}.*empty")
add("text as image", "something else", placed(b"hello\n" * 40), asking.data("folder"), NOT_ONE)
add(
    "page as image",
    "something else",
    placed(b"<!DOCTYPE html><title>x</title>"),
    asking.data("folder"),
    "page of the web",
)
add("page as mask", "something else", alone(b"<html>no</html>"), asking.mask, "page of the web")
add(
    "pointer as image",
    "something else",
    placed(b"version https://git-lfs.github.com/spec/v1\n"),
    asking.data("folder"),
    "Git LFS",
)
add(
    "damaged EXIF",
    "damaged",
    placed(encoded(COLOUR[:6, :6], "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 40)),
    asking.data("folder", channels=1),
    gives="train 7",
)

# Headers that promise more than there is, or that it would be wise to unpack.
ROWS = 30_000 * (1 + 30_000 // 8)
BIG = png(30_000, 30_000, zlib.compress(bytes(ROWS), 1), depth=1)
PROMISE = png(2**31 - 1, 2**31 - 1, zlib.compress(bytes(100)))
TOO_MANY = "has 900,000,000 pixels, more than"
add("900 megapixels", "promises", placed(BIG), asking.data("folder"), TOO_MANY)
add("900 megapixels resized", "promises", placed(BIG), asking.data("folder", size=6), TOO_MANY)
add("900 megapixels in a folder", "promises", alone(BIG), asking.folder, TOO_MANY)
add("900 megapixels as other data", "promises", alone(BIG), asking.other(), TOO_MANY)
add("900 megapixels as mask", "promises", alone(BIG), asking.mask, TOO_MANY)
add("900 megapixels without a suffix", "promises", placed(BIG, "x"), asking.data("folder"), TOO_MANY)
add("petapixels", "promises", placed(PROMISE), asking.data("folder"), "pixels, more than|not an image")
add(
    "petapixels of BMP",
    "promises",
    alone(b"BM" + struct.pack("<IIIIiiHHIIiiII", 2**31, 0, 54, 40, 2**30, 2**30, 1, 24, 0, 0, 0, 0, 0, 0), "x.bmp"),
    asking.folder,
    "pixels, more than",
)
add(
    "petapixels of PPM",
    "promises",
    alone(b"P6 1000000000 1000000000 255\n" + bytes(99), "x.ppm"),
    asking.folder,
    "pixels, more than",
)
add(
    "petapixels of GIF frame",
    "promises",
    alone(
        b"GIF89a"
        + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0)
        + b","
        + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0)
        + b"\x02\0;",
        "x.gif",
    ),
    asking.folder,
    "pixels, more than",
)
add("no pixels", "damaged", placed(png(0, 6, zlib.compress(b""))), asking.data("folder"), NOT_ONE)
add(
    "numbers too long for PPM",
    "promises",
    alone(b"P6 " + b"9" * 100_000 + b" 1 255\n", "x.ppm"),
    asking.folder,
    NOT_ONE,
)
add(
    "80 megapixels of nothing",
    "promises",
    alone(png(8000, 8000, zlib.compress(bytes(8000 * 1001), 1), depth=1)),
    asking.folder,
    gives="8000",
    long=True,
)
TEXT = chunk(b"zTXt", b"Comment\0\0" + deflated_zeros(256 * 2**20, wbits=15))
add("text bomb in PNG", "bombs", placed(png(6, 6, zlib.compress(bytes(42)), more=TEXT)), asking.data("folder"), NOT_ONE)
PROFILE = chunk(b"iCCP", b"x\0\0" + deflated_zeros(256 * 2**20, wbits=15))
add(
    "profile bomb in PNG",
    "bombs",
    placed(png(6, 6, zlib.compress(bytes(42)), more=PROFILE)),
    asking.data("folder"),
    f"{NOT_ONE}|",
)
add(
    "pixels bomb in PNG",
    "bombs",
    placed(png(6, 6, deflated_zeros(512 * 2**20, wbits=15))),
    asking.data("folder"),
    gives="train 7",
)


def frames(form: str, count: int) -> bytes:
    kept = io.BytesIO()
    first, *more = (Image.fromarray(np.roll(IMAGE, k, axis=1)) for k in range(count))
    first.save(kept, form, save_all=True, append_images=more)
    return kept.getvalue()


for form, name in (("GIF", "x.gif"), ("PNG", "x.png"), ("TIFF", "x.tif"), ("WEBP", "x.webp")):
    add(
        f"frames of {form}",
        "frames",
        placed(frames(form, 5), name),
        asking.data("folder", channels=1),
        gives="1 files hold several frames",
    )
add(
    "10,000 frames",
    "frames",
    placed(frames("GIF", 2000), "x.gif"),
    asking.data("folder", channels=1),
    gives="several frames",
    long=True,
)


@case("directories of TIFF in a circle", "frames", asking.folder, gives="6, 6|")
def circle_of_tiff(folder: Path) -> Path:
    content = bytearray(encoded(IMAGE, "TIFF"))
    place = struct.unpack("<I", content[4:8])[0]
    entries = struct.unpack("<H", content[place : place + 2])[0]
    content[place + 2 + 12 * entries : place + 6 + 12 * entries] = struct.pack("<I", place)
    (folder / "x.tif").write_bytes(content)
    return folder / "x.tif"


# What Pillow would hand to another program.
SCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 6 6\n%%EndComments\n"
SCRIPT += b"(%pipe%touch $PHISCOPE_CANARY) (w) file\nshowpage\n"
add("PostScript as image", "code", placed(SCRIPT), asking.data("folder"), NOT_ONE)
add("PostScript in a folder", "code", alone(SCRIPT), asking.folder, NOT_ONE)
add("PostScript without a suffix", "code", placed(SCRIPT, "x"), asking.data("folder"), gives="train 6")


@case("NaN in an image of floats", "numbers", asking.data("folder", range=[0, 1]), "not finite")
def nan_image(folder: Path) -> Path:
    pixels = np.full((6, 6), 0.5, np.float32)
    for file in split_folder(folder).rglob("*.png"):
        Image.fromarray(pixels).save(file.with_suffix(".tif"))
        file.unlink()
    pixels[2, 2] = np.nan
    Image.fromarray(pixels).save(folder / "train/ant/1.tif")
    return folder


@case("infinity in a mask", "numbers", asking.mask, "not finite|mask")
def infinite_mask(folder: Path) -> Path:
    pixels = np.zeros((6, 6), np.float32)
    pixels[1, 1] = np.inf
    Image.fromarray(pixels).save(folder / "m.tif")
    return folder / "m.tif"


@case("NaN in a folder of images", "numbers", asking.folder, "not finite|32 bits")
def nan_in_folder(folder: Path) -> Path:
    Image.fromarray(np.full((6, 6), np.nan, np.float32)).save(folder / "m.tif")
    return folder
