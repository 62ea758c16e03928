"""Several scripts in one job: which of them run again."""

import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from phiscope.errors import DataError
from phiscope.workflow import chain
from phiscope.workflow.contents import content

# A script that notes that it ran, and writes what it was given.
SCRIPT = """
from pathlib import Path
if "snakemake" in globals():
    given = [Path(path).read_text() for path in snakemake.input]
    with open("ran", "a") as file:
        print(Path(__file__).stem, snakemake.wildcards.chunk, file=file)
    if snakemake.params.word == "fail":
        raise ValueError("as asked")
    Path(snakemake.output.made).write_text(" ".join([snakemake.params.word, *given]))
"""


def part(name: str, word: str, takes: dict, made: str) -> dict:
    return {
        "rule": name,
        "script": f"{name}.py",
        "parameters": {"word": word},
        "fingerprint": word,
        "wildcards": {},
        "takes": takes,
        "gives": {"made": made},
        "passing": False,
    }


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function that runs two parts, the second of what the first made and of another file; gives what ran."""
    monkeypatch.chdir(tmp_path)
    for name in ("first", "second"):
        (tmp_path / f"{name}.py").write_text(SCRIPT)
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")

    def run(first="one", second="two", chunk="0", others=("b",), passing=False) -> list[str]:
        takes = {"made": "out/{chunk}/first", "others": {"input": "second_others"}}
        parts = [
            part("first", first, {"source": "a"}, "out/{chunk}/first"),
            part("second", second, takes, "out/{chunk}/second"),
        ]
        parts[1]["passing"] = passing
        job = SimpleNamespace(
            params=SimpleNamespace(parts=parts),
            input={"first_source": "a", "second_others": list(others)},
            wildcards={"chunk": chunk},
            threads=1,
            config={},
            log=["log"],
        )
        (tmp_path / "ran").write_text("")
        for made in (tmp_path / "out").rglob("*"):  # as Snakemake does
            if made.is_file():
                made.unlink()
        chain.run(job, tmp_path, tmp_path / "kept")
        return (tmp_path / "ran").read_text().split()[::2]

    return run


def test_a_part_takes_what_an_earlier_one_made(run, tmp_path):
    assert run() == ["first", "second"]
    assert (tmp_path / "out/0/second").read_text() == "two one a b"


def test_what_is_made_already_is_put_back(run, tmp_path):
    run()
    before = (tmp_path / "out/0/second").stat().st_ino
    assert run() == []
    assert (tmp_path / "out/0/second").stat().st_ino == before
    assert (tmp_path / "out/0/second").read_text() == "two one a b"


def test_a_parameter_runs_its_part_and_what_rests_on_the_changed_content(run):
    run()
    assert run(second="three") == ["second"]
    assert run(first="other", second="three") == ["first", "second"]


def test_a_part_that_makes_the_same_again_reruns_nothing_after_it(run, tmp_path):
    run()
    shutil.rmtree(tmp_path / "kept/first")
    assert run() == ["first"]


@pytest.mark.parametrize(
    ("file", "ran"), [("a", ["first", "second"]), ("b", ["second"]), ("kept/second/made", ["second"])]
)
def test_another_content_of_an_input_or_output_counts_and_times_do_not(run, tmp_path, file, ran):
    run()
    for path in ("a", "b", "kept/first/made", "kept/second/made"):
        os.utime(tmp_path / path, (1, 1))
    assert run() == []
    (tmp_path / file).write_text("changed")
    assert run() == ran
    assert run() == []


def test_jobs_of_one_rule_have_their_own_parts(run, tmp_path):
    run(chunk="0")
    assert run(chunk="1") == ["first", "second"]
    assert (tmp_path / "out/1/second").read_text() == "two one a b"


def test_a_part_that_failed_has_no_record_and_leaves_no_output_of_before(run, tmp_path):
    run()
    with pytest.raises(ValueError, match="as asked"):
        run(second="fail")
    assert not (tmp_path / "out/0/second").exists()
    assert list(json.loads((tmp_path / "kept/record.json").read_text())) == ["first"]
    assert run() == ["second"]


def test_a_file_that_a_parameter_names_counts_by_its_content(run, tmp_path):
    run(second="a")  # the name of a file
    assert run(second="a") == []
    (tmp_path / "a").write_text("other weights")
    assert run(second="a") == ["first", "second"]


def test_a_word_that_is_a_folders_name_is_no_path(run, tmp_path):
    (tmp_path / "test").mkdir()
    run(second="test")
    (tmp_path / "test/image.png").write_text("image")
    assert run(second="test") == []
    run(second="./test")
    (tmp_path / "test/image.png").write_text("another")
    assert run(second="./test") == ["second"]


def test_a_networks_description_counts_as_the_network(run, tmp_path):
    (tmp_path / "b.safetensors").write_text("b")
    run(others=["b.safetensors"])
    (tmp_path / "b.json").write_text("another factory")
    assert run(others=["b.safetensors"]) == ["second"]


def test_what_does_not_stay_is_made_whenever_the_job_runs(run):
    run(passing=True)
    assert run(passing=True) == ["second"]


def test_where_files_cannot_be_linked_parts_run(run, monkeypatch):
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError("not here")))
    assert run() == ["first", "second"]
    assert run() == ["first", "second"]


def test_a_part_without_its_output_is_a_mistake(run, tmp_path):
    (tmp_path / "second.py").write_text("")
    with pytest.raises(FileNotFoundError, match="second ended without out/0/second"):
        run()


def test_an_error_says_in_which_part(run, tmp_path):
    (tmp_path / "second.py").write_text("from phiscope.errors import DataError\nraise DataError('mask: 8 x 9')")
    with pytest.raises(DataError, match=r"^mask: 8 x 9 \(in second\)$"):
        run()


def test_folders_are_kept_and_put_back(tmp_path):
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples/1.png").write_text("1")
    assert chain._link(tmp_path / "samples", tmp_path / "kept/samples")
    assert (tmp_path / "kept/samples/1.png").read_text() == "1"
    assert content(tmp_path / "samples") == content(tmp_path / "kept/samples")


def test_parts_are_kept_beside_the_logs():
    assert chain.folder_of("results/logs/logs/make_a/0-5.log") == Path("results/logs/.parts/make_a/0-5")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"first": 3}'])
def test_a_damaged_record_counts_as_none(run, tmp_path, content):
    run()
    (tmp_path / "kept/record.json").write_text(content)
    assert run() == ["first", "second"]


def test_files_by_name_position_and_attribute():
    files = chain.Named({"one": "a", "several": ["b", "c"]})
    assert (files.one, files["several"], files[1], len(files)) == ("a", ["b", "c"], "b", 3)
    assert (list(files), files.get("none"), files.keys()) == (["a", "b", "c"], None, ["one", "several"])
    assert dict(files.items()) == {"one": "a", "several": ["b", "c"]}
    with pytest.raises(AttributeError):
        _ = files.none
