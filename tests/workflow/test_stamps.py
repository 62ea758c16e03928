"""What another setting made, or what is damaged, is never read: it is moved aside, named, and made again."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from phiscope import tables
from phiscope.files import Stamp, require_unchanged, stamp_of, stamping, write_arrays
from phiscope.workflow.contents import content
from phiscope.workflow.job import job
from phiscope.workflow.record import RECORD
from phiscope.workflow.stamps import ASIDE, clear, fault, forget_replaced, in_words, made, networks, set_aside
from tests.workflow.damage import changed, cut_short
from tests.workflow.project import copied


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A run of two chunks, made with one network."""
    monkeypatch.chdir(tmp_path)
    write_arrays({"weight": np.ones(3)}, "results/a/models/head.safetensors")
    with stamping(Stamp("mine", networks(["results/a/models/head.safetensors"]))):
        for chunk in "01":
            write_arrays({"x": np.arange(4)}, f"results/a/chunks/{chunk}.safetensors")
    return tmp_path / "results/a"


CHUNKS = [f"results/a/chunks/{chunk}.safetensors" for chunk in "01"]


# Configuration -> what it makes otherwise, of files that rest on parameters of their own. What is made of these
# is known by its inputs.
CHANGES = (
    ("margins: {solver: quadprog}", ("chunks/margins/", "chunks/features/", "tables/disagreements.parquet")),
    (
        "hulls: {feature: {tolerance: 1.e-5}}",
        (
            *("chunks/hulls/feature/", "chunks/hulls/processed/", "chunks/hulls/class/", "chunks/rounded/"),
            *("tables/leave_one_out.parquet", "statistics/dimension.parquet"),
        ),
    ),
    (
        "views: {pgd-first: {epsilon: 0.1}}",
        # But for the first, these rest on the order of the views, which stands otherwise where one is changed.
        (
            *("views/pgd-first/", "models/estimate.json", "statistics/verification.parquet"),
            *("tables/disagreements.parquet", "exhibits/thumbnails/", "explorer/index.html"),
        ),
    ),
    ("inversions: {tolerance: 1.e-3}", ("chunks/inversions/", "inversions/flip", "inversions/hull", "inversions/ball")),
    ("implicit: {schedule: {steps: 19}}", ("chunks/implicit/", "implicit/0")),
)


def stamped_below(results):
    """Files of a run that carry a stamp, relative to its folder."""
    return [str(path.relative_to(results)) for path in made(results) if stamp_of(path)]


def started(expected):
    return SimpleNamespace(
        log=["log"], input=CHUNKS, config={"run": "a"}, params=SimpleNamespace(expected=expected, made_by="next")
    )


def test_a_job_whose_inputs_are_the_runs_own_starts_and_stamps_what_it_writes(results):
    with job(started(dict.fromkeys(CHUNKS, "mine"))):
        write_arrays({"y": np.ones(1)}, "results/a/merged.safetensors")
    assert stamp_of(results / "merged.safetensors") == Stamp("next")


def test_a_job_that_meets_a_part_of_other_settings_fails_with_its_name_and_moves_it_aside(results):
    with pytest.raises(SystemExit) as end, job(started(dict.fromkeys(CHUNKS, "mine") | {CHUNKS[1]: "other"})):
        raise AssertionError("never reached")
    assert str(end.value) == (
        "phiscope: results/a/chunks/1.safetensors was made by other settings or other code than those of this run: "
        "moved to results/a/.aside; start the same command again, which makes it anew"
    )
    assert not (results / "chunks/1.safetensors").exists()
    assert (results / ASIDE / "chunks/1.safetensors").exists()
    assert (results / "chunks/0.safetensors").exists()


def test_files_of_the_users_are_left_to_their_readers(results, tmp_path):
    (tmp_path / "mask.png").write_bytes(b"\x89PNG and more behind its end")
    given = started({})
    given.input = ["mask.png"]
    with job(given):
        pass
    assert (tmp_path / "mask.png").exists()


def test_only_what_was_made_again_is_forgotten(results):
    for path in CHUNKS:
        set_aside(path, "results/a")
    write_arrays({"x": np.arange(4)}, CHUNKS[0])
    forget_replaced("results/a")
    assert [path.name for path in (results / ASIDE).rglob("*.*")] == ["1.safetensors"]
    write_arrays({"x": np.arange(4)}, CHUNKS[1])
    forget_replaced("results/a")
    assert not (results / ASIDE).exists()


@pytest.mark.parametrize(
    "header", [b"[]", b'{"x": 1}', b'{"x": {}}', b'{"x": {"data_offsets": []}}', b'{"__metadata__": 1}']
)
def test_a_header_that_is_none_is_damage(results, header):
    path = results / "chunks/0.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    assert fault(path, None).startswith("is damaged")


def test_what_another_network_was_used_for_is_not_the_runs(results):
    assert fault(CHUNKS[0], "mine") is None
    with stamping(Stamp("whoever")):  # the same arrays, made again
        write_arrays({"weight": np.ones(3)}, "results/a/models/head.safetensors")
    assert fault(CHUNKS[0], "mine") is None
    write_arrays({"weight": np.zeros(3)}, "results/a/models/head.safetensors")
    assert fault(CHUNKS[0], "mine") == "was made with another results/a/models/head.safetensors than the run has now"


def test_what_does_not_say_what_made_it_is_of_another_version(results):
    write_arrays({"x": np.arange(4)}, CHUNKS[0])
    assert "another version" in fault(CHUNKS[0], "mine")
    assert fault(CHUNKS[0], None) is None


def test_a_start_moves_all_of_it_aside_and_says_each_reason_once(results):
    faults = clear("results/a", lambda path: "changed" if "chunks" in path else None, lambda path: False)
    assert list(faults) == CHUNKS
    (line,) = in_words(faults, "results/a")
    assert line.startswith("results/a/chunks/0.safetensors was made by other settings")
    assert "1 more like it" in line
    assert not list((results / "chunks").iterdir())
    (why,) = clear("results/a", lambda path: "changed", lambda path: False).values()
    assert why == "does not say what made it, as results of another version"


def test_what_snakemake_knows_of_is_left_to_it(results):
    faults = clear("results/a", lambda path: "changed", lambda path: True)
    assert list(faults) == ["results/a/models/head.safetensors"]  # of another version, which knew no stamps
    assert not list((results / "chunks").glob(ASIDE))
    assert len(list((results / "chunks").iterdir())) == 2


def test_where_settings_are_not_compared_only_damage_counts(results):
    os.truncate(CHUNKS[0], 9)
    assert list(clear("results/a", lambda path: "changed", lambda path: False, compare=False)) == CHUNKS[:1]


def test_a_damaged_network_does_not_take_along_what_it_was_used_for(results):
    head = results / "models/head.safetensors"
    head.write_bytes(head.read_bytes()[:-5])
    assert list(clear("results/a", lambda path: "mine", lambda path: False)) == ["results/a/models/head.safetensors"]


@pytest.mark.workflow
@pytest.mark.xdist_group("workflow")
class TestOfARun:
    """With Snakemake, on copies of a finished run."""

    def test_every_file_but_texts_says_what_made_it(self, finished):
        """Else each start would take it for one of another version, and make it anew."""
        texts = {path for path in made(finished.results) if path.suffix in (".txt", ".csv", ".js")}
        files = set(made(finished.results)) - texts - {finished.results / RECORD}
        assert [path for path in sorted(files) if stamp_of(path) is None] == []
        for path in files:
            require_unchanged(path)

    def test_chunks_that_other_settings_made_without_a_note_are_made_again(self, project, finished):
        """Jobs whose head was killed end without Snakemake's note, and one that was killed has marks nobody reads."""
        notes = project.folder / ".snakemake/metadata"
        shutil.copytree(notes, project.folder / "notes")
        other = ["--config", "margins={solver: quadprog}"]
        done = project.snakemake("--until", "locate_original", *other)
        assert done.returncode == 0, done.stderr
        shutil.rmtree(notes)
        shutil.move(project.folder / "notes", notes)
        done = project.snakemake()
        assert done.returncode == 0, done.stderr
        said = done.stdout + done.stderr
        assert "results/tiny/chunks/" in said
        assert "made by other settings" in said
        for name in ("margins", "hulls"):
            mine, others = (tables.read(each.results / f"tables/{name}.parquet") for each in (project, finished))
            assert mine.equals(others)

    def test_each_changed_parameter_is_seen_in_the_files_that_it_makes_and_in_no_others(self, finished, tmp_path):
        for number, (change, _) in enumerate(CHANGES):
            (tmp_path / f"{number}.yaml").write_text(change)
        given = [f"presets/tiny.yaml,{tmp_path / f'{number}.yaml'}" for number in range(len(CHANGES))]
        command = [sys.executable, Path(__file__).with_name("faults_of.py"), "Snakefile", "presets/tiny.yaml", *given]
        environment = os.environ | {"PYTHONPATH": str(finished.folder)}
        done = subprocess.run(command, cwd=finished.folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        unchanged, *others = map(json.loads, done.stdout.splitlines())
        assert unchanged == {}
        for faults, (change, folders) in zip(others, CHANGES, strict=True):
            seen = {str(Path(path).relative_to("results/tiny")) for path in faults}
            expected = {path for path in stamped_below(finished.results) if path.startswith(folders)}
            assert expected, change
            assert seen == expected, change

    @pytest.mark.parametrize(
        ("victim", "damaged"),
        [
            ("models/classifier.safetensors", changed),
            *(
                pytest.param(victim, damaged, marks=pytest.mark.long)
                for victim, damaged in (
                    ("tables/margins.parquet", cut_short),
                    ("data/test.safetensors", cut_short),
                    ("tables/samples.parquet", cut_short),
                    ("data/train.safetensors", changed),
                    ("models/classifier.json", changed),
                    ("tables/hulls.parquet", changed),
                    ("report.html", changed),
                    ("figures/*.png", changed),
                    ("figures/*.svg", changed),
                    ("figures/*.rst", changed),
                )
            ),
        ],
    )
    def test_what_is_damaged_is_named_and_made_again(self, project, finished, victim, damaged):
        path = sorted(project.results.glob(victim))[0]
        about, before = path.stat(), content(path)
        damaged(path)
        os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
        done = project.snakemake()
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        assert "Traceback" not in said
        assert f"{path.relative_to(project.folder)} is damaged" in said
        assert path.suffix in (".html", ".svg") or content(path) == before
        require_unchanged(path)
        for name in ("margins", "hulls"):
            mine, others = (tables.read(each.results / f"tables/{name}.parquet") for each in (project, finished))
            assert mine.equals(others)

    def test_a_tables_provenance_suffices_to_make_it_again(self, finished, project, tmp_path):
        """From the configuration that the table carries, in a folder without anything else."""
        about = tables.provenance(finished.results / "tables/margins.parquet")
        again = copied(project.folder, tmp_path / "again")
        (again.folder / "again.yaml").write_text(yaml.safe_dump(about["configuration"]))
        command = [sys.executable, "-m", "snakemake", "--cores", "2", "results/tiny/tables/margins.parquet"]
        environment = os.environ | {"PYTHONPATH": str(again.folder)}
        done = subprocess.run(
            [*command, "--configfile", "again.yaml"], cwd=again.folder, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert tables.provenance(again.results / "tables/margins.parquet") == about
        mine, others = (tables.read(each.results / "tables/margins.parquet") for each in (again, finished))
        assert mine.equals(others)
