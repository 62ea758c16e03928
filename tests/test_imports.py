"""Who may import whom: layers, each of which knows only what stands below it."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "phiscope"

# From the bottom to the top. Rooms of one layer may know each other; no import runs upward.
LAYERS = (
    ("errors", "arrays", "deferred", "factories", "files"),
    ("words",),
    ("head",),
    ("geometry", "latent", "denoising", "implicit", "detection", "datasets", "models"),
    ("figures",),
    ("tables", "stats", "attacks", "training", "features"),
    ("papers",),
    ("experiments",),
    ("views",),
    ("exhibits",),
    ("explorer",),
    ("report",),
    ("workflow",),
    ("commands",),
    ("__main__",),
)
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}

MATHEMATICS = {"geometry", "latent", "denoising", "detection", "implicit"}
FORBIDDEN_TO_MATHEMATICS = {"pandas", "pyarrow", "matplotlib", "seaborn", "snakemake", "yaml", "pytorch_lightning"}


@cache
def modules() -> dict[str, set[str]]:
    """Module -> everything it imports, deferred imports and type hints too."""
    imports_of = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        imports = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imports |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imports |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        imports_of[name] = imports
    return imports_of


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "phiscope" else ""


def rooms_of(imports: set[str]) -> set[str]:
    return {room(name) for name in imports} & LEVEL.keys()


def test_every_room_stands_in_a_layer():
    inside = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert inside - {"__init__"} == LEVEL.keys()


def test_only_six_modules_stand_at_the_top():
    modules_at_the_top = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    assert modules_at_the_top == {"arrays", "deferred", "factories", "errors", "features", "head"}


@pytest.mark.parametrize("name", [name for name in modules() if room(name)])
def test_no_import_runs_upward(name):
    above = {other for other in rooms_of(modules()[name]) if LEVEL[other] > LEVEL[room(name)]}
    assert not above


def test_mathematics_knows_arrays_only():
    for name, imports in modules().items():
        if room(name) in MATHEMATICS:
            assert not {i.split(".")[0] for i in imports} & FORBIDDEN_TO_MATHEMATICS, name
            assert rooms_of(imports) <= {"arrays", "deferred", "factories", "errors", *MATHEMATICS}, name


def test_figures_and_statistics_see_frames():
    allowed = {"figures": {"figures"}, "stats": {"stats"}, "papers": {"papers", "stats"}}
    for name, imports in modules().items():
        if room(name) in allowed:
            assert rooms_of(imports) <= {"arrays", "errors", "words", *allowed[room(name)]}, name
            assert not {i.split(".")[0] for i in imports} & {"torch", "pyarrow", "snakemake", "yaml"}, name


def test_words_draw_nothing():
    for name, imports in modules().items():
        if room(name) == "words":
            assert not {i.split(".")[0] for i in imports} & {"matplotlib", "seaborn", "torch"}, name


def test_only_trainings_import_lightning():
    users = {name for name, imports in modules().items() if any("lightning" in i for i in imports)}
    assert users
    assert {room(name) for name in users} <= {"training", "experiments"}


@pytest.mark.parametrize("outside", ["scripts", "snakemake", "tools", "benchmarks"])
def test_nothing_imports_what_runs_it(outside):
    assert not [name for name, imports in modules().items() if any(i.split(".")[0] == outside for i in imports)]


def test_what_verifies_a_projection_shares_nothing_with_what_makes_it():
    """Both know the result types, and these know neither."""
    prefix = "phiscope.geometry.hull."
    imports = {name.removeprefix(prefix): imported for name, imported in modules().items() if name.startswith(prefix)}
    solver = {f"{prefix}{name}" for name in ("solve", "columns", "pricing", "wolfe")}
    for name in ("verification", "projection"):
        assert not imports[name] & solver
    assert {i for i in imports["projection"] if i.startswith("phiscope")} <= {"phiscope.arrays", "phiscope.arrays.span"}
    assert not any(f"{prefix}verification" in imports[name] for name in ("columns", "pricing", "wolfe"))


def test_a_second_opinion_shares_nothing_with_our_solvers():
    prefix = "phiscope.geometry.second_opinion"
    allowed = (prefix, "phiscope.arrays", "phiscope.errors", "numpy", "scipy.sparse", "qpsolvers")
    opinions = {name: imports for name, imports in modules().items() if name.startswith(prefix)}
    assert len(opinions) == 4
    for name, imports in opinions.items():
        outside = {i for i in imports if i.partition(".")[0] in ("phiscope", "numpy", "scipy", "qpsolvers", "daqp")}
        assert all(i.startswith(allowed) for i in outside), name


# What takes a tenth of a second or more to import. `import scipy` alone does not: its parts are imported when used.
SLOW = (
    *("torch", "torch._dynamo", "pytorch_lightning", "torchmetrics", "foolbox", "numba", "qpsolvers", "sklearn"),
    *("pandas", "pyarrow", "matplotlib", "matplotlib.pyplot", "seaborn", "skimage", "jsonschema", "pooch", "requests"),
    *(f"scipy.{part}" for part in ("fft", "linalg", "ndimage", "optimize", "signal", "special", "stats")),
)
# What may be imported of these -> modules that steps of a run begin with, which import no more.
IMPORTED = {
    (): (
        *("arrays", "head", "datasets", "datasets.preparing", "detection", "figures", "figures.mosaic", "workflow.job"),
        *("experiments.geometry.locations", "experiments.implicit.images", "experiments.latent.bases"),
        *("geometry.hull", "geometry.hull.verification", "geometry.margin"),
        *("views", "views.blend", "views.denoise", "views.inpaint", "views.noise", "views.quantise"),
    ),
    ("pyarrow",): ("tables",),
    ("pandas", "pyarrow"): (
        *("exhibits.frames", "papers.comparison", "report.page", "stats", "views.hull_pixel"),
        *("experiments.detection.scores", "experiments.geometry.balls", "experiments.geometry.proofs"),
        "experiments.geometry.disagreements",
    ),
    ("numba",): ("geometry.hull.solve",),
    ("torch",): ("models", "features", "experiments.implicit.fits"),
}


def slow_after(*codes: str) -> list[set[str]]:
    """Which of the slow modules are imported once a fresh interpreter has run each of these, one after the other."""
    told = "\n".join(f"{code}\nimport sys\nprint(*(name for name in {SLOW} if name in sys.modules))" for code in codes)
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return [set(line.split()) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("allowed", IMPORTED, ids="+".join)
def test_a_step_imports_what_it_uses_alone(allowed):
    steps = [f"phiscope.{name}" for name in IMPORTED[allowed]]
    told = zip(steps, slow_after(*(f"import {step}" for step in steps)), strict=True)
    assert not {step: more for step, slow in told if (more := slow - set(allowed))}


def test_a_small_projection_is_solved_written_and_merged_without_torch_and_frames(tmp_path):
    code = f"""
import numpy as np
from phiscope import tables
from phiscope.geometry import hull, margin
points = np.random.default_rng(0).normal(size=(12, 3))
projection = hull.project(points[:2], points[2:], threads=1)
hull.verify(projection, points[:2], points[2:])
margin.flip_points(points, points[:3].T.copy(), np.zeros(3), rows="features")
columns = tables.constant({{"view": "original", "split": "test"}}, 2)
columns |= {{"sample": np.arange(2), "label": np.zeros(2, int), "predicted": [0, 1], "projected_class": [None, None]}}
columns |= tables.hull_columns(projection, np.arange(10), "feature")
tables.write(columns, "hulls", "{tmp_path}/part.parquet", {{}})
tables.merge(["{tmp_path}/part.parquet"], "{tmp_path}/whole.parquet")
assert tables.arrays("{tmp_path}/whole.parquet", ["sample"])["sample"].tolist() == [0, 1]
"""
    assert slow_after(code)[0] <= {"numba", "pyarrow", "scipy.linalg"}


def test_a_training_imports_lightning_without_what_its_metrics_could_plot_with():
    """Who asks for scipy and matplotlib afterwards gets them."""
    later = "import matplotlib.pyplot, scipy.signal\nassert scipy.signal.windows.hann(3)[1] == 1"
    training, with_more = slow_after("import phiscope.training.classifier", later)
    assert training == {"torch", "torch._dynamo", "pytorch_lightning", "torchmetrics"}
    assert {"matplotlib.pyplot", "scipy.signal"} <= with_more


@pytest.mark.parametrize(
    ("package", "version"),
    [("transformers", "5.17.0"), ("torchvision", "0.26.0"), ("torch_linear_assignment", "0.0.3")],
)
def test_a_training_starts_beside_packages_that_need_scipy(package, version, tmp_path):
    """torchmetrics imports what is installed of a long list, which has another version of it beside phiscope."""
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("from scipy import signal as batch_linear_assignment")
    about = tmp_path / f"{package}-9.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 9.0\n")
    code = "import phiscope.training.classifier, pytorch_lightning, torchmetrics, scipy.signal, sys\nprint('started')"
    paths = os.pathsep.join([str(tmp_path), str(PACKAGE.parent)])
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.stdout.split() == ["started"], done.stderr[-500:]


def packages_that_defer() -> dict[str, ast.Module]:
    trees = {path: ast.parse(path.read_text()) for path in PACKAGE.rglob("__init__.py")}
    return {
        ".".join(path.relative_to(PACKAGE.parent).parent.parts): tree
        for path, tree in trees.items()
        if any(isinstance(node, ast.Name) and node.id == "deferred" for node in ast.walk(tree))
    }


@pytest.mark.parametrize("package", packages_that_defer())
def test_what_a_package_defers_is_what_its_type_hints_say(package):
    tree, module = packages_that_defer()[package], import_module(package)
    (choice,) = [node for node in tree.body if isinstance(node, ast.If)]
    hinted = {(node.module, alias.name) for node in choice.body for alias in node.names}
    (table,) = [ast.literal_eval(node.args[1]) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert hinted == {(origin, name) for origin, names in table.items() for name in names}
    for origin, name in hinted:
        assert getattr(module, name) is getattr(import_module(origin), name)
        assert f"{package}.{name}" not in modules(), "a module of that name would hide it"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        module.nothing  # noqa: B018


def test_geometry_needs_no_more_than_is_installed_for_the_library():
    """`pip install phiscope` brings what `phiscope.geometry` imports; the rest is `phiscope[workflow]`."""
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["project"]
    core = {re.split(r"[<>=\[ ]", name)[0].lower() for name in project["dependencies"]}
    rooms = ("phiscope.geometry", "phiscope.arrays", "phiscope.errors", "phiscope.deferred")
    used = {i.split(".")[0] for name, imports in modules().items() if name.startswith(rooms) for i in imports}
    outside = used - {"phiscope"} - set(sys.stdlib_module_names) - {"typing_extensions"}
    assert outside <= core
    assert not core & {re.split(r"[<>=\[ ]", name)[0] for name in project["optional-dependencies"]["workflow"]}


def test_geometry_loads_no_workflow_and_no_plots():
    code = (
        "import sys\nfrom phiscope.geometry import balls, hull, inversion, margin\nhull.project, hull.verify\n"
        f"print([m for m in {['pytorch_lightning', 'snakemake', 'foolbox', 'matplotlib', 'seaborn', 'pandas']} "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
