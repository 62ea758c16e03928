"""What an archive may unpack to, and how that is read."""

import bz2
import gzip
import zipfile

import pytest

from phiscope.datasets.archives import Unpacked, most_unpacked, require_inside, require_once, require_plain
from phiscope.datasets.limits import MOST_RATIO, MOST_UNPACKED
from phiscope.errors import DataError

CONTENT = bytes(range(256)) * 40


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, bytes])
def test_content_is_read_in_parts_and_by_place(tmp_path, pack):
    (tmp_path / "a").write_bytes(pack(CONTENT))
    with Unpacked(tmp_path / "a") as file:
        assert file.read(10) == CONTENT[:10]
        assert file.tell() == 10
        file.seek(500)
        assert file.read() == CONTENT[500:]
        assert file.read(5) == b""


@pytest.mark.parametrize("ask", [lambda file: file.read(), lambda file: file.read(5000), lambda file: file.seek(5000)])
def test_no_more_is_unpacked_than_may_be(tmp_path, ask):
    (tmp_path / "a.gz").write_bytes(gzip.compress(CONTENT))
    with Unpacked(tmp_path / "a.gz", most=4096) as file, pytest.raises(DataError, match="a.gz: unpacks to more than"):
        ask(file)
    with Unpacked(tmp_path / "a.gz", most=len(CONTENT)) as file:
        assert file.read() == CONTENT  # exactly as much is allowed


def test_a_large_archive_may_unpack_to_more_than_a_small_one():
    assert most_unpacked(10) == MOST_UNPACKED
    assert most_unpacked(2**40) == MOST_RATIO * 2**40


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/a", "C:/a", "..\\a", "\\a"])
def test_names_that_lead_out(name):
    with pytest.raises(DataError, match="leads out of the archive"):
        require_inside(["data/a.npy", name])


@pytest.mark.parametrize("name", ["a", "a/b", "a..b", "..a", "a/...", "C/a"])
def test_names_that_do_not(name):
    require_inside([name])
    with pytest.raises(DataError, match="twice"):
        require_once([name, "b", name])


def test_an_archive_of_what_is_usual_is_plain(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(10**6))  # a thousand times its size, and small all the same
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        require_plain(archive, (tmp_path / "a.zip").stat().st_size)
