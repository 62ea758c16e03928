"""The page as files: its modules, what it holds and what lies beside it."""

import re

import numpy as np
import pytest

from phiscope.explorer import page
from phiscope.explorer.columns import Column
from phiscope.explorer.links import _OF_A_SAMPLE, _STATES, of_figure
from phiscope.figures import FIGURES
from phiscope.files import Stamp, stamp_of, stamping

MODULES = sorted((page.PARTS / "js").glob("*.js"))


def explored(count=50):
    numbers = np.arange(count)
    return page.ExplorerPage(
        title="</script><b>",
        classes=["<i>", "b"],
        columns=[
            Column("sample", "sample", "integer", numbers),
            Column("view", "view", "category", np.zeros(count, int), categories=("original",)),
            Column("predicted", "prediction", "category", numbers % 2, categories=("<i>", "b")),
            Column("margin", "margin", "number", np.random.default_rng(0).random(count)),
            Column("file", "file", "text", [f"</script>{k}" for k in numbers]),
        ],
        questions=[],
        axes=("margin", "margin"),
    )


def test_every_module_is_in_the_script_after_those_it_imports_from():
    script = page.script()
    order = re.findall(r"^const module_(\w+) = ", script, re.M)
    assert sorted(order) == [path.stem for path in MODULES]
    assert not re.search(r"^(import|export) ", script, re.M)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_imports_what_another_exports_and_uses_it(path):
    text = path.read_text()
    for names, module in re.findall(r'^import \{([^}]*)\} from "\./(\w+)\.js";$', text, re.M):
        exported = re.findall(r"^export (?:const|function|async function|class) (\w+)",
                              (path.parent / f"{module}.js").read_text(), re.M)  # fmt: skip
        body = re.sub(r"^import .*$", "", text, flags=re.M)
        for name in (each.strip() for each in names.split(",")):
            assert name in exported, f"{path.name} imports {name}, which {module}.js does not export"
            assert re.search(rf"\b{name}\b", body), f"{path.name} imports {name} and does not use it"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_names_never_become_markup_and_nothing_is_fetched(path):
    text = path.read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text)
    assert not re.search(r"\bfetch\(|XMLHttpRequest|https?://", text)
    assert len(text.splitlines()) < 420


def test_a_small_page_is_one_file_with_the_stamp_of_its_job(tmp_path):
    with stamping(Stamp("abc")):
        page.write(explored(), tmp_path / "index.html")
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert stamp_of(tmp_path / "index.html") == Stamp("abc")
    text = (tmp_path / "index.html").read_text()
    assert text.count("</script>") == text.count("<script")
    assert "<b>" not in text.split("<style>")[0]


def test_what_is_too_large_lies_beside_and_older_data_go(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "MOST_INSIDE", 100)
    page.write(explored(), tmp_path / "index.html")
    first = {path.name for path in (tmp_path / "data").iterdir()}
    text = (tmp_path / "index.html").read_text()
    assert {re.sub(r"-[0-9a-f]{12}\.js$", "", name) for name in first} == {"texts", "exact-03"}
    assert all(name in text for name in first)
    page.write(explored(60), tmp_path / "index.html")
    assert not first & {path.name for path in (tmp_path / "data").iterdir()}
    monkeypatch.undo()
    page.write(explored(), tmp_path / "index.html")
    assert not (tmp_path / "data").exists()


def test_figures_that_are_linked_exist():
    assert {*_STATES, *_OF_A_SAMPLE} <= set(FIGURES)
    assert of_figure("sample-226") == "explorer/index.html#sample=226"
    assert of_figure("sample-first") is None
    assert of_figure("training") is None
