"""Values, channels, sizes and damage of images, whatever reader they come from."""

import io
import struct
import sys
import types

import numpy as np
import pytest
from PIL import Image

from phiscope.datasets import load
from phiscope.errors import DataError
from tests.datasets import writers
from tests.datasets.writers import FILES, encoded, pictures

LABELS = ["ant", "bee"]


def of(images, path, writer=writers.folder):
    """Two images for training, and both twice for testing."""
    images = list(images)
    return str(writer(path, {"train": (images, LABELS), "test": (images * 2, LABELS * 2)}))


def of_array(images, path):
    return of(images, path, writers.npz)


@pytest.fixture(params=FILES)
def writer(request):
    return FILES[request.param]


GREY16 = np.array([[[0, 1000], [30000, 65535]], [[65535, 5], [7, 9]]], np.uint16)


@pytest.mark.parametrize(("form", "options"), [("PNG", {}), ("TIFF", {}), ("TIFF", {"big_endian": True}), ("PPM", {})])
def test_sixteen_bits_are_scaled_by_their_depth(tmp_path, writer, form, options):
    files = [big_endian_tiff(image) if options else encoded(image, form) for image in GREY16]
    dataset = load(of(files, tmp_path, writer), "train")
    np.testing.assert_allclose(dataset.images[:, 0], GREY16 / 65535, atol=1e-7)
    assert dataset.images.dtype == np.float32


def big_endian_tiff(image):
    """The smallest TIFF with the bytes of numbers in the other order, which Pillow opens in a mode of its own."""
    height, width = image.shape
    entries = [(256, 3, 1, width << 16), (257, 3, 1, height << 16), (258, 3, 1, 16 << 16), (259, 3, 1, 1 << 16)]
    entries += [(262, 3, 1, 1 << 16), (273, 4, 1, 8), (277, 3, 1, 1 << 16), (278, 3, 1, height << 16)]
    entries += [(279, 4, 1, 2 * width * height)]
    pixels = image.astype(">u2").tobytes()
    directory = len(entries).to_bytes(2, "big")
    for tag, kind, count, value in entries:
        directory += struct.pack(">HHII", tag, kind, count, value)
    return b"MM\0*" + (8 + len(pixels)).to_bytes(4, "big") + pixels + directory + bytes(4)


def test_ten_bits_in_sixteen_are_asked_about(tmp_path, writer):
    path = of([encoded(image) for image in GREY16 // 64], tmp_path, writer)
    with pytest.raises(DataError, match="highest of all values is 1023, .*dataset.options.range: 65535 .*, 1023"):
        load(path, "train")
    np.testing.assert_allclose(load(path, "train", range=1023).images[:, 0], (GREY16 // 64) / 1023, atol=1e-7)
    with pytest.raises(DataError, match="options.range says 0 to 1000: expected all within"):
        load(path, "train", range=1000)


def test_files_of_ones_and_zeros_are_asked_about(tmp_path, writer):
    images = pictures(2, (5, 5)) // 128
    path = of(images, tmp_path, writer)
    for split in ("train", "test"):
        with pytest.raises(DataError, match="highest of all values is 1, far under white.*1 for black and white"):
            load(path, split)
    np.testing.assert_array_equal(load(path, "train", range=1).images[:, 0], images)
    np.testing.assert_array_equal(load(path, "train", range=255).images[:, 0], images)


def test_dark_test_images_are_their_own_matter(tmp_path, writer):
    path = str(writer(tmp_path, {"train": (pictures(2), LABELS), "test": (pictures(2) // 8, LABELS)}))
    assert load(path, "test").images.max() == 31


FLOAT = pictures(2).astype(np.float32) / 255


@pytest.mark.parametrize(
    ("images", "options", "expected"),
    [
        (FLOAT - np.float32(1e-7), {}, FLOAT),
        (FLOAT * np.float32(1 + 5e-7), {}, FLOAT),
        (FLOAT.astype(np.float64), {}, FLOAT),
        (FLOAT * 255, {"range": 255}, FLOAT),
        (FLOAT * 2 - 1, {"range": [-1, 1]}, FLOAT),
        (pictures(2).astype(np.int64), {}, pictures(2)),
        (pictures(2).astype(np.uint16) * 257, {"range": 65535}, FLOAT),
        (pictures(2) // 128, {"range": 1}, pictures(2) // 128),
        (pictures(2) // 128 > 0, {}, (pictures(2) // 128) * 255),
        (pictures(2) // 8, {"range": 255}, pictures(2) // 8),
        (pictures(2).astype(np.int16) - 128, {"range": [-128, 127]}, FLOAT),
    ],
)
def test_arrays_of_every_scale(tmp_path, images, options, expected):
    dataset = load(of_array(images, tmp_path), "train", **options)
    np.testing.assert_allclose(dataset.images, expected.transpose(0, 3, 1, 2), atol=1e-6)
    assert dataset.images.dtype in (np.uint8, np.float32)
    assert 0 <= dataset.images.min() <= dataset.images.max() <= (255 if dataset.images.dtype == np.uint8 else 1)


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (FLOAT * 255, "range from 0 to 255; expected 0 to 1: dataset.options.range: 255"),
        (FLOAT * 2 - 1, "dataset.options.range: \\[-1, 1\\]"),
        (FLOAT * 4 - 2, "dataset.options.range: \\[black, white\\]"),
        (FLOAT - np.float32(1e-4), "expected 0 to 1"),
        (FLOAT / 255, "highest of all values is 0.0039"),
        (pictures(2).astype(np.uint16) * 257, "uint16 from 0 to 65535; .*dataset.options.range: 65535"),
        (pictures(2).astype(np.int16) - 128, "int16 from -128 to 127; .*dataset.options.range: \\[-128, 127\\]"),
        (pictures(2) // 128, "highest of all values is 1, .*1 for black and white"),
        (pictures(2) // 16, "highest of all values is 15, .*, 15"),
        (np.full((2, 3, 3), np.nan), "image 0 holds a value that is not finite"),
        (pictures(2).reshape(2, -1)[:, :81], "expected three or four axes, images first: save them as \\(2, 9, 9\\)"),
        (pictures(2, (5, 5, 4)), "4 channels; expected 1 \\(grey\\) or 3 \\(colour\\): save them without transparency"),
        (FLOAT.astype(np.complex64), "images are complex64"),
    ],
)
def test_arrays_that_could_be_read_in_two_ways(tmp_path, images, words):
    with pytest.raises(DataError, match=words):
        load(of_array(images, tmp_path), "train")


COLOUR = pictures(2, (4, 4, 3))
SHADES = pictures(2, (4, 4))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "I;16"])
def test_grey_stays_grey(tmp_path, writer, mode):
    def stored(image):
        picture = Image.fromarray(image)
        return Image.fromarray(image.astype(np.uint16) * 257) if mode == "I;16" else picture.convert(mode)

    images = [encoded(np.asarray(stored(image))) if mode != "P" else palette(stored(image)) for image in SHADES]
    assert load(of(images, tmp_path, writer), "train").images.shape == (2, 1, 4, 4)


def palette(picture):
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def test_colour_palettes_are_colour(tmp_path, writer):
    images = [palette(Image.fromarray(image).convert("P", palette=Image.Palette.ADAPTIVE)) for image in COLOUR]
    np.testing.assert_array_equal(load(of(images, tmp_path, writer), "train").images, COLOUR.transpose(0, 3, 1, 2))


def test_grey_and_colour_are_mixed_as_asked(tmp_path, writer):
    path = of([SHADES[0], COLOUR[1]], tmp_path, writer)
    with pytest.raises(DataError, match="images are mixed, 1 grey and 1 in colour; dataset.options.channels: 3"):
        load(path, "train")
    colour, grey = (load(path, "train", channels=count).images for count in (3, 1))
    np.testing.assert_array_equal(colour[0], np.broadcast_to(SHADES[0], (3, 4, 4)))
    np.testing.assert_array_equal(colour[1], COLOUR[1].transpose(2, 0, 1))
    np.testing.assert_array_equal(grey[0, 0], SHADES[0])
    np.testing.assert_array_equal(grey[1, 0], np.asarray(Image.fromarray(COLOUR[1]).convert("L")))


def test_arrays_of_both_kinds_of_channels(tmp_path):
    path = of_array(COLOUR, tmp_path)
    grey = np.stack([np.asarray(Image.fromarray(image).convert("L")) for image in COLOUR])
    np.testing.assert_array_equal(load(path, "train", channels=1).images[:, 0], grey)
    path = of_array(COLOUR.astype(np.float32) / 255, tmp_path)
    np.testing.assert_allclose(load(path, "train", channels=1).images[:, 0], grey / 255, atol=0.6 / 255)


def transparent(background, alpha):
    image = np.concatenate([np.full((4, 4, 3), 255, np.uint8), np.full((4, 4, 1), 255, np.uint8)], axis=-1)
    image[:2] = [*background, alpha]
    return encoded(image)


@pytest.mark.parametrize(("options", "shown"), [({}, 255), ({"background": 0}, 0), ({"background": 0.5}, 128)])
def test_what_is_transparent_shows_the_background(tmp_path, writer, options, shown, capsys):
    images = load(of([transparent((255, 0, 255), 0)] * 2, tmp_path, writer), "train", **options).images
    assert (images[:, :, :2] == shown).all()
    assert (images[:, :, 2:] == 255).all()
    assert "2 images have transparent parts" in capsys.readouterr().out


def test_opaque_layers_change_nothing(tmp_path, writer, capsys):
    layered = [encoded(np.concatenate([image, np.full((4, 4, 1), 255, np.uint8)], axis=-1)) for image in COLOUR]
    np.testing.assert_array_equal(load(of(layered, tmp_path, writer), "train").images, COLOUR.transpose(0, 3, 1, 2))
    assert "transparent" not in capsys.readouterr().out


def test_only_the_first_of_several_pages_is_read_and_that_is_said(tmp_path, writer, capsys):
    def pages(image):
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "TIFF", save_all=True, append_images=[Image.fromarray(image // 2)])
        return buffer.getvalue()

    images = load(of(list(map(pages, COLOUR)), tmp_path, writer), "train").images
    np.testing.assert_array_equal(images, COLOUR.transpose(0, 3, 1, 2))
    assert "2 files hold several frames or pages; the first of each is read" in capsys.readouterr().out


def test_orientation_as_asked(tmp_path, writer, capsys):
    exif = Image.Exif()
    exif[0x112] = 6
    images = pictures(2, (4, 6, 3))
    path = of([encoded(image, exif=exif) for image in images], tmp_path, writer)
    np.testing.assert_array_equal(load(path, "train").images, images.transpose(0, 3, 1, 2))
    assert "2 images are read as stored, not turned as their EXIF says" in capsys.readouterr().out
    turned = load(path, "train", orientation="exif").images
    np.testing.assert_array_equal(turned, np.rot90(images, -1, axes=(1, 2)).transpose(0, 3, 1, 2))


def test_sizes_as_evaluation_transforms_make_them(tmp_path, writer):
    """As torchvision's formulas say: Resize(7) leaves (7, int(7 * 12 / 9)), CenterCrop(6) begins at round(rest / 2)."""
    wide, high = pictures(1, (9, 12, 3))[0], pictures(1, (20, 10, 3), seed=1)[0]
    path = of([wide, high], tmp_path, writer)
    with pytest.raises(DataError, match="expected all images of one size: dataset.options.size and crop"):
        load(path, "train")
    for name, method in (("bilinear", Image.Resampling.BILINEAR), ("bicubic", Image.Resampling.BICUBIC)):
        images = load(path, "train", size=7, crop=6, interpolation=name).images
        first = np.asarray(Image.fromarray(wide).resize((9, 7), method))[0:6, 2:8]
        second = np.asarray(Image.fromarray(high).resize((7, 14), method))[4:10, 0:6]
        np.testing.assert_array_equal(images, np.stack([first, second]).transpose(0, 3, 1, 2))
    squashed = load(path, "train", size=[5, 8]).images
    np.testing.assert_array_equal(squashed[1], np.asarray(Image.fromarray(high).resize((8, 5), 2)).transpose(2, 0, 1))


def test_sizes_of_arrays_and_of_sixteen_bits(tmp_path):
    images = pictures(2, (8, 8))
    eight = load(of_array(images, tmp_path / "a"), "train", size=4).images
    floats = load(of_array(images / 255, tmp_path / "b"), "train", size=4).images
    deep = load(of([image.astype(np.uint16) * 257 for image in images], tmp_path / "c"), "train", size=4).images
    np.testing.assert_allclose(floats, eight / 255, atol=1.1 / 255)  # Pillow rounds 8 bits after each of two passes
    np.testing.assert_allclose(deep, floats, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"crop": 9}, "4x4 is smaller than dataset.options.crop 9x9"),
        ({"size": "big"}, "dataset.options.size: got 'big'; expected a number of pixels"),
        ({"size": 0}, "expected a number of pixels"),
        ({"crop": [1, 2, 3]}, "expected a number of pixels"),
        ({"channels": 4}, "dataset.options.channels: got 4; expected 1 or 3"),
        ({"range": [1, 0]}, "expected the value of white"),
        ({"interpolation": "cubic"}, "expected nearest or bilinear or bicubic"),
        ({"orientation": "up"}, "expected stored or exif"),
        ({"background": 255}, "expected a grey level from 0"),
        ({"skip_damaged": -1}, "how many damaged images"),
        ({"transform": "module"}, "expected package.module:function"),
        ({"transform": "no.such:thing"}, "dataset.options.transform: cannot find 'no.such:thing'"),
        ({"croop": 3}, "the reader folder does not take 'croop'; did you mean crop?"),
    ],
)
def test_options_that_cannot_be(tmp_path, options, words):
    with pytest.raises(DataError, match=words.replace("?", "\\?")):
        load(of(COLOUR, tmp_path), "train", **options)


def test_files_at_any_depth_and_of_any_name(tmp_path):
    names = ["a.JPEG", "deep/er/b.JFIF", "c", "d.dat", "e.png", "deep/f.Png"]
    for split in ("train", "test"):
        for label in LABELS:
            for name, image in zip(names, pictures(6, seed=len(split))):
                file = tmp_path / split / label / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(encoded(image))
            (tmp_path / split / label / "notes.txt").write_text("no image")
    dataset = load(str(tmp_path), "train")
    assert (len(dataset), dataset.classes) == (12, ("ant", "bee"))


@pytest.fixture
def mine(monkeypatch):
    """A module of the user's own."""
    module = types.ModuleType("mine")
    monkeypatch.setitem(sys.modules, "mine", module)
    from phiscope.datasets.functions import function

    function.cache_clear()
    return module


def test_a_transform_of_ones_own(tmp_path, mine):
    path = of(COLOUR, tmp_path)
    mine.flip = lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    np.testing.assert_array_equal(
        load(path, "train", transform="mine:flip").images, COLOUR[:, :, ::-1].transpose(0, 3, 1, 2)
    )
    mine.tensor = lambda image: np.asarray(image).transpose(2, 0, 1)[:, :2] / 255
    images = load(path, "train", transform="mine:tensor").images
    np.testing.assert_allclose(images, COLOUR[:, :2].transpose(0, 3, 1, 2) / 255, atol=1e-7)
    mine.normalised = lambda image: (np.asarray(image) / 255 - 0.5) / 0.2
    with pytest.raises(DataError, match="mine:normalised gives values from .*leave normalisation to"):
        load(path, "train", transform="mine:normalised")
    mine.broken = lambda image: 1 / 0
    with pytest.raises(DataError, match="mine:broken failed .ZeroDivisionError"):
        load(path, "train", transform="mine:broken")


def test_a_reader_of_ones_own(tmp_path, mine):
    writers.folder(tmp_path, {"x": (COLOUR, LABELS)})
    files = sorted(tmp_path.rglob("*.png"))

    def arrays(path, split, scale=1):
        return (COLOUR if split == "train" else COLOUR[::-1]) // scale, LABELS

    mine.arrays, mine.files = (
        arrays,
        lambda path, split: (list(map(str, files))[:: 1 if split == "train" else -1], [0, 1], LABELS),
    )
    for name in ("mine:arrays", "mine:files"):
        dataset = load(str(tmp_path), "train", reader=name)
        np.testing.assert_array_equal(dataset.images, COLOUR.transpose(0, 3, 1, 2))
        assert dataset.classes == ("ant", "bee")
    assert load(str(tmp_path), "train", reader="mine:arrays", size=2).images.shape == (2, 3, 2, 2)
    with pytest.raises(DataError, match="mine:arrays does not take 'depth'"):
        load(str(tmp_path), "train", reader="mine:arrays", depth=2)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "returned NoneType; expected images and labels"),
        ((COLOUR, LABELS[:1]), "holds 2 images but 1 labels"),
        (([], []), "holds 0 images"),
    ],
)
def test_a_reader_of_ones_own_that_gives_something_else(tmp_path, mine, result, words):
    mine.read = lambda path, split: result
    with pytest.raises(DataError, match=words):
        load(str(tmp_path), "train", reader="mine:read")
    mine.fails = lambda path, split: 1 / 0
    with pytest.raises(DataError, match="mine:fails failed on train .ZeroDivisionError"):
        load(str(tmp_path), "train", reader="mine:fails")
