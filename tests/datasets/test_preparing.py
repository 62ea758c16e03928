"""Prepared splits of encoded images: the pixels of `load`, read by ranges; what is found before and what at use."""

import os
import sys
import types

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from phiscope.datasets import ImagesBySample, Specification, load, open_prepared, preparing, save
from phiscope.datasets import prepare as prepare_split
from phiscope.datasets.encoded import parquet as parquet_images
from phiscope.datasets.functions import function
from phiscope.errors import DataError
from tests.datasets import writers
from tests.datasets.writers import FILES, encoded, pictures

CLASSES = ["ant", "bee"]


@pytest.fixture(params=FILES)
def writer(request):
    return FILES[request.param]


@pytest.fixture(autouse=True)
def few_at_first(monkeypatch):
    """Only the first four images of the order are decoded beforehand."""
    monkeypatch.setattr(preparing, "MOST", 4)


def labels(count):
    return [CLASSES[k % 2] for k in range(count)]


def two(images):
    """Splits of the same images, in another order for testing."""
    images = list(images)
    return {"train": (images, labels(len(images))), "test": (images[::-1], labels(len(images)))}


def prepared(path, to, split="train", *, seed=3, limit=None, reader=None, **options):
    prepare_split(Specification(str(path), reader, options=options), split, to, seed=seed, limit=limit)
    return open_prepared(to)


def grey16(count):
    return [encoded(image) for image in np.random.default_rng(4).integers(0, 65536, (count, 6, 5), dtype=np.uint16)]


def turned(count):
    exif = Image.Exif()
    exif[0x112] = 6
    return [encoded(image, "JPEG", exif=exif) for image in pictures(count, (4, 6, 3))]


KINDS = {
    "png": (pictures(9), {}),
    "jpeg": ([encoded(image, "JPEG") for image in pictures(9)], {}),
    "palette": ([encoded(np.asarray(Image.fromarray(image))) for image in pictures(9, (6, 5))], {}),
    "16 bits": (grey16(9), {}),
    "16 bits as colour": (grey16(9), {"channels": 3}),
    "16 bits behind the first": ([*pictures(8, (6, 5)), grey16(1)[0]], {}),
    "range": (pictures(9), {"range": 300}),
    "sizes": ([image for k in range(9) for image in pictures(1, (7 + k, 9, 3), seed=k)], {"size": 6, "crop": 5}),
    "grey and colour": ([*pictures(4), *pictures(5, (6, 5))], {"channels": 1}),
    "turned": (turned(9), {"orientation": "exif"}),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("split", ["train", "test"])
def test_an_index_gives_the_pixels_that_the_whole_split_has(tmp_path, writer, kind, split):
    images, options = KINDS[kind]
    path = writer(tmp_path / "data", two(images))
    index = prepared(path, tmp_path / "index.safetensors", split, **options)
    save(load(str(path), split, **options), tmp_path / "whole.safetensors", seed=3)
    whole = open_prepared(tmp_path / "whole.safetensors")
    for name in ("labels", "samples", "classes", "shape"):
        np.testing.assert_array_equal(getattr(index, name), getattr(whole, name))
    for part in (None, slice(2, 5), slice(6, 99), slice(9, 12), slice(0, 0)):
        assert index.images(part).dtype == whole.images(part).dtype
        np.testing.assert_array_equal(index.images(part), whole.images(part))
    first = whole.images(slice(0, 4)) / (255 if whole.images().dtype == np.uint8 else 1)
    assert index.deviation == pytest.approx(first.std(), rel=1e-5)


def test_a_limit_changes_no_file(tmp_path, writer):
    path = writer(tmp_path / "data", two(pictures(9)))
    contents = []
    for limit in (2, 5, None):
        split = prepared(path, tmp_path / "a.safetensors", limit=limit)
        contents.append((split.samples.tolist(), split.columns.to_pylist(), split.images().tobytes()))
    assert contents[0] == contents[1] == contents[2]


def behind_the_first(tmp_path, writer, odd):
    """A split whose last image in the order is an odd one; its path, and its sample number."""
    last = int(prepared(writer(tmp_path / "even", two(pictures(9))), tmp_path / "even.safetensors").samples[-1])
    images = list(pictures(9))
    images[last] = odd
    return writer(tmp_path / "data", {"train": (images, labels(9)), "test": (pictures(2), labels(2))}), last


ODD = {
    "size": (
        encoded(pictures(1, (7, 5, 3))[0]),
        "is 5x[67], the first image is 5x[67]; expected",
        "is 3x7x5, the others",
    ),
    "channels": (encoded(pictures(1, (6, 5))[0]), "images are mixed, 1 grey and 8 in colour", "is 1x6x5, the others"),
    "damage": (
        b"\x89PNG broken",
        "not an image that can be decoded .*; one image is so",
        "not an image .*skip_damaged",
    ),
    "empty": (b"", "not an image that can be decoded", "not an image that can be decoded"),
}


@pytest.mark.parametrize("odd", ODD)
def test_headers_within_the_limit_are_read_beforehand_and_others_at_use(tmp_path, writer, odd):
    content, before, at_use = ODD[odd]
    path, _ = behind_the_first(tmp_path, writer, content)
    for limit in (9, None):
        with pytest.raises(DataError, match=before):
            prepared(path, tmp_path / "a.safetensors", limit=limit)
    split = prepared(path, tmp_path / "a.safetensors", limit=8)
    assert len(split.images(slice(0, 8))) == 8
    with pytest.raises(DataError, match=at_use):
        split.images()


def test_what_only_decoding_finds_names_the_file_at_use(tmp_path, writer):
    path, sample = behind_the_first(tmp_path, writer, encoded(pictures(1)[0], "JPEG", quality=95)[:-60])
    split = prepared(path, tmp_path / "a.safetensors")
    name = split.files[-1] or f"row {sample}"
    with pytest.raises(DataError, match=f"{name}: not an image that can be decoded .*dataset.options.skip_damaged"):
        split.images()
    without = prepared(path, tmp_path / "a.safetensors", skip_damaged=1)
    assert (len(without), sample in without.samples) == (8, False)
    assert len(without.images()) == 8


def test_values_outside_the_range_are_named_at_use(tmp_path, writer):
    path, _ = behind_the_first(tmp_path, writer, pictures(1)[0])
    dark = writer(tmp_path / "dark", {"train": (pictures(9) // 2, labels(9)), "test": (pictures(2) // 2, labels(2))})
    assert prepared(dark, tmp_path / "a.safetensors", range=127).images().max() == 1
    with pytest.raises(DataError, match="values range from .* dataset.options.range says 0 to 127"):
        prepared(path, tmp_path / "a.safetensors", range=127)


def test_more_images_are_decoded_until_one_is_bright(tmp_path, writer):
    path, _ = behind_the_first(tmp_path, writer, pictures(1)[0])
    dim = writer(tmp_path / "dim", two(pictures(9) // 8))
    with pytest.raises(DataError, match="the highest of all values is 31"):
        prepared(dim, tmp_path / "a.safetensors", limit=2)
    images = [image // 8 for image in pictures(9)]
    last = int(prepared(path, tmp_path / "a.safetensors").samples[-1])
    images[last] = pictures(1)[0]
    bright = writer(tmp_path / "bright", {"train": (images, labels(9)), "test": (images[::-1], labels(9))})
    assert prepared(bright, tmp_path / "a.safetensors", limit=2).images().max() == 255


def test_a_source_that_changes_is_not_believed(tmp_path, writer):
    path = writer(tmp_path / "data", two(pictures(9)))
    split = prepared(path, tmp_path / "a.safetensors")
    assert len(split.images(slice(0, 1))) == 1
    for file in (path if path.is_dir() else path.parent).rglob("*.p*"):
        os.utime(file, ns=(1, 1))
    with pytest.raises(DataError, match="has changed since the split was prepared; delete .*a.safetensors to prepare"):
        split.images(slice(0, 1))
    assert len(prepared(path, tmp_path / "a.safetensors").images()) == 9


def test_a_source_that_is_gone_is_named(tmp_path):
    path = writers.folder(tmp_path / "data", two(pictures(4)))
    split = prepared(path, tmp_path / "a.safetensors")
    (path / split.files[2]).unlink()
    with pytest.raises(DataError, match=f"{split.files[2]}: cannot be read any more"):
        split.images()
    assert len(split.images(slice(0, 2))) == 2


def test_data_may_move_where_its_path_is_a_variable(tmp_path, writer, monkeypatch):
    path = writer(tmp_path / "here", two(pictures(4))).relative_to(tmp_path / "here")
    monkeypatch.setenv("MY_DATA", str(tmp_path / "here"))
    split = prepared(f"$MY_DATA/{path}", tmp_path / "a.safetensors")
    images = split.images()
    (tmp_path / "here").rename(tmp_path / "there")
    monkeypatch.setenv("MY_DATA", str(tmp_path / "there"))
    np.testing.assert_array_equal(open_prepared(tmp_path / "a.safetensors").images(), images)


@pytest.mark.parametrize("kept", [2**26, 3000, 0])  # bytes of groups: all, some, none
def test_rows_of_several_files_and_groups(tmp_path, monkeypatch, kept):
    monkeypatch.setattr(parquet_images, "_KEPT", kept)
    images, kind = pictures(23), pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    for shard, rows in enumerate([range(9), range(9, 10), range(10, 23)]):
        cells = pa.array([{"bytes": encoded(images[k]), "path": f"{k}.png" if k % 3 else None} for k in rows], kind)
        table = pa.table({"image": cells, "label": [k % 2 for k in rows], "file": [f"p{k}" for k in rows]})
        pq.write_table(table, tmp_path / f"train-{shard}-of-3.parquet", row_group_size=4)
    pq.write_table(table, tmp_path / "test.parquet")
    split = prepared(tmp_path, tmp_path / "a.safetensors")
    expected = images[split.samples].transpose(0, 3, 1, 2)
    for part in (slice(0, 23), slice(5, 17), slice(22, 23)):
        np.testing.assert_array_equal(split.images(part), expected[part])
    by_sample = ImagesBySample(split)
    for sample in [*range(23), 0, 22]:  # one after another, which keeps small groups
        np.testing.assert_array_equal(by_sample[sample], images[sample].transpose(2, 0, 1) / np.float32(255))
    np.testing.assert_array_equal(split.images(), expected)
    assert split.files == [f"{k}.png" if k % 3 else None for k in split.samples.tolist()]
    assert split.columns["source_file"].to_pylist() == [f"p{k}" for k in split.samples.tolist()]


def test_columns_of_the_source_stay_with_their_samples(tmp_path):
    path = writers.table(tmp_path / "data", two(pictures(6)))
    lines = path.read_text().splitlines()
    further = ["age,site,id", "40,north,007", ",south,008", *["41.5,north,009"] * 10]
    path.write_text("\n".join(f"{line},{more}" for line, more in zip(lines, further)))
    split = prepared(path, tmp_path / "a.safetensors")
    assert split.columns.column_names == ["file", "age", "site", "id"]
    rows = {row["file"]: row for row in split.columns.to_pylist()}
    assert rows["train-0.png"] == {"file": "train-0.png", "age": 40.0, "site": "north", "id": "007"}
    assert rows["train-1.png"]["age"] is None
    assert split.files == [f"train-{k}.png" for k in split.samples.tolist()]
    shared = prepared(path, tmp_path / "b.safetensors", test_share=0.5, splits={"train": "train"})
    ages = {f"train-{k}.png": age for k, age in enumerate([40.0, None, 41.5, 41.5, 41.5, 41.5])}
    assert {row["file"]: row["age"] for row in shared.columns.to_pylist()}.items() < ages.items()


def test_names_in_a_folder_are_relative_to_the_data_set(tmp_path):
    path = writers.folder(tmp_path / "data", two(pictures(4)))
    split = prepared(path, tmp_path / "a.safetensors", "test")
    assert sorted(split.files) == ["test/ant/000.png", "test/ant/002.png", "test/bee/001.png", "test/bee/003.png"]
    for file, label in zip(split.files, split.labels):
        assert file.split("/")[1] == split.classes[label]


def test_arrays_have_no_names(tmp_path):
    path = writers.npz(tmp_path / "data", two(pictures(4)))
    split = prepared(path, tmp_path / "a.safetensors")
    assert (split.files, split.columns.column_names, split.columns.num_rows) == ([None] * 4, [], 4)
    np.testing.assert_array_equal(split.images(), load(str(path), "train").images[split.samples])


@pytest.fixture
def mine(monkeypatch, tmp_path):
    """A module of the user's own, in a file."""
    module = types.ModuleType("mine")
    module.__file__ = str(tmp_path / "mine.py")
    (tmp_path / "mine.py").write_text("version 1")
    monkeypatch.setitem(sys.modules, "mine", module)
    monkeypatch.setenv("PHISCOPE_FACTORIES", str(tmp_path))
    function.cache_clear()
    return module


def test_a_transformation_whose_code_changes_is_not_believed(tmp_path, mine):
    def flip(image):
        return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)

    flip.__module__, mine.flip = "mine", flip
    path = writers.folder(tmp_path / "data", two(pictures(9)))
    split = prepared(path, tmp_path / "a.safetensors", transform="mine:flip")
    expected = pictures(9)[split.samples]
    whole = load(str(path), "train", transform="mine:flip").images[split.samples]
    np.testing.assert_array_equal(split.images(), whole)
    assert not np.array_equal(split.images(), expected.transpose(0, 3, 1, 2))
    (tmp_path / "mine.py").write_text("version 2")
    with pytest.raises(DataError, match="transform mine:flip: its code has changed since then; delete .*a.safetensors"):
        open_prepared(tmp_path / "a.safetensors").images()


def test_contents_and_files_of_a_reader_of_ones_own(tmp_path, mine):
    contents = [encoded(image) for image in pictures(6)]
    for k, content in enumerate(contents):
        (tmp_path / f"{k}.png").write_bytes(content)
    files = [tmp_path / f"{k}.png" for k in range(6)]
    mine.contents = lambda path, split: (contents if split == "train" else contents[::-1], labels(6))
    mine.files = lambda path, split: (files if split == "train" else files[::-1], labels(6))
    for name, names in (("contents", [None] * 6), ("files", [f"{k}.png" for k in range(6)])):
        split = prepared(tmp_path, tmp_path / "a.safetensors", reader=f"mine:{name}")
        np.testing.assert_array_equal(split.images(slice(1, 5)), pictures(6)[split.samples[1:5]].transpose(0, 3, 1, 2))
        assert split.files == [names[k] for k in split.samples.tolist()]


def test_who_compares_with_labels_says_that_some_have_none(tmp_path):
    images, some = pictures(4), ["ant", "", "bee", ""]
    path = writers.table(tmp_path / "data", {"train": (images, labels(4)), "test": (images, some)})
    split = prepared(path, tmp_path / "a.safetensors", "test")
    with pytest.raises(DataError, match="latent: 2 of 4 images of the split have no label"):
        split.require_labels(None, "latent")
    split.labels = split.labels[split.labels >= 0]
    split.require_labels(2, "latent")


def test_a_source_that_is_another_than_it_was_is_named_and_one_that_is_gone_is_not(writer, tmp_path):
    path = writer(tmp_path / "source", two(pictures(6)))
    prepare_split(Specification(str(path), options={}), "train", tmp_path / "a.safetensors", seed=0)
    opened = open_prepared(tmp_path / "a.safetensors")
    assert opened.changed is None
    files = [file for file in sorted(tmp_path.rglob("*")) if file.is_file() and file.name != "a.safetensors"]
    for file in files:
        os.utime(file, ns=(1, 1))
    assert "has changed since the split was prepared" in opened.changed
    for file in files:
        file.unlink()
    assert open_prepared(tmp_path / "a.safetensors").changed is None
