"""Who may import whom: layers, each of which knows only what stands below it."""

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "phiscope"

# From the bottom to the top. Rooms of one layer may know each other; no import runs upward.
LAYERS = (
    ("errors", "arrays"),
    ("words",),
    ("head",),
    ("geometry", "latent", "denoising", "implicit", "detection", "datasets", "models"),
    ("figures",),
    ("tables", "stats", "attacks", "training", "features"),
    ("papers",),
    ("experiments",),
    ("views",),
    ("exhibits",),
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


def test_only_four_modules_stand_at_the_top():
    modules_at_the_top = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    assert modules_at_the_top == {"arrays", "errors", "features", "head"}


@pytest.mark.parametrize("name", [name for name in modules() if room(name)])
def test_no_import_runs_upward(name):
    above = {other for other in rooms_of(modules()[name]) if LEVEL[other] > LEVEL[room(name)]}
    assert not above


def test_mathematics_knows_arrays_only():
    for name, imports in modules().items():
        if room(name) in MATHEMATICS:
            assert not {i.split(".")[0] for i in imports} & FORBIDDEN_TO_MATHEMATICS, name
            assert rooms_of(imports) <= {"arrays", "errors", *MATHEMATICS}, name


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
    assert not {i for i in imports["projection"] if i.startswith("phiscope")}
    assert not any(f"{prefix}verification" in imports[name] for name in ("columns", "pricing", "wolfe"))
