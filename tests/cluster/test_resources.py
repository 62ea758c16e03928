"""What jobs ask a cluster for: enough, of every job, growing with the data and the attempt, and never lost."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from phiscope.workflow import code
from phiscope.workflow.configuration.presence import paths_of
from phiscope.workflow.plan import Counts, Plan, read_counts
from phiscope.workflow.plan.needs import NEEDS
from phiscope.workflow.plan.plan import RULES
from phiscope.workflow.plan.resources import CEILING
from tests.workflow.test_plan import PRESETS, SMALL, configured, prepare

OTHERS = {"mnist": 1_000, "photographs": 68}
CIFAR = Counts({"train": 50_000, "test": 10_000}, OTHERS, tuple(range(10_000)), (3, 32, 32), 10)
FEW = replace(SMALL, datasets=OTHERS)
CHUNK = {"chunk": "0000000-0005000", "view": "original", "split": "test"}
# Highest resident memory (MB) and processor seconds of presets/cifar10.yaml with one epoch, two cores of an AMD EPYC.
MEASURED = {
    "prepare_dataset": (229, 3.3),
    "fit_classifier": (1251, 100.2),
    "check_trained_classifier": (445, 5.4),
    "span_original": (588, 8.9),
    "project_original": (315, 4.2),
    "project_pixel_hull": (2107, 122.6),
    "merge_chunks": (242, 0.5),
    "tabulate_views": (882, 6.6),
    "sum_up_views": (1884, 284.9),
    "draw_figures": (520, 7.8),
    "render_report": (442, 1.4),
}


def plan_of(root, counts=FEW, **changes):
    return Plan.of(configured(root, "presets/cifar10.yaml", **changes), counts, scripts=root / "scripts")


def asked(plan, of, wildcards=CHUNK, attempt=1):
    found = plan.resources(of, lambda: plan)
    job = SimpleNamespace(items=wildcards.items)
    return {name: value(job, attempt=attempt) if callable(value) else value for name, value in found.items()}


def chains(plan):
    geometry = plan.geometry
    return {
        "fit_classifier": geometry.fitting(),
        "span_original": geometry.placing("span_original"),
        "project_original": geometry.projecting(),
        "project_pixel_hull": geometry.projecting_pixels(),
        "tabulate_views": geometry.tabulating(),
        "sum_up_views": geometry.summing_up(),
    }


def test_every_rule_says_what_it_needs():
    assert set(NEEDS) == set(RULES)


@pytest.mark.parametrize("rule", MEASURED)
def test_the_first_attempt_does_for_what_was_measured_on_cifar10(root, rule):
    plan = plan_of(root, CIFAR, classifier={"training": {"epochs": 1}})
    memory, seconds = MEASURED[rule]
    found = asked(plan, chains(plan).get(rule, rule))
    assert 1.3 * memory < found["mem_mb"] < 13 * memory + 1000
    assert 4 * seconds < 60 * found["runtime"] < 100 * seconds + 3600


def test_a_later_attempt_asks_for_more(root):
    plan = plan_of(root)
    first, third = (asked(plan, plan.geometry.fitting(), attempt=attempt) for attempt in (1, 3))
    assert not CEILING
    assert (third["mem_mb"], third["runtime"]) == (3 * first["mem_mb"], 3 * first["runtime"])


def test_more_data_ask_for_more(root):
    small, large = plan_of(root), plan_of(root, CIFAR)
    for name in ("fit_classifier", "project_pixel_hull", "sum_up_views"):
        few, many = (asked(plan, chains(plan)[name]) for plan in (small, large))
        assert few["mem_mb"] < many["mem_mb"]
        assert few["runtime"] < many["runtime"]


def test_views_of_any_name_ask_for_what_their_kind_needs(root):
    attack = {"kind": "pgd-full", "norm": "linf", "epsilon": 0.03}
    plan = plan_of(root, views={"mine": attack | {"steps": 1000}, "yours": attack})
    long, short = (
        asked(plan, plan.chain(plan.views.making(name, "test")), {"chunk": "0000000-0000500"})
        for name in ("mine", "yours")
    )
    assert long["runtime"] > short["runtime"]


def test_a_card_is_asked_for_where_the_configuration_wants_one_and_a_network_computes(root):
    for device, wanted in (("auto", 0), ("cpu", 0), ("cuda", 1), ("cuda:1", 1)):
        plan = plan_of(root, device=device)
        assert asked(plan, plan.geometry.fitting())["gpu"] == wanted
        assert asked(plan, "merge_chunks")["gpu"] == 0


def test_before_the_data_are_prepared_something_is_asked_for(root):
    plan = plan_of(root, counts=None)
    assert all(asked(plan, chain)["mem_mb"] > 500 for chain in chains(plan).values())


def test_vectors_and_files_of_weights_count(root, tmp_path):
    weights = tmp_path / "large.pt"
    with weights.open("wb") as file:
        file.truncate(10**9)
    without, given = (
        plan_of(root, classifier={"weights": {"path": str(path)}}) for path in (tmp_path / "none.pt", weights)
    )
    assert (
        asked(given, given.geometry.fitting())["mem_mb"] > asked(without, without.geometry.fitting())["mem_mb"] + 2000
    )


@pytest.mark.parametrize("rule", RULES)
def test_no_result_rests_on_what_its_job_asks_for(root, rule):
    rests_on = {path.name for path in code.files_of(root / "scripts" / f"{RULES[rule].script}.py")}
    assert rests_on
    assert not rests_on & {"needs.py", "resources.py", "preflight.py"}


@pytest.mark.workflow
@pytest.mark.xdist_group("workflow")
def test_every_job_of_the_tiny_preset_used_less_than_it_asks_for(root, finished):
    command = [sys.executable, "-m", "tests.cluster.asked", "presets/tiny.yaml"]
    environment = os.environ | {"PYTHONPATH": f"{finished.folder}:{root}"}
    done = subprocess.run(command, cwd=finished.folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    jobs = json.loads(done.stdout)
    assert {"make_pgd-first", "fit_classifier", "render_report", "slice_original"} < {job["rule"] for job in jobs}
    logs = {str(path.relative_to(finished.folder)) for path in finished.results.glob("logs/**/*.log")}
    assert {job["log"] for job in jobs} == logs
    for job in jobs:
        assert job["peak_mb"] < job["mem_mb"][0], job
        assert job["seconds"] < 60 * job["runtime"][0], job
        assert job["mem_mb"][1] == 2 * job["mem_mb"][0], job


def groups_are_possible(root, tmp_path, names, monkeypatch):
    """Snakemake refuses a group of jobs that waits for itself; with small chunks, so that there are several."""
    monkeypatch.setenv("PHISCOPE_DATA", str(tmp_path / "data"))
    plan = Plan.of(configured(root, *names), scripts=root / "scripts")
    for named in paths_of(plan.config):
        path = Path(os.path.expandvars(named.text))
        (path.parent if path.suffix else path).mkdir(parents=True, exist_ok=True)
        if path.suffix:
            path.touch()
    prepare(plan, tmp_path)
    assert read_counts(plan, tmp_path)
    files = [str(root / name) for name in names or ["config.yaml"]]
    command = [sys.executable, "-m", "snakemake", "-s", str(root / "Snakefile"), "-d", str(tmp_path), "--dry-run"]
    command += ["--profile", str(root / "profiles/slurm"), "--configfile", *files, "--config", "chunk_size=60"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Group" not in done.stderr or "depends on itself" not in done.stderr


@pytest.mark.workflow
@pytest.mark.parametrize("names", [(), ("presets/cifar10-loaded.yaml",)], ids=["default", "cifar10-loaded"])
def test_jobs_that_go_together_do_not_wait_for_themselves(root, tmp_path, names, monkeypatch):
    groups_are_possible(root, tmp_path, names, monkeypatch)


@pytest.mark.long
@pytest.mark.workflow
@pytest.mark.parametrize("names", PRESETS, ids=lambda names: "+".join(Path(n).stem for n in names) or "default")
def test_jobs_of_every_preset_can_go_together(root, tmp_path, names, monkeypatch):
    groups_are_possible(root, tmp_path, names, monkeypatch)


def test_both_profiles_let_the_same_jobs_go_together(root):
    slurm, generic = (
        yaml.safe_load((root / f"profiles/{name}/config.yaml").read_text()) for name in ("slurm", "generic")
    )
    assert slurm["group-components"] == generic["group-components"]
    assert "default-resources" not in {*slurm, *generic}  # a command line would replace them
