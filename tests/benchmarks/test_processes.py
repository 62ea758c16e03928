import itertools
import os

import numpy as np
import pytest

from benchmarks.processes import apart, peak_memory


def test_rows_come_back():
    outcome = apart(range, 3, limit=60)
    assert (outcome.rows, outcome.trouble) == ([0, 1, 2], "")


def test_what_does_not_end_is_stopped_and_keeps_its_rows():
    outcome = apart(itertools.count, limit=3)
    assert outcome.rows[:2] == [0, 1]
    assert outcome.trouble == "stopped after 3 s"


def test_what_ends_by_itself_says_how():
    assert apart(os._exit, 3, limit=60).trouble == "ended by itself, exit code 3"


def test_what_wants_too_much_memory_is_refused():
    assert apart(bytearray, 10**13, limit=60).trouble.startswith("out of memory")


def test_peak_memory_sees_what_is_gone_again_and_forgets_what_was_before():
    np.ones(60_000_000).sum()
    with peak_memory() as peak:
        np.ones(20_000_000).sum()
    assert peak.gigabytes == pytest.approx(0.16, abs=0.05)
