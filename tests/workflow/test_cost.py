import json
import subprocess
import sys
import time

import pytest

from phiscope.workflow.cost import Cost, cost_so_far, line, read_cost, without_cost

JOB = """
import time
from types import SimpleNamespace
block = b"x" * 300_000_000
while time.process_time() < 0.5:
    pass
from phiscope.workflow.job import job
with job(SimpleNamespace(log=[{log!r}], params=None)):
    print("working")
    time.sleep(0.5)
    end = time.process_time() + 0.5
    while time.process_time() < end:
        pass
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """(cost, seconds that the process took from outside) of a job that burns and waits known times."""
    log = str(tmp_path_factory.mktemp("cost") / "a.log")
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", JOB.format(log=log)], check=True)
    return read_cost(log), time.monotonic() - begun


def test_processor_time_and_the_start_up_in_it(measured):
    cost, _ = measured
    assert cost.startup_s >= 0.5
    assert cost.processor_s - cost.startup_s == pytest.approx(0.5, abs=0.2)


def test_imports_count_as_start_up_whenever_they_happen(tmp_path):
    """A module that waits until it is used is no less of a start-up."""
    (tmp_path / "slow.py").write_text(
        "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end:\n    pass\n"
    )
    log = str(tmp_path / "a.log")
    given = f"SimpleNamespace(log=[{log!r}], params=None)"
    imports = "from types import SimpleNamespace\nfrom phiscope.workflow.job import job"
    code = f"{imports}\nwith job({given}):\n    import slow\n    import slow"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
    cost = read_cost(tmp_path / "a.log")
    assert cost.startup_s >= 0.5
    assert cost.processor_s - cost.startup_s < 0.3


def test_the_clock_runs_from_the_start_of_the_process(measured):
    cost, outside = measured
    assert cost.processor_s + 0.5 <= cost.wall_s + 0.05 <= outside + 0.1


def test_the_peak_is_that_of_the_job(measured):
    assert 300 <= measured[0].peak_mb <= 600


def test_memory_of_whoever_started_the_job_does_not_count(tmp_path):
    program = "from phiscope.workflow.cost import cost_so_far; print(cost_so_far(0.0).peak_mb)"
    parent = f"import subprocess, sys; x = b'x' * 400_000_000; subprocess.run([sys.executable, '-c', {program!r}])"
    done = subprocess.run([sys.executable, "-c", parent], check=True, capture_output=True, text=True)
    assert float(done.stdout) < 200


def test_child_processes_count():
    before = cost_so_far(0.0).processor_s
    burn = "import time\nwhile time.process_time() < 0.5: pass"
    subprocess.run([sys.executable, "-c", burn], check=True)
    assert cost_so_far(0.0).processor_s - before >= 0.5


def test_a_line_is_read_back(tmp_path):
    cost = Cost(3.21, 1.8, 3.52, 412.0)
    (tmp_path / "a.log").write_text("something\n" * 1000 + line(cost))
    assert read_cost(tmp_path / "a.log") == cost
    assert json.loads(line(cost).removeprefix("cost: ")) == cost._asdict()


@pytest.mark.parametrize(
    "text", ["", "killed\n", line(Cost(1, 1, 1, 1)) + "later\n", 'cost: {"processor_s": 3.', "cost: {}"]
)
def test_a_log_that_does_not_end_with_a_cost_has_none(tmp_path, text):
    (tmp_path / "a.log").write_text(text)
    assert read_cost(tmp_path / "a.log") is None


def test_people_read_the_other_lines():
    assert without_cost(["one", 'cost: {"processor_s": 1}', "two"]) == ["one", "two"]
