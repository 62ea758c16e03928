"""Hostile files of every reader and weight format: one sentence each, nothing run, nothing believed that is wrong.

The files and what is expected of each are in the modules beside this one; `python -m tests.hostile` prints what is said
of them.
"""

import ast
import json
import subprocess
import sys
from functools import cache

import pytest

from phiscope.datasets import limits
from tests.hostile.cases import CASES
from tests.hostile.changed_bytes import WHOLE, tried
from tests.hostile.judging import faults
from tests.hostile.measured import Outcome

pytestmark = [
    pytest.mark.xdist_group("hostile"),  # all outcomes come from one process
    pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux counts it"),
]
MODULES = {name: case for name, case in CASES.items() if not case.long}
LONG = {name: case for name, case in CASES.items() if case.long}


@cache
def outcomes(*more: str) -> dict[str, Outcome]:
    """Of the short cases, or of the long ones, each measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile", "--json", *more], capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {each.name: each for each in (Outcome(**json.loads(line)) for line in done.stdout.splitlines())}


@pytest.mark.parametrize("name", MODULES)
def test_a_hostile_file_is_refused_in_a_sentence_or_read_as_it_is(name):
    assert not faults(outcomes("--short")[name]), outcomes("--short")[name]


@pytest.mark.long
@pytest.mark.parametrize("name", LONG)
def test_one_that_takes_longer_to_make_or_to_refuse(name):
    assert not faults(outcomes("--long")[name]), outcomes("--long")[name]


@pytest.mark.long
@pytest.mark.parametrize("name", WHOLE)
def test_a_file_with_bytes_changed_is_refused_in_a_sentence_or_read(name):
    found = tried(name, 60, seed=1)
    assert found.get("wrong") == [], found
    assert found.get("refused", 0) + found.get("accepted", 0) == 60


def test_there_are_enough_of_them_and_of_every_kind():
    kinds = {case.kind for case in CASES.values()}
    assert len(MODULES) >= 400
    assert len(kinds) >= 15


@pytest.mark.parametrize("library", ["pickle", "marshal", "shelve", "dill", "joblib"])
def test_no_module_opens_pickles_but_the_one_that_names_what_they_may_hold(root, library):
    users = {path.name for path in (root / "phiscope").rglob("*.py") if library in _imported(path.read_text())}
    assert users == ({"pickled.py"} if library == "pickle" else set())


def test_nothing_switches_safety_off(root):
    """Neither NumPy nor torch is ever told to run what a file holds."""
    for path in (root / "phiscope").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call):
                given = {each.arg: each.value for each in call.keywords}
                named = getattr(call.func, "attr", getattr(call.func, "id", ""))
                assert not _is(given.get("allow_pickle"), True), path
                assert not _is(given.get("trust_remote_code"), True), path
                value = getattr(call.func, "value", None)
                if named == "load" and getattr(value, "id", "") == "torch":
                    assert _is(given.get("weights_only"), True), path


def test_the_limits_are_stated_where_people_look(root):
    said = (root / "docs/data.md").read_text() + (root / "docs/models.md").read_text()
    for name, value in vars(limits).items():
        if name.startswith("MOST_"):
            assert f"{value:,}" in said, name


def _imported(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


def _is(node: ast.expr | None, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value
