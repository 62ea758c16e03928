"""What the solvers write as `status` is what the tables' schemas describe: no word more, none less."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from phiscope.experiments.inversion.samples import NO_IMAGE
from phiscope.experiments.inversion.targets import NO_TARGET
from phiscope.geometry.boundary import STATUSES
from phiscope.tables.schemas import SCHEMAS

PACKAGE = Path(__file__).parents[1] / "phiscope"
OPEN = "open"  # a hull projection while it is being solved


def status_values(tree: ast.AST) -> Iterator[ast.expr]:
    """What is assigned to a name with `status` in it, or stands under that key of a dict."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any("status" in ast.unparse(target).lower() for target in node.targets):
            yield node.value
        if isinstance(node, ast.Dict):
            yield from (
                v for k, v in zip(node.keys, node.values) if isinstance(k, ast.Constant) and k.value == "status"
            )


def written(*modules: str) -> set[str]:
    """Words of the statuses in the modules; sentences that say why and numpy's dtypes are none."""
    trees = [ast.parse((PACKAGE / module).read_text()) for module in modules]
    constants = [
        node.value
        for tree in trees
        for value in status_values(tree)
        for node in ast.walk(value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return {word for word in constants if re.fullmatch("[a-z_]+", word)}


def described(table: str) -> set[str]:
    description = SCHEMAS[table].field("status").metadata[b"description"].decode()
    return set(re.findall("`([a-z_]+)`", description))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("margins", written("geometry/margin/flips.py")),
        ("hulls", written("geometry/hull/columns.py") - {OPEN}),
        ("inversions", written("geometry/inversion/solve.py") | {NO_TARGET, NO_IMAGE}),
        ("closest_images", set(STATUSES)),
        # What scipy calls solved is `fitted` in the table.
        ("implicit", written("implicit/linear.py", "experiments/implicit/fits.py") - {"solved"}),
    ],
)
def test_the_schema_describes_every_status_that_is_written(table, words):
    assert words == described(table)


@pytest.mark.parametrize(
    ("docstring_of", "table"),
    [("geometry/margin/flips.py", "margins"), ("geometry/hull/projection.py", "hulls")],
)
def test_so_does_the_docstring_of_the_result(docstring_of, table):
    classes = [node for node in ast.parse((PACKAGE / docstring_of).read_text()).body if isinstance(node, ast.ClassDef)]
    assert described(table) <= set(re.findall("`([a-z_]+)`", ast.get_docstring(classes[0])))
