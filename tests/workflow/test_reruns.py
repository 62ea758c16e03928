"""What a finished run makes again when a line, an option or the data change, and what it leaves alone."""

import os

import pytest
from safetensors.numpy import load_file

from phiscope import tables

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

PLACING = ("span_original", "span_denoise", "locate_original", "place_views_first_60")
NETWORKS = ("fit_classifier", "train_denoisers", "make_pgd-first")


def change(project, module: str, before: str = "\ndef ") -> None:
    """A new line of code in a module, before the first definition."""
    project.edit(module, before, f"\nUNUSED = 1\n\n{before}")


def test_tests_of_this_group_share_a_worker_and_its_finished_run(request):
    """A version of pytest that pytest-xdist does not know ignores the groups: every worker runs everything first."""
    assert "PYTEST_XDIST_WORKER" not in os.environ or request.node.nodeid.endswith("@workflow")


def test_a_named_sample_beyond_the_counted_is_inverted_by_itself(project):
    order = load_file(project.results / "data/test.safetensors")["samples"].tolist()
    project.edit("presets/tiny.yaml", "samples: [87]", f"samples: [87, {order[20]}]")
    planned = project.planned()
    assert (planned["invert"], planned["explore_ball"]) == (2, 1)


def test_more_inversions_leave_full_chunks_alone(project):
    project.edit("presets/tiny.yaml", "  samples: 6\n", "  samples: 6\n  chunk_size: 6\n")
    assert "invert" not in project.planned()
    project.edit("presets/tiny.yaml", "  samples: 6\n", "  samples: 9\n")
    assert project.planned()["invert"] == 2  # the three that are new, for two targets


def test_a_second_run_does_nothing(finished):
    assert finished.planned() == {}


def test_the_best_penalty_is_retrained_for_each_seed(finished, tmp_path):
    study = "study: {seeds: [0, 1], experiments: [penalty, losses], samples: 100, epochs: 1}"
    (tmp_path / "study.yaml").write_text(f"denoising:\n  {study}\n")
    planned = finished.planned("--configfile", "presets/tiny.yaml", str(tmp_path / "study.yaml"))
    assert (planned["study_denoising"], planned["retrain_denoiser"], planned["sum_up_study"]) == (4, 2, 1)


@pytest.mark.long
def test_a_study_runs_to_its_sentences(project, tmp_path):
    study = "study: {seeds: [0], experiments: [step_size, filter_denoising], samples: 60, epochs: 1, batch_size: 16}"
    (tmp_path / "study.yaml").write_text(f"denoising:\n  {study}\n")
    project.finish("--configfile", "presets/tiny.yaml", str(tmp_path / "study.yaml"))
    found = tables.read(project.results / "tables/denoising_study.parquet")
    assert set(found["experiment"]) == {"step_size", "filter_denoising"}
    assert "Steps" in (project.results / "denoising.html").read_text()


def test_a_comment_and_a_docstring_rerun_nothing(project):
    project.edit("phiscope/geometry/hull/solve.py", '"""', '"""Better words. ')
    project.edit("scripts/geometry/locate.py", "from safetensors", "# Why it is here.\nfrom safetensors")
    assert project.planned() == {}


def test_a_changed_line_reruns_what_rests_on_it(project):
    project.edit("phiscope/geometry/balls.py", "_ROWS, _COLUMNS = 256", "_ROWS, _COLUMNS = 128")
    planned = project.planned()
    assert set(planned) == {
        *("all", "sum_up_views", "sum_up_run", "draw_figures", "draw_inversion", "render_report", "require_agreement"),
        "render_explorer",
    }


def test_a_changed_plan_prepares_nothing_anew(project):
    change(project, "phiscope/workflow/plan/named.py", "\nclass _Named")
    assert project.planned() == {}


def test_a_better_sentence_about_the_classifier_makes_nothing_else_anew(project):
    change(project, "phiscope/experiments/models/doubts.py", "\nRULES:")
    looks = {"check_before_training", "check_trained_classifier"}
    assert set(project.planned()) == {"all", "render_report", *looks}
    for kept in (project.results / "models").glob("check*.json"):
        kept.unlink()
    assert looks < set(project.planned())


def test_a_changed_figure_redraws_and_computes_nothing(project):
    project.edit("phiscope/figures/geometry/plane.py", "import numpy as np", "import numpy as np\n\nUNUSED = 1")
    assert set(project.planned()) == {"all", "draw_figures", "render_report"}


def test_more_samples_leave_full_chunks_alone(project):
    project.edit("presets/tiny.yaml", "test: 150", "test: 300")
    project.finish("results/tiny/chunks/features/original/test/0000000-0000300.parquet")
    project.edit("presets/tiny.yaml", "test: 300", "test: 450")
    planned = project.planned()
    assert (planned["locate_original"], planned["slice_original"]) == (1, 1)
    assert "fit_classifier" not in planned
    assert "prepare_dataset" not in planned


def test_detectors_are_compared_only_where_something_was_changed(project):
    attack = "  pgd-first: {epsilon: 0.2, steps: 40, samples: 60}\n"
    views = f"{attack}  denoise: {{of: original, samples: 60, hull_of: denoise}}\n"
    project.edit("presets/tiny.yaml", views, "  pgd-first: null\n  denoise: null\n")
    outputs = {path.rpartition("/")[2] for path in project.outputs()}
    assert "scores.parquet" in outputs  # errors and doubts are asked of them in every run
    assert not {"detection.parquet", "roc_curves.parquet"} & outputs


def test_a_wrong_key_is_one_line_and_loses_nothing(project):
    (project.folder / "presets/tiny.yaml").write_text(
        "run: tiny\ndataset: {path: digits}\nhulls: {pixel: {tolerence: 0.1}}\n"
    )
    done = project.snakemake()
    assert done.returncode != 0
    lines = [line for line in (done.stdout + done.stderr).splitlines() if "tolerence" in line]
    assert lines == [
        "config: presets/tiny.yaml, line 3: hulls.pixel.tolerence: there is no such key; did you mean 'tolerance'?"
    ]
    assert (project.results / "report.html").is_file()


def test_one_sample_per_job_is_allowed(project):
    project.edit("presets/tiny.yaml", "chunk_size: 300", "chunk_size: 1")
    project.edit("presets/tiny.yaml", "test: 150", "test: 5")
    planned = project.planned()
    assert [planned[rule] for rule in ("locate_original", "project_original", "place_views_first_60")] == [5, 5, 5]


@pytest.mark.parametrize("module", ["phiscope/latent/basis.py", "phiscope/denoising/tiling.py"])
def test_an_attack_does_not_rest_on_latent_space_or_denoising(project, module):
    change(project, module)
    planned = project.planned()
    assert "make_pgd-first" not in planned
    assert ("place_views_first_60" in planned) == ("denoising" in module)  # which makes what is denoised


def test_a_changed_attack_is_made_anew_and_nothing_before_it(project):
    change(project, "phiscope/attacks/pgd.py")
    planned = project.planned()
    assert (planned["make_pgd-first"], planned["place_views_first_60"]) == (1, 1)
    others = {"locate_original", "span_original", "project_pixel_hull", "slice_original"}
    assert not {*others, "fit_classifier", "train_denoisers"} & set(planned)
    project.finish("results/tiny/chunks/features/pgd-first/test/0000000-0000060.parquet")
    ran = parts(project, "place_views_first_60/0000000-0000060")
    assert not any(ran.values())  # a line that is never used: the images are the same, and what rests on them stays


def test_a_changed_hull_solver_runs_a_network_only_on_its_own_projections(project):
    change(project, "phiscope/geometry/hull/solve.py")
    planned = project.planned()
    assert {"project_original", "place_views_first_60", "project_pixel_hull"} <= set(planned)
    assert "locate_original" not in planned
    assert not set(NETWORKS) & set(planned)
    # Images on the hull, and searches for an image of a projection, are made of what the solver returns.
    assert {message.partition(" ")[0] for message in project.messages("Images that map to the")} == {"hull"}


def test_images_of_a_view_that_is_not_kept_are_made_again_for_what_needs_them(project):
    images = project.results / "views/pgd-first/test"
    assert list(images.glob("*.safetensors"))
    for chunk in images.glob("*.safetensors"):
        chunk.unlink()
    assert project.planned() == {}
    change(project, "phiscope/attacks/judge.py")
    assert "make_pgd-first" in project.planned()


def test_counts_are_known_and_no_checkpoint_stands_in_the_way(project):
    """Where the splits are prepared, all jobs are planned at once."""
    (project.results / "models/classifier.safetensors").unlink()
    done = project.snakemake("--dry-run", "--forcerun", "fit_classifier")
    assert "involves checkpoint jobs" not in done.stdout + done.stderr
    planned = project.planned("--forcerun", "fit_classifier")
    placed = {rule: count for rule, count in planned.items() if rule in PLACING}
    assert placed == dict.fromkeys(PLACING, 1)
    assert "prepare_dataset" not in planned


def parts(project, log: str) -> dict[str, bool]:
    """Part of a job -> whether it ran, from the job's log; else its files were left alone."""
    lines = (project.results / f"logs/{log}.log").read_text().splitlines()
    return {line.partition(":")[0]: line.endswith(":") for line in lines if "/test:" in line}


def test_a_changed_part_of_a_job_runs_and_the_others_stay(project):
    """Another margin solver: margins are made anew, from features that no network computes again. Projections rest on
    the same features and are not solved again, though the same job looks after them."""
    chunk = "denoise/test/0000000-0000060"
    project.edit("presets/tiny.yaml", "run: tiny\n", "run: tiny\nmargins: {solver: daqp}\n")
    project.finish(f"results/tiny/chunks/margins/{chunk}.parquet")
    ran = parts(project, "place_views_first_60/0000000-0000060")
    assert {name.split("/")[0] for name, did in ran.items() if did} == {"locate"}
    assert not ran["project_processed_hull/denoise/test"]
    assert not ran["make_view/denoise/test"]


def test_a_verdict_is_made_anew_on_images_that_stay(project):
    chunk = "pgd-first/test/0000000-0000060"
    images = (project.results / f"views/{chunk}.safetensors").read_bytes()
    change(project, "phiscope/attacks/judge.py")
    project.finish(f"results/tiny/chunks/attacks/{chunk}.parquet")
    log = (project.results / "logs/make_pgd-first/0000000-0000060.log").read_text()
    assert "make_view/pgd-first/test: made already" in log
    assert "judge_attack/pgd-first/test: made already" not in log
    assert (project.results / f"views/{chunk}.safetensors").read_bytes() == images


def test_an_output_that_somebody_changed_is_made_anew(project):
    chunk = "pgd-first/test/0000000-0000060"
    images = project.results / f"views/{chunk}.safetensors"
    content = images.read_bytes()
    images.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    project.finish(f"results/tiny/chunks/attacks/{chunk}.parquet", "--forcerun", "make_pgd-first")
    assert images.read_bytes() == content


def test_a_job_that_failed_runs_again_with_what_is_mended(project):
    """Another solver, and a mistake while it is tried: what Snakemake had before must not pass for its result."""
    chunk = "denoise/test/0000000-0000060"
    margins = project.results / f"chunks/margins/{chunk}.parquet"
    before = tables.read(margins)
    project.edit("presets/tiny.yaml", "run: tiny\n", "run: tiny\nmargins: {solver: daqp}\n")
    line = "location = locate("
    project.edit("scripts/geometry/locate.py", line, f"raise MemoryError\n        {line}")
    failed = project.snakemake("--rerun-incomplete", f"results/tiny/chunks/margins/{chunk}.parquet")
    assert failed.returncode != 0
    project.edit("scripts/geometry/locate.py", f"raise MemoryError\n        {line}", line)
    project.finish(f"results/tiny/chunks/margins/{chunk}.parquet")
    after = tables.read(margins)
    assert (after["margin"] - before["margin"]).abs().max() < 1e-6
    assert (after["duality_gap"] != before["duality_gap"]).any()  # by the other solver
    ran = parts(project, "place_views_first_60/0000000-0000060")
    assert not ran["make_view/denoise/test"]


def test_what_a_job_made_before_it_failed_stays_made(project):
    """The verdict fails; the attack before it, which may have taken hours, is not made again."""
    chunk = "pgd-first/test/0000000-0000060"
    line = "    judged = judge("
    project.edit("scripts/attacks/judge_attack.py", line, f"    raise MemoryError\n{line}")
    change(project, "phiscope/attacks/pgd.py")
    target = f"results/tiny/chunks/attacks/{chunk}.parquet"
    assert project.snakemake("--rerun-incomplete", target).returncode != 0
    assert not (project.results / f"views/{chunk}.safetensors").exists()
    project.edit("scripts/attacks/judge_attack.py", f"    raise MemoryError\n{line}", line)
    project.finish(target)
    log = (project.results / "logs/make_pgd-first/0000000-0000060.log").read_text()
    assert "make_view/pgd-first/test: made already" in log
    assert (project.results / f"views/{chunk}.safetensors").exists()
