"""Several scripts in one job: which of them run again."""

import json
import os
from types import SimpleNamespace

import pytest

from phiscope.workflow import chain

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
        "wildcards": {},
        "takes": takes,
        "gives": {"made": made},
    }


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function that runs two parts, the second of what the first made and of another file; gives what ran."""
    monkeypatch.chdir(tmp_path)
    for name in ("first", "second"):
        (tmp_path / f"{name}.py").write_text(SCRIPT)
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")

    def run(first: str = "one", second: str = "two", chunk: str = "0") -> list[str]:
        takes = {"made": "out/{chunk}/first", "others": {"input": "second_others"}}
        parts = [
            part("first", first, {"source": "a"}, "out/{chunk}/first"),
            part("second", second, takes, "out/{chunk}/second"),
        ]
        job = SimpleNamespace(
            params=SimpleNamespace(parts=parts),
            input={"first_source": "a", "second_others": ["b"]},
            wildcards={"chunk": chunk},
            threads=1,
            config={},
            log=["log"],
        )
        (tmp_path / "ran").write_text("")
        chain.run(job, tmp_path, tmp_path / "record.json")
        return (tmp_path / "ran").read_text().split()[::2]

    return run


def test_a_part_takes_what_an_earlier_one_made(run, tmp_path):
    assert run() == ["first", "second"]
    assert (tmp_path / "out/0/second").read_text() == "two one a b"


def test_what_is_made_already_stays(run, tmp_path):
    run()
    before = (tmp_path / "out/0/second").stat().st_mtime_ns
    assert run() == []
    assert (tmp_path / "out/0/second").stat().st_mtime_ns == before


def test_a_parameter_runs_its_part_and_what_rests_on_the_changed_content(run):
    run()
    assert run(second="three") == ["second"]
    assert run(first="other", second="three") == ["first", "second"]


def test_a_part_that_makes_the_same_again_reruns_nothing_after_it(run, tmp_path):
    run()
    (tmp_path / "out/0/first").unlink()
    assert run() == ["first"]


@pytest.mark.parametrize(("file", "ran"), [("a", ["first", "second"]), ("b", ["second"]), ("out/0/second", ["second"])])
def test_another_content_of_an_input_or_output_counts_and_times_do_not(run, tmp_path, file, ran):
    run()
    for path in ("a", "b", "out/0/first", "out/0/second"):
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
    assert list(json.loads((tmp_path / "record.json").read_text())) == ["first"]
    assert run() == ["second"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"first": 3}'])
def test_a_damaged_record_counts_as_none(run, tmp_path, content):
    run()
    (tmp_path / "record.json").write_text(content)
    assert run() == ["first", "second"]


def test_files_by_name_position_and_attribute():
    files = chain.Named({"one": "a", "several": ["b", "c"]})
    assert (files.one, files["several"], files[1], len(files)) == ("a", ["b", "c"], "b", 3)
    assert (list(files), files.get("none"), files.keys()) == (["a", "b", "c"], None, ["one", "several"])
    assert dict(files.items()) == {"one": "a", "several": ["b", "c"]}
    with pytest.raises(AttributeError):
        _ = files.none
