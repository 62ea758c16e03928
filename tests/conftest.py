"""Fixtures that all tests share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with the real data sets; tests that need it are skipped where it is not there."""
    folder = os.environ.get("PHISCOPE_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("PHISCOPE_DATA does not name a folder: the real data sets are not here")
    return Path(folder)
