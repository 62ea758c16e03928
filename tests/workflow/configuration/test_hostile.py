"""Every configuration of `hostile.py` is refused in one sentence before any job: in-process, and by the commands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from snakemake.cli import parse_config

from phiscope.commands.changes import as_snakemake, change
from phiscope.errors import ConfigError
from phiscope.experiments.implicit.images import SCIKIT_IMAGE, SCIKIT_LEARN
from phiscope.experiments.implicit.settings import SPARSE
from phiscope.implicit.bases import BASES
from phiscope.implicit.encodings import ENCODINGS
from phiscope.implicit.images import CONTROLS
from phiscope.workflow.configuration import fits, load, read
from phiscope.workflow.configuration.arguments import require_readable
from phiscope.workflow.configuration.names import TAKEN
from phiscope.workflow.configuration.plain import MOST_LEVELS
from phiscope.workflow.configuration.reading import typed
from phiscope.workflow.plan import Counts, Plan
from tests.workflow.configuration.hostile import BASE, CASES, CHANGES, RIGHT, Case


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """With a pipe, which whoever opens it waits for, and a file that is neither data nor weights."""
    folder = tmp_path_factory.mktemp("hostile")
    os.mkfifo(folder / "fifo")
    (folder / "text").write_text("text")
    return folder


def written(folder: Path, given: str | bytes) -> Path:
    """The file of a case."""
    path = folder / "mine.yaml"
    if isinstance(given, str):
        text = given.replace("FOLDER", str(folder))
        given = (text if text.startswith("dataset:") else f"{BASE}{text}\n").encode()
    path.write_bytes(given)
    return path


def refused(folder: Path, case: Case) -> str:
    path = written(folder, case.given)
    with pytest.raises(ConfigError) as caught:
        load([path])
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


@pytest.mark.parametrize("case", CASES, ids=[f"{each.kind} {number}" for number, each in enumerate(CASES)])
def test_one_sentence_says_where_and_what(folder, case, monkeypatch):
    monkeypatch.chdir(folder)
    sentence = refused(folder, case)
    assert sentence.startswith("config: mine.yaml"), sentence
    assert case.words in sentence
    assert len(sentence) < 1000
    assert not (folder / "RAN").exists()


def test_there_are_enough_cases():
    kinds = {kind: sum(case.kind == kind for case in CASES) for kind in {case.kind for case in CASES}}
    assert len({case.given for case in CASES}) == len(CASES) >= 350, kinds
    assert min(kinds.values()) >= 30


@pytest.mark.parametrize("given", RIGHT)
def test_what_looks_odd_and_is_right(folder, given):
    load([written(folder, given)])


def as_snakemake_reads(path: Path, change: str) -> None:
    require_readable(["--config", change])
    load([path], typed(parse_config([change])))


@pytest.mark.parametrize(("changes", "words"), CHANGES)
def test_changes_of_the_command_line(folder, changes, words):
    """As `phiscope check` takes them, and as snakemake hands them over where it takes them at all."""
    path = written(folder, "")
    with pytest.raises(ConfigError, match=words):
        load([path], change(changes))
    if "." not in changes.partition("=")[0]:
        with pytest.raises(ConfigError, match=words):
            as_snakemake_reads(path, changes)


@pytest.mark.parametrize(
    "text",
    ["chunk_size=null", "classifier.head='7'", "classifier.arguments.a=no", "views.a.k=[1, '2', null, true, 1e-3]",
     "report.title='a: b'", "report.title=ä", "run=2020-01-01", 'classifier.arguments.a="a\\tb"',
     "run='7'", "run=7", "run=007", "run=1_0", "run=1e3", "run=nan", "run=true", "run=True", "run=null",
     "report.title=7"],
)  # fmt: skip
def test_changes_reach_snakemake_as_they_are(text):
    given = change(text)
    assert typed(parse_config(as_snakemake([given]))) == given


@pytest.mark.parametrize("name", ["7", "007", "1_0", "1e3", "12.50", "nan", "true", "True", "2020-01-01"])
def test_a_name_may_look_like_a_number(name):
    """A shell takes off the quotes that would say so: what was typed is the name, by either command."""
    for typed_in in (name, f"'{name}'"):
        assert change(f"run={typed_in}") == {"run": name}
        assert typed(parse_config([f"run={typed_in}"]), [f"run={typed_in}"]) == {"run": name}
    assert change(f"report.title={name}") == {"report": {"title": name}}
    assert typed(parse_config([f"report={{title: {name}}}"])) == {"report": {"title": name}}


def test_in_a_file_a_name_is_a_text(folder):
    with pytest.raises(ConfigError, match="line 2: run: got 7, expected text or null; write it in quotes, '7'"):
        load([written(folder, "run: 7\n")])


def test_changes_that_are_none():
    with pytest.raises(ConfigError, match="--config 'seed': is no change"):
        change("seed")
    for arguments, words in (
        (["--config", "hulls.pixel=3"], r"expected key=value, such as 'hulls=\{pixel: 3\}'"),
        (["-C", "views=[a"], "is no YAML"),
        (["--config=seed"], "is no change"),
        (["--configfile", "nowhere.yaml", "--cores", "1"], "nowhere.yaml: cannot be read"),
        (["--configfiles=nowhere.yaml"], "nowhere.yaml: cannot be read"),
    ):
        with pytest.raises(ConfigError, match=words):
            require_readable(["-s", "Snakefile", *arguments])
    require_readable(["-s", "tests/workflow/module/Snakefile", "--configfile", "nowhere.yaml"])  # another workflow's
    require_readable(["--cores", "1", "--", "--configfile", "nowhere.yaml"])


def test_file_and_line_are_those_of_the_last_layer_that_says_it(tmp_path):
    (tmp_path / "a.yaml").write_text(f"{BASE}views:\n  a.b:\n    kind: quantise\n    samples: 0\n")
    (tmp_path / "b.yaml").write_text("# more\nviews: {a.b: {samples: -1}}\n")
    files = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for layers, changes, where in (
        (files[:1], {}, "a.yaml, line 5: views.a.b.samples"),
        (files, {}, "b.yaml, line 2: views.a.b.samples"),
        (files, {"views": {"a.b": {"samples": -2}}}, "^config: views.a.b.samples: got -2"),
    ):
        with pytest.raises(ConfigError, match=where):
            load(layers, changes)


def test_numbers_and_words_are_read_as_yaml_1_2_reads_them(tmp_path):
    text = "[1e-3, .5, 1_000, 0x10, -0, +3, 017, 0o17, 1:30, 2020-01-01, yes, off, NO, n, true, ~, '1', =, 1., -.5e+3]"
    (tmp_path / "a.yaml").write_text(f"a: {text}\n")
    numbers = [0.001, 0.5, 1000, 16, 0, 3]
    texts = ["017", "0o17", "1:30", "2020-01-01", "yes", "off", "NO", "n"]
    expected = [*numbers, *texts, True, None, "1", "=", 1.0, -500.0]
    found = read(tmp_path / "a.yaml")["a"]
    assert found == expected
    assert list(map(type, found)) == list(map(type, expected))


def test_levels_that_are_allowed_are_read(tmp_path):
    levels = MOST_LEVELS - 3
    (tmp_path / "a.yaml").write_text(f"a: {'[' * levels}{']' * levels}\n")
    assert read(tmp_path / "a.yaml")


def test_no_view_is_called_like_a_folder_of_a_run(root):
    text = (root / "docs/configuration.md").read_text(encoding="utf-8")
    assert [name for name in sorted(TAKEN) if f"`{name}`" not in text] == []
    counts = Counts({"train": 300, "test": 150}, order=tuple(range(150)), shape=(1, 8, 8), classes=10)
    plan = Plan.of(load([root / "presets/tiny.yaml"], {"latent": {"enabled": True}}), counts, scripts=root / "scripts")
    folders = {Path(path).relative_to(plan.results).parts[0] for path in plan.outputs() if "/" in path}
    assert {name for name in folders if "." not in name} - TAKEN == set()


def test_what_the_check_knows_of_encodings_and_images_is_what_there_is():
    import inspect

    takes = {name: inspect.signature(make).parameters for name, make in ENCODINGS.items()}
    assert {name: tuple(key for key in ("k", "sigma") if key in given) for name, given in takes.items()} == (
        fits.ENCODINGS
    )
    assert set(fits.BASES) == {"fourier_complete" if name == "fourier" else name for name in BASES}
    assert set(fits.CONTROLS) == set(CONTROLS)
    assert set(fits.PHOTOGRAPHS) == {*SCIKIT_IMAGE, *SCIKIT_LEARN}
    assert set(fits.SPARSE) == set(SPARSE)


# Of each kind some by the commands themselves, which take a second or two each.
COMMANDS = [
    ("snakemake", PROCESS)
    for PROCESS in ("views: {..: {kind: quantise}}", b"seed: [1\n", b"\xff\xfes\x00", b"__use_yte__: true\nrun: ?RAN\n")
] + [
    ("check", "views: {mine: {kind: pgd-first, norm: linf, epsilon: .nan}}"),
    ("check", b"seed: 1\n\tthreads: 2\n"),
    ("run", b"a: !!python/object/apply:os.system ['touch RAN']\n"),
]


@pytest.mark.parametrize(("command", "given"), COMMANDS, ids=range(len(COMMANDS)))
def test_the_commands_say_it_in_one_line(root, folder, command, given):
    path = written(folder, given)
    words = {
        "snakemake": ["snakemake", "-n", "--cores", "1", "-s", str(root / "Snakefile"), "--configfile", str(path)],
        "check": ["phiscope", "check", str(path)],
        "run": ["phiscope", "run", str(path)],
    }[command]
    environment = os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("Using ")]
    assert done.returncode != 0
    assert len(lines) == 1, lines
    assert "config: mine.yaml" in lines[0]
    assert not (folder / "RAN").exists()
    assert not (folder / "results").exists()
