"""Results rest on the threads of the configuration, not on the cores of the machine or of the command."""

import subprocess
import sys

import pytest

from phiscope.workflow.plan import Plan
from tests.workflow.project import copied
from tests.workflow.test_plan import configured
from tools.compare import compare

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]


@pytest.mark.long
def test_one_core_and_two_give_equal_tables(finished, root, tmp_path):
    alone = copied(root, tmp_path)
    alone.finish("--cores", "1")
    assert list(compare(finished.results, alone.results)) == []


@pytest.mark.long
def test_trainings_take_the_threads_of_the_configuration_whatever_is_granted(root, tmp_path):
    networks = []
    for cores in ("1", "2"):
        project = copied(root, tmp_path / cores)
        network = "results/tiny/models/classifier.safetensors"
        project.finish(network, "--cores", cores, "--config", "threads=2")
        networks.append((project.folder / network).read_bytes())
    assert networks[0] == networks[1]


@pytest.mark.parametrize("count", [1, 2])
def test_libraries_that_are_loaded_and_those_that_will_be_take_so_many(count):
    code = f"""
import numpy
from threadpoolctl import threadpool_info
from phiscope.workflow import threads
threads.use({count})
import torch
assert torch.get_num_threads() == {count}
threads.use({3 - count})
assert torch.get_num_threads() == {3 - count}
assert {{pool["num_threads"] for pool in threadpool_info()}} == {{{3 - count}}}
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_another_number_of_threads_is_another_result(root):
    one, two = (Plan.of(configured(root, threads=count), scripts=root / "scripts") for count in (1, 2))
    chunk = "0000000-0000060"
    changed = [rule for rule in ("train_classifier", "project_pixel_hull", "locate", "count_balls") if
               one.fingerprint(rule, chunk=chunk) != two.fingerprint(rule, chunk=chunk)]  # fmt: skip
    assert changed == ["train_classifier", "project_pixel_hull"]
