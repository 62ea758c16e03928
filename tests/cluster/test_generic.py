"""A run by the executor that hands scripts to a command: here one that runs them in the background."""

import os

import pytest

from tests.cluster.runs import ClusterRun, documented
from tools.compare import compare

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("cluster")]

SBATCH = """#!/bin/sh
# Stands in for sbatch: notes how it was called, runs the script in the background, prints a number.
for script; do :; done
echo "$@" >> {folder}/calls
setsid sh "$script" > "{folder}/$$.log" 2>&1 < /dev/null &
echo $$
"""


def test_scripts_that_a_command_runs_give_the_tables_of_a_local_run(root, small, tmp_path):
    pytest.importorskip(
        "snakemake_executor_plugin_cluster_generic", reason="snakemake-executor-plugin-cluster-generic is not installed"
    )
    (tmp_path / "bin").mkdir()
    sbatch = tmp_path / "bin/sbatch"
    sbatch.write_text(SBATCH.format(folder=tmp_path))
    sbatch.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    run = ClusterRun(root, tmp_path, small.configuration, environment)
    table = "results/small/features/original/test.parquet"
    command = run.command(documented(root, "generic"), "--jobs", "2")
    run.finish([command[0], table, *command[1:]])
    differing = [each for each in compare(small.results, tmp_path / "results/small") if "only the old" not in each.what]
    assert differing == []
    assert (tmp_path / table).exists()
    calls = (tmp_path / "calls").read_text().splitlines()
    assert all("--mem=" in call and "--time=" in call and "--cpus-per-task=1" in call for call in calls)
    assert not any("--mem=1000 " in call for call in calls)  # what Snakemake asks for where nobody says
