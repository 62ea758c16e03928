"""Each file of a run is read through once, and again when it has been written since."""

import os

import numpy as np
import pytest

from phiscope.files import Stamp, require_unchanged, stamping, write_arrays
from phiscope.workflow import stamps, unchanged
from phiscope.workflow.stamps import clear, fault, require_own
from phiscope.workflow.unchanged import Unchanged


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "results/a/chunks/0.safetensors"
    with stamping(Stamp("mine")):
        write_arrays({"x": np.arange(1000)}, path)
    return path.relative_to(tmp_path)


@pytest.fixture
def read(monkeypatch):
    """The files that were read through."""
    names = []

    def counted(path):
        names.append(path.name)
        require_unchanged(path)

    monkeypatch.setattr(unchanged, "require_unchanged", counted)
    return names


def with_a_byte_changed(path):
    """And with the time of modification that it had."""
    about = path.stat()
    content = bytearray(path.read_bytes())
    content[-500] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def test_a_file_is_read_once_by_whichever_process(file, read):
    for _ in range(2):
        known = Unchanged("results/a")
        known.require(file)
        known.require(file)
    assert read == ["0.safetensors"]
    known.tidy()
    Unchanged("results/a").require(file)
    assert read == ["0.safetensors"]


def test_one_that_was_written_since_is_read_again_whatever_its_time_says(file, read):
    Unchanged("results/a").require(file)
    with_a_byte_changed(file)
    for _ in range(2):  # what was refused is not noted
        with pytest.raises(ValueError, match="checksum"):
            Unchanged("results/a").require(file)
    assert len(read) == 3


def test_what_is_noted_is_what_was_read(file, monkeypatch):
    """Not a file that took its place meanwhile."""

    def replaced(path):
        require_unchanged(path)
        with_a_byte_changed(path)

    with monkeypatch.context() as patched:
        patched.setattr(unchanged, "require_unchanged", replaced)
        Unchanged("results/a").require(file)
    with pytest.raises(ValueError, match="checksum"):
        Unchanged("results/a").require(file)


@pytest.mark.parametrize("content", [b"", b'["chunks/0.safetensors", [1', b"\xff\n3\n[]\n[1, 2]\n[[], {}]\n", b"{}\n"])
def test_a_torn_record_says_nothing(file, read, content):
    (file.parents[1] / ".checked").write_bytes(content)
    Unchanged("results/a").require(file)
    assert read == ["0.safetensors"]


def test_a_record_that_cannot_be_written_is_done_without(file, read):
    (file.parents[1] / ".checked").mkdir()
    for _ in range(2):
        Unchanged("results/a").require(file)
    Unchanged("results/a").tidy()
    assert len(read) == 2


def test_a_start_says_that_it_reads_much(file, monkeypatch):
    monkeypatch.setattr(stamps, "_LARGE", 100)
    said = []
    for _ in range(2):
        clear("results/a", lambda path: "mine", lambda path: True, say=said.append)
    assert said == ["Reads 0 GiB of results/a once, to see that no file is damaged."]


def test_a_start_and_a_job_see_it(file):
    assert fault(file, "mine", Unchanged("results/a")) is None
    with_a_byte_changed(file)
    why = fault(file, "mine", Unchanged("results/a"))
    assert why == "is damaged (its bytes are not those that were written: their checksum is another)"
    with pytest.raises(Exception, match=f"{file} is damaged"):
        require_own([str(file)], {str(file): "mine"}, "results/a")
    assert not file.exists()
    with stamping(Stamp("mine")):
        write_arrays({"x": np.arange(1000)}, file)
    assert clear("results/a", lambda path: "mine", lambda path: True) == {}
    with_a_byte_changed(file)
    assert clear("results/a", lambda path: "mine", lambda path: True) == {str(file): why}
