import json

import pytest

from benchmarks import startup
from phiscope.errors import DataError


def log(run, place, processor, begun):
    path = run / "logs" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    cost = {"processor_s": processor, "startup_s": begun, "wall_s": 9.0, "peak_mb": 1.0}
    path.write_text(f"something\ncost: {json.dumps(cost)}\n")


@pytest.fixture
def run(tmp_path):
    log(tmp_path, "locate/original/test/0000000-0000150.log", 4.0, 1.0)
    log(tmp_path, "locate/original/train/0000000-0000150.log", 2.0, 1.0)
    log(tmp_path, "count_balls.log", 1.0, 0.5)
    return tmp_path


def test_jobs_of_a_rule_are_added_up(run):
    locate, balls, everything = startup.rows_of(run)
    assert locate == {
        "rule": "locate", "jobs": 2, "processor_s": 6.0, "startup_s": 2.0, "share": 2 / 6, "startup_per_job_s": 1.0
    }  # fmt: skip
    assert (balls["rule"], balls["jobs"], balls["share"]) == ("count_balls", 1, 0.5)
    assert (everything["jobs"], everything["processor_s"], everything["startup_s"]) == (3, 7.0, 2.5)


def test_snakemakes_own_time_is_a_row_beside_the_jobs(run):
    *_, jobs, head, everything = startup.rows_of(run, head_s=3.0)
    assert (jobs["rule"], jobs["processor_s"]) == ("all jobs", 7.0)
    assert (head["rule"], head["processor_s"]) == (startup.HEAD, 3.0)
    assert (everything["processor_s"], everything["startup_s"], everything["share"]) == (10.0, 2.5, 0.25)


def test_logs_without_a_cost_are_named_and_left_out(run, capsys):
    (run / "logs" / "killed.log").write_text("half a line")
    assert len(startup.rows_of(run)) == 3
    assert "killed.log" in capsys.readouterr().out


def test_a_folder_without_costs_is_no_run(tmp_path):
    with pytest.raises(DataError, match="ends with a cost"):
        startup.rows_of(tmp_path)
