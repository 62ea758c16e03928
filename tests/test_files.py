"""Files are whole or not there, follow the umask, and say what made them."""

import io
import os
import random
import stat
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from phiscope import figures, tables
from phiscope.errors import ResultError
from phiscope.files import (
    Stamp,
    read_json,
    replacing,
    require_unchanged,
    stamp_of,
    stamping,
    write_arrays,
    write_json,
    write_shown,
    write_text,
)
from phiscope.files.frames import with_stamp

STAMP = Stamp("0123456789abcdef", {"results/a/models/head.safetensors": "abc"})


def parquet(path):
    columns = {"statistic": ["a", "b"], "value": [1.0, 2.0]}
    import pandas as pd

    tables.write_frame(pd.DataFrame(columns), path, {"commit": "none"})


def drawn(kind):
    figure = Figure()
    figure.add_subplot().plot([1, 2])
    return figures.encode(figure, kind, dpi=40)


WRITERS = {
    "a.safetensors": lambda path: write_arrays({"a": np.arange(1000.0), "b": np.ones((2, 3), np.float32)}, path),
    "a.json": lambda path: write_json({"a": [1, 2.5, "ü"]}, path),
    "a.parquet": parquet,
    "a.png": lambda path: write_shown(drawn("png"), path),
    "a.svg": lambda path: write_shown(drawn("svg"), path),
    "a.rst": lambda path: write_shown("A caption, ümläut.\n".encode(), path),
    "a.html": lambda path: write_shown(b"<html><body>text</body></html>\n", path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_carries_the_stamp_of_the_job_that_writes_it(tmp_path, name):
    with stamping(STAMP):
        WRITERS[name](tmp_path / name)
    assert stamp_of(tmp_path / name) == STAMP
    WRITERS[name](tmp_path / f"other-{name}")
    assert stamp_of(tmp_path / f"other-{name}") is None


def test_a_checksum_of_a_png_that_holds_a_brace_is_not_of_the_stamp(tmp_path):
    """The checksum follows the stamp's text; of 600 some nine hold the byte that ends it."""
    figure, path, held = drawn("png"), tmp_path / "figure.png", 0
    for number in range(600):
        stamp = Stamp(f"{number:016x}")
        path.write_bytes(content := with_stamp(figure, ".png", stamp))
        assert stamp_of(path) == stamp
        held += b"}" in content[-16:-12]
    assert held > 0


def test_the_stamp_of_a_part_stands_for_that_of_its_job(tmp_path):
    with stamping(STAMP):
        with stamping(Stamp("part")):
            write_json({}, tmp_path / "part.json")
        write_json({}, tmp_path / "job.json")
    assert stamp_of(tmp_path / "part.json") == Stamp("part")
    assert stamp_of(tmp_path / "job.json") == STAMP
    assert read_json(tmp_path / "job.json") == {}


def is_damaged(path):
    """Seen from the frame alone."""
    try:
        return stamp_of(path) is None
    except ValueError:  # of several kinds
        return True


@pytest.mark.parametrize("share", [0, 0.001, 0.01, 0.5, 0.99])
@pytest.mark.parametrize("name", WRITERS)
def test_what_is_cut_short_is_seen_at_any_place(tmp_path, name, share):
    path = tmp_path / name
    with stamping(STAMP):
        WRITERS[name](path)
    about, whole = path.stat(), path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert is_damaged(path)
    path.write_bytes(whole.rstrip(b"\n")[:-1])
    assert is_damaged(path)


def is_as_it_was_written(path):
    try:
        require_unchanged(path)
        return stamp_of(path) == STAMP
    except (OSError, ValueError):
        return False


@pytest.mark.parametrize("name", WRITERS)
def test_a_changed_byte_is_seen_at_any_place(tmp_path, name):
    """In numbers, headers, the stamp and its checksum; of small files, at every place."""
    path = tmp_path / name
    with stamping(STAMP):
        WRITERS[name](path)
    assert is_as_it_was_written(path)
    whole, draw = path.read_bytes(), random.Random(0)
    about_the_stamp = range(len(whole) - 600, len(whole)) if len(whole) > 2500 else ()
    places = range(len(whole)) if len(whole) <= 2500 else [*draw.sample(range(len(whole)), 500), *about_the_stamp]
    for place in places:
        with path.open("r+b") as file:
            file.seek(place)
            file.write(bytes([whole[place] ^ 1 << draw.randrange(8)]))
        assert not is_as_it_was_written(path), (place, whole[place])
        with path.open("r+b") as file:
            file.seek(place)
            file.write(whole[place : place + 1])
    assert is_as_it_was_written(path)


@pytest.mark.parametrize("name", WRITERS)
def test_bytes_that_are_put_in_or_left_out_are_seen(tmp_path, name):
    path = tmp_path / name
    with stamping(STAMP):
        WRITERS[name](path)
    whole, draw = path.read_bytes(), random.Random(1)
    for _ in range(50):
        place = draw.randrange(len(whole))
        for changed in (whole[:place] + whole[place + 1 :], whole[:place] + b"\0" + whole[place:], whole + whole[-9:]):
            path.write_bytes(changed)
            assert not is_as_it_was_written(path), place


def test_a_file_that_no_job_wrote_has_no_checksum_and_is_let_pass(tmp_path):
    for name, write in WRITERS.items():
        write(tmp_path / name)
        require_unchanged(tmp_path / name)


def test_a_changed_byte_of_a_table_is_seen_where_it_is_read(tmp_path):
    path = tmp_path / "a.parquet"
    parquet(path)
    whole = bytearray(path.read_bytes())
    whole[40] ^= 0xFF  # behind the header of the first page
    path.write_bytes(whole)
    with pytest.raises(ResultError, match="a.parquet is damaged"):
        tables.read(path)


def test_a_writer_that_fails_leaves_what_was_there_and_no_other_name(tmp_path):
    write_text("before", tmp_path / "a.txt")

    def fail():
        with replacing(tmp_path / "a.txt") as temporary:
            temporary.write_text("half")
            raise RuntimeError("as on a full disk")

    with pytest.raises(RuntimeError, match="full disk"):
        fail()
    assert (tmp_path / "a.txt").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_pictures_and_pages_are_what_they_were_to_their_readers(tmp_path):
    with stamping(Stamp("a", {"results/a--b/models/head.safetensors": "abc"})):
        for name in ("a.png", "a.svg", "a.html"):
            WRITERS[name](tmp_path / name)
            assert stamp_of(tmp_path / name).networks == {"results/a--b/models/head.safetensors": "abc"}
    with Image.open(tmp_path / "a.png") as stamped, Image.open(io.BytesIO(drawn("png"))) as plain:
        assert np.array_equal(np.asarray(stamped), np.asarray(plain))
        assert "fingerprint" in stamped.text["phiscope.made_by"]
    ElementTree.parse(tmp_path / "a.svg")


@pytest.mark.parametrize("mask", [0o022, 0o002, 0o077])
def test_files_follow_the_umask(tmp_path, mask):
    before = os.umask(mask)
    try:
        for name, write in WRITERS.items():
            write(tmp_path / name)
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o666 & ~mask
    finally:
        os.umask(before)
