"""Who may import whom, so that data flows one way."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "phiscope"
MATHEMATICS = ("geometry", "latent", "denoise", "detection", "implicit")
FORBIDDEN_TO_MATHEMATICS = {"pandas", "pyarrow", "matplotlib", "seaborn", "snakemake", "yaml", "pytorch_lightning"}


def modules() -> dict[str, set[str]]:
    """Module -> everything it imports, deferred imports and type hints too."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        imports = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imports |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imports |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        found[name] = imports
    return found


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "phiscope" else ""


def importers_of(rooms: set[str]) -> set[str]:
    return {
        name for name, imports in modules().items() if {room(i) for i in imports} & rooms and room(name) not in rooms
    }


def test_mathematics_knows_arrays_only():
    """A `__main__` is a command, which may open files; the test below says that nothing rests on one."""
    for name, imports in modules().items():
        if room(name) in MATHEMATICS and not name.endswith(".__main__"):
            assert not {i.split(".")[0] for i in imports} & FORBIDDEN_TO_MATHEMATICS, name
            assert {room(i) for i in imports} <= {"", "arrays", "errors", *MATHEMATICS}, name


def test_figures_and_statistics_see_frames():
    for name, imports in modules().items():
        if room(name) in ("figures", "stats"):
            assert {room(i) for i in imports} <= {"", "arrays", "errors", "figures", "stats"}, name
            assert not {i.split(".")[0] for i in imports} & {"torch", "pyarrow", "snakemake", "yaml"}, name


def test_only_training_imports_lightning():
    users = {name for name, imports in modules().items() if any("lightning" in i for i in imports)}
    assert users
    assert {room(name) for name in users} == {"training"}


def test_nothing_in_the_library_imports_the_workflow():
    assert importers_of({"workflow"}) == set()


def test_nothing_imports_a_command():
    assert not [name for name, imports in modules().items() if any(i.endswith(".__main__") for i in imports)]


@pytest.mark.parametrize("outside", ["scripts", "snakemake"])
def test_nothing_imports_what_runs_it(outside):
    assert not [name for name, imports in modules().items() if any(i.split(".")[0] == outside for i in imports)]


def test_what_verifies_a_projection_shares_nothing_with_what_makes_it():
    """Both know the result types, and these know neither."""
    imports = {name.removeprefix("phiscope.geometry."): found for name, found in modules().items()}
    solver = {f"phiscope.geometry.{name}" for name in ("hull", "_columns", "_pricing", "_wolfe")}
    for name in ("_verification", "_projection"):
        assert not imports[name] & solver
    assert not {i for i in imports["_projection"] if i.startswith("phiscope")}
    assert not any("phiscope.geometry._verification" in imports[name] for name in ("_columns", "_pricing", "_wolfe"))
