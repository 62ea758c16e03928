"""What the documentation names is there: modules and functions, files of the project, pages that it links to."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("", "docs", "docs/decisions", "docs/reference", "docs/results", "benchmarks")
PAGES = sorted(page for folder in FOLDERS for page in (ROOT / folder).glob("*.md") if page.name != "CHANGELOG.md")
OURS = ("benchmarks", "docs", "envs", "phiscope", "presets", "profiles", "scripts", "tests", "tools", "workflow")
NAME = re.compile(r"\bphiscope(?:\.[A-Za-z_]\w*)+")
PATH = re.compile(rf"(?<![\w./<-])(?:{'|'.join(OURS)})/[\w./*-]*")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def resolved(name: str) -> object:
    """The module, or what it holds, of a dotted name; raises ImportError or AttributeError where there is none."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = ".".join(parts[:length])
        try:
            thing = importlib.import_module(module)
        except ModuleNotFoundError as error:
            if not module.startswith(error.name or ""):
                raise  # it is there, and something that it imports is not
            continue
        for part in parts[length:]:
            thing = getattr(thing, part)
        return thing
    raise ImportError(name)


def named(text: str) -> list[str]:
    """Every dotted name on a page; `phiscope.a.b`, `c` in one cell of a table names `phiscope.a.c` too."""
    names = NAME.findall(text)
    for cell in re.split(r"\||\n", text):
        parent = ""
        for quoted in re.findall(r"`([^`]+)`", cell):
            if NAME.fullmatch(quoted):
                parent = quoted.rpartition(".")[0]
            elif parent and re.fullmatch(r"\.?[A-Za-z_]\w*", quoted) and "|" in text:
                names.append(f"{parent}.{quoted.removeprefix('.')}")
    return names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("| a | `phiscope.x.y`, `z` | `k` |", ["phiscope.x.y", "phiscope.x.z"]),
        ("see `phiscope.x` and `margins`", ["phiscope.x"]),
        ("`from phiscope.x import y`", ["phiscope.x"]),
    ],
)
def test_names_are_read_with_those_that_stand_beside_them(text, names):
    assert named(text) == names


@pages
def test_every_name_is_there(page):
    missing = []
    for name in named(page.read_text(encoding="utf-8")):
        try:
            resolved(name)
        except (ImportError, AttributeError):
            missing.append(name)
    assert missing == []


@pages
def test_every_file_of_the_project_is_there(page):
    paths = [path.rstrip(".") for path in PATH.findall(page.read_text(encoding="utf-8"))]
    assert [path for path in paths if not any(ROOT.glob(path.rstrip("/")))] == []


@pages
def test_every_link_leads_somewhere(page):
    targets = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [target for target in targets if not (page.parent / target).exists()] == []
