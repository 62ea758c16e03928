"""A new figure is one module and one line of the registry: nothing else is told of it."""

import os
import subprocess
import sys

import pytest
from PIL import Image

from tests.workflow.project import Project, copied

MODULE = '''"""How fast training slowed down."""

from matplotlib.figure import Figure

CAPTION = "The step size by epoch."
CATEGORY = "The classifier"
ALT = "A line that falls"
DENSE = False
WHEN = "trained"


def draw(classifier_log, generator_log=None) -> Figure:
    assert generator_log is None
    figure = Figure(figsize=(2, 1))
    figure.subplots().plot(classifier_log["epoch"], classifier_log["learning_rate"])
    return figure
'''
ASKED = """
import sys
from phiscope.exhibits.frames import artifacts_of
from phiscope.figures import about
print(about("slowing").frames, about("slowing").optional, artifacts_of("slowing"))
assert not {"matplotlib", "phiscope.figures.models.slowing"} & sys.modules.keys()
"""
DRAWN = """
import runpy
from types import SimpleNamespace
rule = SimpleNamespace(
    input={"classifier_log": "log.csv"},
    output=["figures/slowing.svg"],
    log=["logs/draw.log"],
    params=SimpleNamespace(names=["slowing"], context={}, told_apart={}),
)
runpy.run_path("scripts/figures/draw_figures.py", init_globals={"snakemake": rule})
"""


@pytest.fixture(scope="module")
def project(root, tmp_path_factory):
    """A copy of the project with one figure more."""
    project = copied(root, tmp_path_factory.mktemp("figure"))
    (project.folder / "phiscope/figures/models/slowing.py").write_text(MODULE)
    line = '    "training": "phiscope.figures.models.training",\n'
    project.edit("phiscope/figures/__init__.py", line, line + '    "slowing": "phiscope.figures.models.slowing",\n')
    return project


def run(project: Project, code: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(project.folder)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project.folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_its_module_says_what_it_is_drawn_from_without_being_imported(project):
    assert run(project, ASKED) == "('classifier_log',) ('generator_log',) (('classifier_log',), ('generator_log',))"


def test_the_one_script_draws_it(project):
    (project.folder / "log.csv").write_text("epoch,learning_rate\n0,0.1\n1,0.01\n")
    run(project, DRAWN)
    figures = project.folder / "figures"
    assert sorted(path.name for path in figures.iterdir()) == ["slowing.png", "slowing.rst", "slowing.svg"]
    with Image.open(figures / "slowing.png") as picture:
        assert picture.size == (340, 170)  # 2 by 1 inches
    assert (figures / "slowing.rst").read_text() == "The step size by epoch.\n"


def test_a_run_has_it_that_meets_its_condition_and_no_other(project):
    """Of the tiny run the classifier is trained, and nobody labelled its images."""
    assert "draw_figures" in project.planned("results/tiny/figures/slowing.svg")
    module = "phiscope/figures/models/slowing.py"
    project.edit(module, 'WHEN = "trained"', 'WHEN = "people"')
    done = project.snakemake("--dry-run", "results/tiny/figures/slowing.svg")
    project.edit(module, 'WHEN = "people"', 'WHEN = "trained"')
    assert "MissingRuleException" in done.stdout + done.stderr
