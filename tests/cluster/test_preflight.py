"""What is said before the first job is submitted, with commands that stand in for SLURM's."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from phiscope.errors import ClusterError, ConfigError
from phiscope.workflow import places, slurm
from phiscope.workflow.plan import Plan, resources
from phiscope.workflow.slurm import commands
from tests.workflow.test_plan import configured


class Settings(SimpleNamespace):
    logdir = None
    status_command = "sacct"
    init_seconds_before_status_checks = 40


class Job:
    output, is_local = ("x",), False

    def __init__(self, rule, threads, resources):
        self.rule, self.threads, self.resources = rule, threads, resources

    def is_group(self):
        return False


def job(rule="locate_original", threads=1, **asked):
    asked = {"mem_mb": 1000, "runtime": 10, "gpu": 0, "tmpdir": "/tmp"} | asked
    return Job(SimpleNamespace(name=rule), threads, asked)


def workflow(*jobs, executor="slurm", cores=2):
    dag = SimpleNamespace(needrun_jobs=lambda: jobs)
    return SimpleNamespace(
        executor_plugin=SimpleNamespace(name=executor),
        executor_settings=Settings(),
        resource_settings=SimpleNamespace(cores=cores),
        scheduler=SimpleNamespace(_executor=SimpleNamespace(slurm_logdir=Path(".snakemake"))),
        dag=dag,
    )


@pytest.fixture
def plan(root):
    return Plan.of(configured(root, "presets/tiny.yaml"), scripts=root / "scripts")


@pytest.fixture(autouse=True)
def _no_ceiling(monkeypatch):
    monkeypatch.setattr(resources, "CEILING", {})


@pytest.fixture
def refused(plan, tmp_path):
    """A function of jobs and settings that gives the one sentence in which a run is refused."""

    def sentence(*jobs, of=plan, **given):
        with pytest.raises(ClusterError) as error:
            list(slurm.prepare(workflow(*(jobs or [job()]), **given), of, tmp_path))
        assert "\n" not in str(error.value)
        return str(error.value)

    return sentence


def test_a_cluster_that_takes_all_jobs_says_nothing(standin, plan, tmp_path):
    run = workflow(job(), job("fit_classifier", threads=2, mem_mb=2000), job())
    assert list(slurm.prepare(run, plan, tmp_path)) == []
    tried = standin.calls("sbatch")
    assert len(tried) == 2  # of equal requests one
    assert "--cpus-per-task=2" in tried[1]
    assert "--mem=2000" in tried[1]
    assert not list(tmp_path.glob(".seen*"))


def test_nothing_is_asked_where_jobs_run_here(standin, plan, tmp_path):
    assert list(slurm.prepare(workflow(job(), executor="local"), plan, tmp_path)) == []
    assert not standin.calls("scontrol")


def test_no_sbatch(standin, refused, monkeypatch):
    standin.lacks("sbatch")
    monkeypatch.setenv("PATH", str(standin.folder))
    assert "there is no sbatch in PATH" in refused()


def test_no_controller(standin, refused):
    standin.says("scontrol", error="slurm_load_ctl_conf error: Unable to contact slurm controller", code=1)
    assert "Unable to contact slurm controller" in refused()


def test_a_partition_that_is_not_there(standin, refused):
    sentence = refused(job(slurm_partition="nope"))
    assert "there is no partition 'nope'" in sentence
    assert "short, long" in sentence


def test_a_refused_account_or_too_much_memory_is_said_in_slurms_words(standin, refused):
    standin.says("sbatch", error="allocation failure: Invalid account or account/partition combination\n", code=1)
    sentence = refused(job(slurm_account="theirs", mem_mb=9000))
    assert "refuses jobs locate_original in partition short" in sentence
    assert "9000 MB" in sentence
    assert "largest node has 4 and 8000 MB" in sentence
    assert sentence.endswith("Invalid account or account/partition combination")
    assert "--account=theirs" in standin.calls("sbatch")[0]


def test_nodes_that_are_down_may_be_up_when_their_turn_comes(standin, plan, tmp_path):
    standin.says("sbatch", error="allocation failure: Required node not available (down, drained or reserved)", code=1)
    assert list(slurm.prepare(workflow(job()), plan, tmp_path)) == []


def test_more_time_than_the_partition_gives_would_wait_for_ever(standin, refused):
    sentence = refused(job(runtime=90))
    assert "ask for 90 min, more than the 60 min of partition short" in sentence
    assert "--set-resources locate_original:runtime=" in sentence


def test_more_threads_than_a_job_gets(standin, refused, root):
    plan = Plan.of(configured(root, "presets/tiny.yaml", threads=4), scripts=root / "scripts")
    assert "threads: 4, but a job gets 2 processors" in refused(of=plan)


@pytest.mark.parametrize(
    ("accounting", "age", "command", "seconds"),
    [("slurmdbd", 30, "sacct", 40), ("none", 300, "squeue", 40), ("none", 60, "squeue", 20)],
)
def test_squeue_says_what_became_of_jobs_where_there_is_no_accounting(
    standin, plan, tmp_path, accounting, age, command, seconds
):
    standin.configured(accounting, age)
    run = workflow(job())
    list(slurm.prepare(run, plan, tmp_path))
    assert run.executor_settings.status_command == command
    assert run.executor_settings.init_seconds_before_status_checks == seconds


def test_no_accounting_and_no_memory_of_jobs(standin, refused):
    standin.configured("none", 2)
    assert "MinJobAge" in refused()


def test_logs_of_slurm_lie_beside_those_of_jobs(standin, plan, tmp_path):
    run = workflow(job())
    list(slurm.prepare(run, plan, tmp_path))
    assert run.scheduler._executor.slurm_logdir == tmp_path / "logs/slurm"


def test_a_node_that_does_not_see_the_results(standin, refused, tmp_path):
    standin.runs("srun", "echo n7; echo lacks 0")
    sentence = refused()
    assert f"node n7 does not see {tmp_path};" in sentence
    assert "--directory" in sentence


def test_what_a_node_looks_for(standin, plan, tmp_path):
    """The script that it is given, run here, finds everything."""
    standin.runs("srun", 'while [ "$1" != sh ]; do shift; done; exec "$@"')
    assert list(slurm.prepare(workflow(job()), plan, tmp_path)) == []


def test_no_free_node_is_said_where_the_folder_is_not_shared(standin, plan, tmp_path):
    standin.says("srun", error="srun: error: Unable to allocate resources: Requested nodes are busy", code=1)
    found = list(slurm.prepare(workflow(job()), plan, tmp_path))
    kinds = Path("/proc/self/mounts").read_text()
    assert len(found) == 1, kinds
    assert f"whether it sees {tmp_path}" in found[0]


def test_a_later_attempt_grows_to_what_the_partition_has(standin, plan, tmp_path):
    list(slurm.prepare(workflow(job()), plan, tmp_path))
    assert resources.CEILING == {"mem_mb": 8000, "runtime": 60}
    wildcards = SimpleNamespace(items={"view": "original", "split": "test", "chunk": "0000000-0002000"}.items)
    asked = plan.resources(plan.geometry.projecting_pixels(), lambda: plan)
    first = asked["mem_mb"](wildcards, attempt=1)
    assert [asked["mem_mb"](wildcards, attempt=attempt) for attempt in (2, 20)] == [2 * first, 8000]


def test_results_in_a_storage_are_refused():
    places.require_folder(None)
    with pytest.raises(ConfigError, match="--default-storage-provider fs: results have to lie in a folder"):
        places.require_folder("fs")


@pytest.mark.parametrize(
    ("limit", "minutes"), [("30:00", 30), ("4:00:00", 240), ("2-00:00:00", 2880), ("infinite", 10**9), ("n/a", 10**9)]
)
def test_limits_of_time_are_read(limit, minutes):
    assert commands.minutes(limit) == minutes


def test_partitions_are_read(standin):
    found = commands.partitions()
    assert found["long"] == ("long", 2880, 16, 64000, frozenset({"n1", "n2"}), False)
    assert found["short"].is_default


def test_questions_are_asked_from_outside_of_a_job(standin, monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    standin.runs("sinfo", "env")
    assert "SLURM_JOB_ID" not in commands.ask("sinfo").stdout
    assert "SLURM_JOB_ID" in os.environ
