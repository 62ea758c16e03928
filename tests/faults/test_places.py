"""Disks that are full, and places that cannot be written: it works, or one sentence says what to do."""

import contextlib
import errno
import os
import shutil
import stat
import subprocess
from types import SimpleNamespace

import pytest
from safetensors import SafetensorError

from phiscope.workflow import job as module
from phiscope.workflow.starting import caches
from phiscope.workflow.starting.refusals import refusal, refusing
from tests.faults.starts import ROOT, left_behind, snakemake
from tests.workflow.project import copied

workflow = [pytest.mark.workflow, pytest.mark.xdist_group("faults")]
TARGET = "results/slow/data/train.safetensors"
COMMAND = snakemake(TARGET, "--configfile", "slow.yaml")
FULL = "No space left on device; free some space there, then start the same command again: what is finished stays"
LOOP = "import numpy as np; from phiscope.geometry.margin.newton import _dot; print(_dot(np.ones(3), np.ones(3)))"


@pytest.fixture
def small_disk(tmp_path_factory):
    """A folder on a disk of its own of a megabyte."""
    place = tmp_path_factory.mktemp("disk")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"no small disk can be mounted here: {made.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk):
    with (disk / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    assert os.statvfs(disk).f_bavail == 0


def caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/a/b"), "/a/b: No space left"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "/here: Disk quota exceeded; free some of your quota"),
        (OSError(errno.EROFS, "Read-only file system", "/a"), "/a: Read-only file system; start where results"),
        (PermissionError(errno.EACCES, "Permission denied", "/a"), "/a: Permission denied; change its permissions"),
        (
            OSError("[Errno 28] Error writing bytes to file. Detail: [errno 28] No space left on device"),
            "/here: No space",
        ),
        (SafetensorError("Error while serializing: I/O error: File too large (os error 27)"), "/here: File too large"),
        (RuntimeError("PytorchStreamWriter failed writing file: No space left on device"), "/here: No space left"),
        (caused(ValueError("x"), OSError(errno.EIO, "Input/output error", "/a")), "/a: Input/output error; see to"),
    ],
)
def test_what_a_file_system_refuses_is_said_however_a_library_says_it(error, words):
    assert refusal(error, "/here").startswith(words)


@pytest.mark.parametrize(
    "error", [ValueError("x"), FileNotFoundError(errno.ENOENT, "No such file", "/a"), KeyError(28)]
)
def test_other_errors_stay_what_they_are(error):
    assert refusal(error, "/here") is None


def test_a_full_disk_that_a_library_says_nothing_of_is_seen(small_disk):
    assert refusing(small_disk) is None or "No space" in refusing(small_disk)
    (small_disk / "filler").write_bytes(bytes(900_000))
    assert refusing(small_disk) == f"{small_disk}: {FULL}"
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


def test_a_job_whose_log_finds_no_room_says_so_on_the_terminal(small_disk, monkeypatch):
    monkeypatch.setenv(module.TOLD, "1")
    fill(small_disk)
    with pytest.raises(SystemExit) as ended, module.job(SimpleNamespace(log=[small_disk / "a.log"], params=None)):
        raise ValueError("a library's own words")
    assert ended.value.code == f"phiscope: {small_disk}: {FULL}"
    with pytest.raises(SystemExit) as ended, module.job(SimpleNamespace(log=[small_disk / "a.log"], params=None)):
        print("a" * 100_000)
    assert "No space left on device" in ended.value.code


def test_a_cache_that_cannot_be_written_goes_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "x")
    assert caches.ensure(tmp_path / "cache/snakemake") is None
    assert os.environ["XDG_CACHE_HOME"] == "x"
    (tmp_path / "file").touch()
    said = caches.ensure(tmp_path / "file/snakemake")
    instead = os.environ["XDG_CACHE_HOME"]
    assert said.startswith(f"{tmp_path}/file/snakemake cannot be written (Not a directory)")
    assert said.endswith(f"goes to {instead} for now.")
    assert stat.S_IMODE(os.stat(instead).st_mode) == 0o700
    os.rmdir(instead)


class TestRuns:
    pytestmark = workflow

    def test_a_disk_that_gets_full_ends_a_run_in_a_sentence_and_it_goes_on(self, start, folder, small_disk):
        for name in ("slow.py", "slow.yaml"):
            shutil.copy(folder / name, small_disk)
        (small_disk / "fill").touch()
        said = start(*COMMAND, where=small_disk).end(code=1)
        assert f": {FULL}" in said
        assert said.count("No space left") == 1
        (small_disk / "filler").unlink()
        (small_disk / "fill").unlink()
        start(*COMMAND, where=small_disk).end()
        assert left_behind(small_disk) == []

    @pytest.mark.long
    def test_a_disk_that_is_full_already_is_a_sentence(self, start, folder, small_disk):
        for name in ("slow.py", "slow.yaml"):
            shutil.copy(folder / name, small_disk)
        start(*COMMAND, where=small_disk).end()
        (small_disk / TARGET).unlink()
        fill(small_disk)
        said = start(*COMMAND, where=small_disk).end(code=1)
        assert f": {FULL}" in said
        (small_disk / "filler").unlink()
        start(*COMMAND, where=small_disk).end()

    @pytest.mark.long
    def test_a_limit_of_the_size_of_files_is_a_sentence(self, start, folder):
        limited = ("bash", "-c", 'ulimit -f 16; exec "$@"', "_")  # 16 kB; the images take 40
        said = start(*COMMAND, before=limited).end(code=1)
        assert "File too large; raise what limits the size of files (ulimit -f, or the file system)" in said
        start(*COMMAND).end()
        assert left_behind(folder) == []

    def test_results_that_cannot_be_written_are_a_sentence(self, start, folder, obedient):
        results = folder / "results/slow"
        results.mkdir(parents=True)
        results.chmod(0o555)
        said = start(*COMMAND, before=obedient).end(code=1)
        line = f"phiscope: {results}/.locks: Permission denied; change its permissions, or let results go elsewhere"
        assert line in said
        results.chmod(0o755)
        start(*COMMAND, before=obedient).end()

    @pytest.mark.parametrize("command", [COMMAND, ("-m", "phiscope", "run", "slow.yaml")])
    def test_a_folder_that_cannot_be_written_is_a_sentence(self, start, folder, obedient, command):
        folder.chmod(0o555)
        said = start(*command, before=obedient).end(code=1)
        folder.chmod(0o755)
        assert "Permission denied; change its permissions, or let results go elsewhere: --directory FOLDER" in said

    def test_home_caches_and_checkout_need_not_be_written(self, start, folder, obedient, tmp_path_factory):
        """Compiled loops, matplotlib's fonts and Snakemake's sources have no place; the project is read only."""
        place = tmp_path_factory.mktemp("read-only")
        copied(ROOT, place / "project")
        for path in [place, *place.rglob("*")]:
            path.chmod(path.stat().st_mode & 0o555)
        variables = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "NUMBA_CACHE_DIR", "MPLCONFIGDIR", "TORCH_HOME")
        environment = dict.fromkeys(variables, str(place / "absent")) | {"HOME": str(place)}
        environment["PYTHONPATH"] = str(place / "project")
        command = [str(place / "project/Snakefile") if part.endswith("/Snakefile") else part for part in COMMAND]
        code = f"import sys; sys.prefix = {str(place / 'absent')!r}; {LOOP}"  # the environment cannot be written either
        try:
            said = start(*command, before=obedient, environment=environment).end()
            loop = start("-c", code, before=obedient, environment=environment).end()
        finally:
            for path in [place, *place.rglob("*")]:
                path.chmod(path.stat().st_mode | 0o200)
        assert f"{place}/absent/snakemake cannot be written (Permission denied): what Snakemake caches goes to" in said
        assert loop.count("compiled loops cannot be kept") == 1
        assert loop.splitlines()[-1] == "3.0"
        assert (folder / TARGET).is_file()


@pytest.mark.workflow
@pytest.mark.xdist_group("workflow")
def test_all_files_of_a_run_follow_the_umask(finished):
    os.umask(mask := os.umask(0))
    for path in finished.results.rglob("*"):
        expected = (0o777 if path.is_dir() else 0o666) & ~mask
        assert stat.S_IMODE(path.stat().st_mode) == expected, path
