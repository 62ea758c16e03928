"""A head is killed while a job makes a part, the job finishes without Snakemake's note, and then a setting changes.

The part is of the old setting, and Snakemake does not know it: behind a checkpoint it does not even look for marks of
jobs that were cut short. The next start moves it aside and makes it anew, on this machine as on a cluster, and its
tables are those of a run that never knew the old setting.

    pytest -n 0 tests/cluster/test_changed_settings.py -rP | grep ^killed    # five settings, two ways to run
"""

import shutil
import signal
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from phiscope import tables
from phiscope.files import stamp_of
from tests.cluster import small
from tests.cluster.runs import ClusterRun, documented, jobs
from tests.cluster.test_slurm import OFTEN
from tests.faults.starts import Start, snakemake, until
from tools.compare import compare

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("cluster")]

RESULTS = "results/small"
TABLE = f"{RESULTS}/tables/margins.parquet"  # the job that makes it makes those of hulls, attacks and samples too
ASIDE = f"{RESULTS}/.aside"


class Case(NamedTuple):
    """change: the setting that is changed; part: below results/small, of the old setting; job: which makes it, as its
    log is called; before: what is made already when the head is started that is killed."""

    change: dict
    part: str
    job: str
    before: str | None


CASES = {
    "the solver of the margins": Case(
        {"margins": {"solver": "quadprog"}},
        "chunks/margins/original/test/0000000-0000020.parquet", "locate_original/0000000-0000020", "models",
    ),
    "the tolerance of hulls": Case(
        {"hulls": {"feature": {"tolerance": 1e-3}}},
        "chunks/hulls/feature/original/test/0000000-0000020.parquet", "project_original/test/0000000-0000020", "models",
    ),
    "the strength of an attack": Case(
        {"views": {"pgd-first": {"epsilon": 0.1}}},
        "views/pgd-first/test/0000000-0000010.safetensors", "make_pgd-first/0000000-0000010", "models",
    ),
    "the epochs of the classifier": Case(
        {"classifier": {"training": {"epochs": 1}}}, "models/classifier.safetensors", "fit_classifier", "data",
    ),
    "the seed": Case({"seed": 1}, "data/test.safetensors", "prepare_dataset/test", None),
}  # fmt: skip


@pytest.fixture(scope="session")
def written(tmp_path_factory) -> Callable[..., Path]:
    """Writes the configuration with changes into a folder; all name the same images."""
    images = tmp_path_factory.mktemp("images")
    small.write(images)

    def written(folder: Path, change: dict | None = None) -> Path:
        given = edited(small.configuration(images), {"chunk_size": 20, "dataset": {"limit": {"train": 40}}})
        path = folder / "small.yaml"
        text = yaml.safe_dump(edited(given, change or {}), allow_unicode=True, sort_keys=False)
        path.write_text(text, encoding="utf-8")
        return path

    return written


def edited(given: dict, change: dict) -> dict:
    """As somebody edits a file: what is named stands where it stood."""
    changed = {
        key: edited(given.get(key, {}), value) if isinstance(value, dict) else value for key, value in change.items()
    }
    return given | changed


@pytest.fixture(scope="session")
def begun(written, tmp_path_factory) -> Callable[..., Path]:
    """Copies a run that was begun, up to its `data` or its `models`, into a folder that is not there yet."""
    made: dict[str, Path] = {}
    ends = {"data": [f"data/{split}.safetensors" for split in ("train", "test")], "models": ["models/head.safetensors"]}

    def begun(stage: str | None, folder: Path) -> None:
        if stage is None:
            folder.mkdir()
            return
        if stage not in made:
            made[stage] = tmp_path_factory.mktemp("begun") / stage
            begun("data" if stage == "models" else None, made[stage])
            written(made[stage])
            ended(made[stage], *(f"{RESULTS}/{name}" for name in ends[stage]))
        shutil.copytree(made[stage], folder)

    return begun


@pytest.fixture(scope="session")
def undisturbed(written, tmp_path_factory) -> Callable[[str], Path]:
    """The folder of a run with a changed setting, from its beginning and by itself."""
    made: dict[str, Path] = {}

    def undisturbed(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp("undisturbed")
            written(made[name], CASES[name].change)
            ended(made[name], TABLE)
        return made[name]

    return undisturbed


def ended(folder: Path, *targets: str) -> None:
    started = Start(folder, *snakemake(*targets, "--configfile", "small.yaml"))
    try:
        started.end(600)
    finally:
        started.kill()


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_a_part_of_the_old_setting_is_made_anew(name, written, begun, undisturbed, tmp_path):
    case, folder, starts = CASES[name], tmp_path / "run", []
    begun(case.before, folder)
    written(folder)
    command = snakemake(TABLE, "--configfile", "small.yaml")
    try:
        starts.append(Start(folder, *command))
        starts[0].wait_until((folder / RESULTS / f".locks/{case.job}.lock").is_file, 300)
        starts[0].signal(signal.SIGKILL)
        starts[0].process.wait()
        until(lambda: not starts[0].living(), 300)  # the job, which nobody waits for
        old = require_stale(folder, case)
        written(folder, case.change)
        starts.append(Start(folder, *command))
        starts[1].wait_until((folder / ASIDE / case.part).is_file, 120)
        assert stamp_of(folder / ASIDE / case.part) == old
        said = starts[1].end(600)
    finally:
        for each in starts:
            each.kill()
    require_made_anew(name, folder, undisturbed(name), said, old)


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_so_it_is_on_a_cluster(name, root, slurm, written, begun, undisturbed, tmp_path):
    case, folder = CASES[name], tmp_path / "run"
    begun(case.before, folder)
    run = ClusterRun(root, folder, written(folder), slurm)
    program, *options = run.command(documented(root, "slurm"), *OFTEN)
    command = [program, TABLE, *options]
    run.kill_when(command, (folder / RESULTS / f".locks/{case.job}.lock").is_file)
    until(lambda: not jobs(slurm, "RUNNING", "PENDING", "CONFIGURING", "COMPLETING"), 300)
    old = require_stale(folder, case)
    written(folder, case.change)
    said = run.finish(command, meanwhile=(folder / ASIDE / case.part).is_file)
    require_made_anew(name, folder, undisturbed(name), said, old)


def require_stale(folder, case):
    """The stamp of a part that a job has made whole, and of whose end Snakemake has no note."""
    part = f"{RESULTS}/{case.part}"
    assert not list((folder / ".snakemake/metadata").glob(f"**/{urlsafe_b64encode(part.encode()).decode()}"))
    stamp = stamp_of(folder / part)
    assert stamp is not None
    return stamp


def require_made_anew(name, folder, undisturbed, said, old):
    part = f"{RESULTS}/{CASES[name].part}"
    assert "made by other settings or other code than those of this run" in said
    assert f"moved to {ASIDE}, and made again." in said
    assert "An earlier start is gone" in said
    assert stamp_of(folder / part) != old
    assert [str(one) for one in compare(undisturbed / RESULTS, folder / RESULTS)] == []
    names = [path.name for path in (undisturbed / RESULTS / "tables").glob("*.parquet")]
    assert len(names) > 3
    for each in names:
        mine, others = (tables.read(where / RESULTS / "tables" / each) for where in (folder, undisturbed))
        assert mine.equals(others)
    assert not (folder / ASIDE).exists()  # all of it was made again
    print(f"killed while {CASES[name].job} ran, then {name} changed: {len(names)} tables equal")
