"""The plan of a run as plain Python, and that Snakemake plans the same."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from phiscope.datasets.prepared import save_arrays
from phiscope.experiments.inversion.budget import SearchCost
from phiscope.workflow import chunks, code
from phiscope.workflow.configuration import read, resolve
from phiscope.workflow.configuration.presence import paths_of
from phiscope.workflow.plan import Counts, Plan, read_counts
from phiscope.workflow.plan.named import samples_named
from phiscope.workflow.plan.plan import RULES

TRAIN, TEST, OTHER = 700, 650, 620
SMALL = Counts({"train": TRAIN, "test": TEST}, order=tuple(range(TEST)), shape=(1, 8, 8), classes=10)


def presets(root: Path) -> list[tuple[str, ...]]:
    """Every preset with what it is laid over; the default run is none of them."""
    chains = [()]
    for path in sorted((root / "presets").glob("*.yaml")):
        under = re.match(r"# Laid over (presets/[\w-]+\.yaml)", path.read_text())
        chains.append((*([under[1]] if under else []), f"presets/{path.name}"))
    return chains


PRESETS = presets(Path(__file__).parents[2])


def configured(root: Path, *names: str, **changes) -> dict:
    """The configuration of presets, else of the default run, with changes on top."""
    return resolve([read(root / name) for name in names or ["config.yaml"]] + [changes], name="planned")


@pytest.fixture
def planned(root):
    """A function of presets and changes that gives the plan of a small data set."""

    def plan(*names: str, counts: Counts | None = SMALL, **changes) -> Plan:
        return Plan.of(configured(root, *names, **changes), counts, scripts=root / "scripts")

    return plan


def prepare(plan: Plan, folder: Path) -> None:
    """Put small prepared splits where a plan wants them, which say that it made them."""
    random = np.random.default_rng(0)
    splits = {plan.prepared(s): (n, {"split": s}) for s, n in (("train", TRAIN), ("test", TEST))}
    others = {plan.prepared_dataset(name): (OTHER, {"dataset": name}) for name in plan.views.datasets}
    for path, (count, which) in (splits | others).items():
        rule = "prepare_dataset" if "split" in which else "prepare_other_dataset"
        images, labels = np.zeros((count, 1, 32, 32), np.uint8), np.arange(count) % 10
        origin = plan.fingerprint(rule, **which)
        named = list(dict.fromkeys(each.number for each in samples_named(plan))) if which == {"split": "test"} else []
        others = [number for number in random.permutation(count).tolist() if number not in named]
        samples = [*others[:100], *named, *others[100:]]
        save_arrays(images, labels, np.array(samples[:count]), list("0123456789"), folder / path, origin)


@pytest.mark.workflow
@pytest.mark.parametrize("names", PRESETS, ids=lambda names: "+".join(Path(n).stem for n in names) or "default")
def test_snakemake_plans_every_planned_file_and_no_other(planned, root, tmp_path, names, monkeypatch):
    monkeypatch.setenv("PHISCOPE_DATA", str(tmp_path / "data"))  # splits are prepared: nothing is read from there
    plan = planned(*names, counts=None)
    for named in paths_of(plan.config):
        place = Path(os.path.expandvars(named.text))
        (place if "folder" in named.what else place.parent).mkdir(parents=True, exist_ok=True)
        if "folder" not in named.what:
            place.touch()
    prepare(plan, tmp_path)
    plan = plan.with_counts(read_counts(plan, tmp_path))
    files = [str(root / name) for name in names]
    command = [sys.executable, "-m", "snakemake", "-s", str(root / "Snakefile"), "-d", str(tmp_path), "--summary"]
    done = subprocess.run([*command, *(["--configfile", *files] if files else [])], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert {line.split("\t")[0] for line in done.stdout.splitlines()[1:]} == plan.outputs()


def test_counts_are_those_of_the_planned_splits_alone(planned, tmp_path):
    plan = planned("presets/tiny.yaml", counts=None)
    assert read_counts(plan, tmp_path) is None
    prepare(plan, tmp_path)
    counts = read_counts(plan, tmp_path)
    assert counts is not None
    assert (counts.splits, sorted(counts.order)) == ({"train": TRAIN, "test": TEST}, list(range(TEST)))
    other = planned("presets/tiny.yaml", counts=None, seed=1)
    assert read_counts(other, tmp_path) is None
    assert read_counts(other, tmp_path, planned_alone=False) == counts
    more = planned("presets/tiny.yaml", counts=None, dataset={"limit": {"test": 10}})
    assert read_counts(more, tmp_path) == counts  # a limit is no property of the prepared split


def test_what_a_preset_names_comes_before_the_rest(planned):
    """As Snakemake's own `configfile:` has it; views and operators use the first encoder."""
    assert planned().latent.main == "published"
    assert planned(latent={"settings": {"faithful": {"epochs": 3}}}).latent.main == "faithful"
    views = planned(views={"blur": {"kind": "quantise"}, "original": {"kind": "original"}, "rotate": None}).views
    assert list(views)[:2] == ["original", "blur"]
    assert "rotate" not in views


def test_a_chunk_of_a_view_is_taken_out_of_the_chunk_of_its_parent_that_holds_it(planned):
    """So a view of the first samples has nothing made a second time."""
    plan = planned(chunk_size=500, views={"noise": {"samples": 70}, "quantised": {"kind": "quantise", "of": "noise"}})
    asked = (("noise", "0000000-0000070"), ("quantised", "0000000-0000070"), ("pgd-full", "0000500-0000650"))
    sources = [plan.views.source(view, "test", chunk) for view, chunk in asked]
    assert [source.removeprefix("results/digits/views/") for source in sources] == [
        "original/test/0000000-0000500.safetensors",
        "noise/test/0000000-0000070.safetensors",
        "original/test/0000500-0000650.safetensors",
    ]


@pytest.mark.parametrize(("chunk", "limit", "most"), [(0, None, None), (0, 150, None), (1, 100, 0), (0, 60, 60)])
def test_of_a_chunk_the_first_samples_below_a_limit_are_projected(chunk, limit, most):
    assert chunks.most(("0000000-0000100", "0000100-0000150")[chunk], limit) == most


def test_a_plan_without_counts_says_so(planned):
    with pytest.raises(ValueError, match="no counts yet"):
        planned(counts=None).chunks("features", "original", "test")


def test_views_take_the_first_samples_of_what_they_start_from(planned):
    changes = {"views": {"noise": {"samples": 70}, "blur": {"kind": "quantise", "of": "noise", "samples": 90}}}
    plan = planned(chunk_size=50, **changes)
    assert [plan.views.samples(name, "test") for name in ("original", "noise", "blur")] == [TEST, 70, 70]
    assert plan.chunks("margins", "noise", "test") == [
        "results/digits/chunks/margins/noise/test/0000000-0000050.parquet",
        "results/digits/chunks/margins/noise/test/0000050-0000070.parquet",
    ]
    assert plan.views.samples("original", "train") == TRAIN
    assert planned(dataset={"limit": {"test": 20}}).views.samples("original", "test") == 20


def test_views_need_what_their_kind_and_their_options_call_for(planned):
    views = {
        "saved": {"kind": "quantise", "of": "deepfool"},
        "plain": {"kind": "denoise", "method": "dct", "level": 0.1},
        "evasive": {"kind": "pgd-full", "norm": "linf", "epsilon": 0.1, "hull_penalty": 1.0},
        "knowing": {"kind": "pgd-full", "norm": "linf", "epsilon": 0.1, "through": "network"},
    }
    plan = planned(views=views)
    assert {name: set(plan.views.needs(name)) for name in views} == {
        "saved": set(),
        "plain": set(),
        "evasive": {"classifier", "head", "training_features"},
        "knowing": {"classifier", "denoiser"},
    }
    chunk = SimpleNamespace(split="test", chunk="0000000-0000060")
    assert plan.views.needs("hull-pixel")["pixel_hull"](plan, chunk) == (
        f"results/digits/chunks/hulls/pixel/original/test/0000000-0000{TEST}.parquet"
    )
    assert plan.views.needs("lsd")["bases"] == "results/digits/latent/published-0/bases.safetensors"


def test_a_part_that_is_off_takes_its_views_with_it(planned):
    plan = planned(latent={"enabled": False}, denoising={"enabled": False})
    assert (plan.latent, plan.denoising) == (None, None)
    assert not {"lsd", "lsd-pgd", "rotate", "denoise", "denoise-pgd"} & set(plan.views)
    assert not [path for path in plan.outputs() if "latent" in path or "denois" in path]


def test_parameters_of_a_rule_follow_the_wildcards(planned):
    plan = planned("presets/tiny.yaml")
    trained = plan.parameters("train_denoiser", denoiser="denoiser-dncnn")
    assert trained["network"] == {
        "factory": "phiscope.models.denoiser:dncnn",
        "arguments": {"width": 4, "depth": 3},
    }
    assert (trained["options"]["epochs"], trained["seed"]) == (1, 0)
    assert callable(plan.parameters("train_denoiser")["network"])  # of the wildcards that Snakemake fills in


def test_a_fingerprint_changes_with_a_parameter_of_its_own_rule_only(planned):
    base, other = planned(), planned(margins={"solver": "daqp"})
    chunk = "0000000-0000060"
    changed = [rule for rule in ("locate", "project_feature_hull", "count_balls", "verify_hulls") if
               base.fingerprint(rule, chunk=chunk) != other.fingerprint(rule, chunk=chunk)]  # fmt: skip
    assert changed == ["locate"]


def rested_on(plan: Plan, rule: str, **wildcards: str) -> set[str]:
    """Library modules that the jobs of a rule rest on."""
    about = RULES[rule]
    files = code.files_of(plan.scripts / f"{about.script}.py", *about.modules(plan, wildcards))
    library = code.LIBRARY / "phiscope"
    return {str(file.relative_to(library)) for file in files if library in file.parents}


@pytest.mark.parametrize("view", ["deepfool", "pgd-first", "pgd-full"])
def test_an_attack_rests_on_its_own_kind(planned, view):
    modules = rested_on(planned(), "make_view", view=view)
    assert f"attacks/{view.partition('-')[0]}.py" in modules
    others = {"latent/basis.py", "denoising/tiling.py", "geometry/hull/solve.py", "views/__init__.py"}
    assert not modules & others
    assert not {name for name in modules if name.startswith(("latent/", "denoising/", "implicit/", "figures/"))}


def test_a_view_rests_on_what_it_opens(planned):
    plan = planned()
    assert "latent/basis.py" in rested_on(plan, "make_view", view="lsd")
    assert "denoising/tiling.py" not in rested_on(plan, "make_view", view="lsd")
    assert "experiments/denoising/network.py" in rested_on(plan, "make_view", view="denoise")
    assert "latent/basis.py" not in rested_on(plan, "make_view", view="denoise")


RUN_A_NETWORK = (
    *("train_classifier", "split_classifier", "extract_features", "invert", "explore_ball", "edit_sample"),
    *("train_gan", "train_encoder", "sample_latents", "encode_dataset", "measure_latent", "measure_operators"),
    *("exhibit_latent", "train_denoiser", "score_denoisers", "measure_filters"),
)


@pytest.mark.parametrize("rule", RUN_A_NETWORK)
def test_what_runs_a_network_does_not_rest_on_the_hull_solver(planned, rule):
    solver = {f"geometry/hull/{name}.py" for name in ("solve", "columns", "pricing", "wolfe")}
    assert not rested_on(planned(), rule) & solver


def test_an_attack_is_judged_by_what_it_goes_through_alone(planned):
    views = {"pgd-through": {"kind": "pgd-full", "norm": "linf", "epsilon": 0.1, "through": "network"}}
    plan = planned("presets/tiny.yaml", views=views)
    denoiser = "experiments/denoising/network.py"
    assert denoiser in rested_on(plan, "judge_attack", view="pgd-through")
    assert denoiser not in rested_on(plan, "judge_attack", view="pgd-first")
    assert callable(plan.parameters("judge_attack")["code"])  # of the wildcards that Snakemake fills in


def test_hulls_that_are_not_asked_for_leave_nothing_behind(planned):
    named = ("class_hulls", "leave_one_out", "hulls/class", "/dimension")
    asked, plain = planned(), planned(hulls={"of": ["all"], "left_out": 0, "dimensions": []})
    assert all(any(name in path for path in asked.outputs()) for name in named)
    assert not [path for path in plain.outputs() for name in named if name in path]
    assert "which_hull" in plain.drawing.all  # which says that there are none
    assert "dimension" not in plain.drawing.all
    # Without a projection in feature space there is nothing to calibrate.
    views = {name: {"spaces": []} for name in asked.views}
    elsewhere = planned(views=views)
    assert not elsewhere.geometry.between_hulls + elsewhere.geometry.leave_one_out + elsewhere.geometry.dimension


def test_every_rule_has_a_script_that_is_there(planned, root):
    for rule in RULES.values():
        assert (root / f"scripts/{rule.script}.py").is_file()


def test_the_plan_needs_no_plots_and_no_networks(root):
    """Planning is the first thing a user waits for."""
    heavy = "matplotlib, seaborn, torch, pytorch_lightning, skimage, sklearn"
    line = f"import sys, phiscope.workflow.plan; print([m for m in '{heavy}'.split(', ') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_work_of_a_run_is_counted_before_any_of_it_is_done(planned):
    work = planned("presets/tiny.yaml", dataset={"limit": {"train": 300, "test": 150}}).work
    pgd = next(view for view in work["views"] if view["kind"] == "pgd-first")
    assert (pgd["images"], pgd["jobs"]) == (60, 1)
    # Both splits of `original`, its hull images, an attack, and denoised images of both splits.
    assert work["located"]["images"] == 300 + 150 + 60 + 60 + 300 + 60
    assert work["hulls"]["pixel"] == {"queries": 150, "solves": 150, "jobs": 1}
    # One of them also onto the hull of denoised images; all onto those of ten classes, priced as one; training
    # samples left out twice; test samples in six numbers of dimensions.
    own, further = 150 + 3 * 60, 2 * 300 + 6 * 150
    assert work["hulls"]["feature"] == {"queries": 2 * own + 60 + further, "solves": 11 * own + 60 + further, "jobs": 1}
    assert (work["vertices"], work["not_estimated"]) == (300, ["denoising", "implicit"])
    assert work["latent"] is None
    assert (work["inverted"]["jobs"], work["inverted"]["balls"]) == (4, 1)  # here, 87 stands behind the six counted


def test_trainings_of_latent_space_are_counted_in_steps(planned):
    settings = {"published": None, "faithful": {"epochs": 3, "reconstruction_of": "mean"}, "loaded": None}
    latent = {"enabled": True, "dimension": 20, "set_size": 30, "trials": 4, "seeds": [0, 7], "settings": settings,
              "gan": {"epochs": 2, "batch_size": 64}, "encoder": {"batch_size": 128, "validation": 0.1}}  # fmt: skip
    work = planned("presets/tiny.yaml", dataset={"limit": {"train": 300, "test": 150}}, latent=latent).work["latent"]
    training = {"kind": "encoder", "steps": 3 * 2, "batch": 128, "precision": "32-true", "decoded": 2}  # of 270 images
    encoder = {"training": training, "encoded": 450, "decoded": 300 + 5 * 150}
    gan = {"kind": "gan", "steps": 2 * 4, "batch": 64, "precision": "32-true", "decoded": 1}
    generator = {"training": gan, "encoded": 0, "decoded": 20 * 30}
    assert work["jobs"] == {"fit_generator": generator, "encode_faithful_0": encoder, "encode_faithful_7": encoder}
    assert work["latents"] == 600 + 2 * (3 * 300 + 2 * 150)


def measured(plan, folder, seconds: float) -> None:
    """Prepared splits, and a search that takes so many seconds for each Jacobian."""
    prepare(plan, folder)
    path = folder / plan.path("search_cost")
    path.parent.mkdir(parents=True)
    SearchCost(seconds, seconds, seconds, 16, 1e6, 2e7, 1e9, many=False).write(path)


def test_a_budget_decides_what_jobs_do(planned, tmp_path, monkeypatch):
    changes = {"inversions": {"samples": 30, "chunk_size": 20, "budget": "1.6 h"}, "report": {"samples": [0, 600]}}
    plan = planned(**changes)
    measured(plan, tmp_path, seconds=2.0)
    monkeypatch.chdir(tmp_path)
    # 248 s a sample and some 32,000 s a ball: no ball in half of the budget, 23 samples in all of it.
    inversion = plan.inversion
    assert inversion.allowed("0000000-0000020") == list(range(20))
    assert inversion.allowed("0000020-0000030") == [20, 21, 22]
    assert not inversion.is_explored(0)
    rows = inversion.budget()["rows"]
    assert (inversion.budget()["counted"], rows[0]["made"], rows[0]["budget_seconds"]) == (23, 23, 5760.0)
    assert [row["left_out"] for row in rows] == [9, 1, 1]  # both of the report stand behind the 30


def test_without_a_measurement_what_a_budget_allows_is_not_known_yet(planned, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    inversion = planned().inversion
    with pytest.raises(FileNotFoundError) as error:
        inversion.budget()
    assert error.value.filename == inversion._plan.path("search_cost")


def test_budgets_that_do_for_all_give_the_same_parameters(planned, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = []
    for budget in (None, 1, "100 h"):
        plan = planned(inversions={"budget": budget})
        if not given:
            measured(plan, tmp_path, seconds=1e-4)
        given.append(str(plan.inversion.budget()))
    assert given[0] == given[1] == given[2]


def test_training_features_are_gathered_where_they_are_several_chunks(planned):
    denoised = {"denoise": {"of": "original", "samples": 60, "hull_of": "denoise"}}
    one, several = (planned(chunk_size=size, views=denoised) for size in (TRAIN, TRAIN - 1))
    spanned = [plan.geometry.spanned_by("denoise")(plan, None) for plan in (one, several)]
    assert spanned[0].endswith(f"chunks/vectors/denoise/train/0000000-{TRAIN:07d}.safetensors")
    assert spanned[1].endswith("features/denoise/train.safetensors")
    gathered = [{path for path in plan.outputs() if path.endswith("/train.safetensors")} for plan in (one, several)]
    assert gathered[1] - gathered[0] == {
        several.below(f"features/{view}/train.safetensors") for view in ("original", "denoise")
    }
