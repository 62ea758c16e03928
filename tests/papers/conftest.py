"""The comparison is of the made-up run that statistics are tested on."""

from tests.stats.conftest import compare, run

__all__ = ["compare", "run"]
