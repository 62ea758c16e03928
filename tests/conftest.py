"""Fixtures that all tests share."""

import copy
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.workflow.project import Project, copied

ROOT = Path(__file__).parents[1]
MOST_JOBS = 41  # of the tiny preset: what it has, so that another job is a decision
STARTED: dict[int, dict] = {}  # a module's random generator -> its state after the import


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups that one worker must run begin first, so that at the end no worker waits for another."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(autouse=True)
def same_draws_in_any_order(request):
    """Random generators of a test's module begin as after its import, whatever tests ran before."""
    for generator in vars(request.module).values():
        if isinstance(generator, np.random.Generator):
            bits = generator.bit_generator
            bits.state = STARTED.setdefault(id(generator), copy.deepcopy(bits.state))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with the real data sets; tests that need it are skipped where it is not there."""
    folder = os.environ.get("PHISCOPE_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("PHISCOPE_DATA does not name a folder: the real data sets are not here")
    return Path(folder)


@pytest.fixture(scope="session")
def finished(root, tmp_path_factory) -> Project:
    """The tiny preset, run once for all tests of the group `workflow`; those that change files take a copy."""
    project = copied(root, tmp_path_factory.mktemp("project"))
    done = project.snakemake()
    assert done.returncode == 0, done.stderr[-4000:]
    assert "Report: results/tiny/report.html" in done.stdout + done.stderr
    steps = [int(total) for total in re.findall(r"^\d+ of (\d+), ", done.stdout + done.stderr, re.M)]
    assert max(steps) <= MOST_JOBS
    return project


@pytest.fixture
def project(finished, tmp_path) -> Project:
    """A copy of the finished project to change."""
    shutil.copytree(finished.folder, tmp_path / "project", copy_function=shutil.copy2)
    return Project(tmp_path / "project")
