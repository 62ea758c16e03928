"""Commands about runs: started, shown, drawn again and removed, as Snakemake and the library do it."""

import os
import shlex
import shutil
import subprocess
import sys

import pytest

from phiscope import commands
from phiscope.commands.changes import change, together
from phiscope.commands.runs import command_of, recorded
from phiscope.workflow.record import RECORD, write_record
from tests.workflow.damage import changed, cut_short

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]


def phiscope(project, *arguments, answer=""):
    environment = os.environ | {"PYTHONPATH": str(project.folder), "OMP_NUM_THREADS": "1", "BROWSER": "true"}
    return subprocess.run(
        [sys.executable, "-m", "phiscope", *arguments],
        cwd=project.folder, env=environment, input=answer, capture_output=True, text=True,
    )  # fmt: skip


def test_a_finished_run_has_nothing_to_do(finished):
    done = phiscope(finished, "run", "presets/tiny.yaml", "--cores", "2")
    assert done.returncode == 0, done.stderr
    assert "Nothing to be done" in done.stdout + done.stderr


def test_what_is_wrong_is_one_sentence_from_both(finished, tmp_path):
    (tmp_path / "a.yaml").write_text("dataset: {path: digits}\nsead: 1\n")
    done = phiscope(finished, "run", str(tmp_path / "a.yaml"))
    assert done.returncode != 0
    line = f"config: {tmp_path / 'a.yaml'}, line 2: sead: there is no such key; did you mean 'seed'?"
    assert line in done.stderr.splitlines()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("absent.yaml",), "config: absent.yaml: cannot be read"),
        (("presets",), "config: presets: is a folder"),
        (("presets/tiny.yaml", "--config", "seed"), "--config 'seed': is no change"),
    ],
)
def test_what_cannot_be_run_is_one_sentence(finished, arguments, words):
    done = phiscope(finished, "run", *arguments)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_changes_are_keys_joined_by_dots(finished):
    done = phiscope(finished, "run", "presets/tiny.yaml", "--config", "hulls.pixel.tolerance=2", "seed=0")
    assert "config: hulls.pixel.tolerance: got 2, expected less than 1" in done.stderr


def test_what_snakemake_takes_is_handed_over(finished):
    done = phiscope(finished, "run", "presets/tiny.yaml", "--config", "seed=1", "--", "--list-rules")
    assert done.returncode == 0, done.stderr
    assert "fit_classifier" in done.stdout


def test_a_run_keeps_the_configuration_it_was_started_with(finished):
    about = recorded(finished.results)
    assert [each.rpartition("/")[2] for each in about["files"]] == ["tiny.yaml"]
    assert about["configuration"]["run"] == "tiny"
    assert about["configuration"]["statistics"]["resamples"] == 200


def test_a_table_is_shown_with_its_worst_certificate(finished):
    done = phiscope(finished, "show", "margins", "--rows", "2")
    assert done.returncode == 0, done.stderr
    assert "margin           double [distance in feature space]" in done.stdout
    assert "largest duality_gap: " in done.stdout
    assert "status: " in done.stdout
    assert "run tiny, seed 0" in done.stdout
    assert len(done.stdout.splitlines()) < 40


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "margin"), "has no table 'margin'; it has: "),
        (("show", "absent.parquet"), "there is no file absent.parquet"),
        (("show", "margins", "--run", "absent"), "there is no run 'absent' in "),
        (("open", "absent"), "there is no run 'absent'"),
        (("report", "absent"), "runs that are there: tiny"),
        (("clean", "absent"), "there is no run 'absent'"),
        (("clean", "presets"), "there is no run 'presets'"),
    ],
)
def test_what_is_not_there_is_said(finished, arguments, words):
    done = phiscope(finished, *arguments)
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_report_is_drawn_again_and_nothing_is_computed(project):
    before = {path: path.stat().st_mtime_ns for path in (project.results / "tables").glob("*.parquet")}
    (project.results / "report.html").unlink()
    (project.results / "figures/accuracy.png").unlink()
    project.edit("phiscope/geometry/margin/pair.py", "NEWTON = ", "UNUSED = 1\nNEWTON = ")  # what would compute anew
    done = phiscope(project, "report", "tiny")
    assert done.returncode == 0, done.stderr
    assert (project.results / "report.html").is_file()
    assert (project.results / "figures/accuracy.png").is_file()
    assert before == {path: path.stat().st_mtime_ns for path in before}
    assert "locate" not in done.stdout + done.stderr


def test_a_run_that_is_not_whole_is_not_drawn(project):
    (project.results / "tables/balls.parquet").unlink()
    for command in ("report", "figures"):
        done = phiscope(project, command, "tiny", "--force")
        assert done.returncode == 1
        assert "results/tiny/tables/balls.parquet: not there, and drawing computes nothing" in done.stderr


@pytest.mark.parametrize(
    ("command", "victim", "damaged"),
    [
        (("report", "tiny"), "data/test.safetensors", cut_short),
        pytest.param(("figures", "tiny"), "tables/margins.parquet", changed, marks=pytest.mark.long),
        pytest.param(("report", "tiny"), "models/classifier.json", changed, marks=pytest.mark.long),
        (("show", "hulls"), "tables/hulls.parquet", changed),
        (("latent", "results/tiny", ".", "-o", "a.png"), "models/encoder-published-0.safetensors", changed),
    ],
)
def test_a_damaged_file_is_named_with_the_command_that_makes_it_anew(project, command, victim, damaged):
    if "encoder" in victim:  # this run has no latent space
        shutil.copy(project.results / "models/classifier.safetensors", project.results / victim)
    damaged(project.results / victim)
    done = phiscope(project, *command)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"phiscope: results/tiny/{victim} is damaged (")
    assert "); `phiscope run /" in line  # the project was copied from there
    assert line.endswith("/presets/tiny.yaml` makes it anew")
    assert (project.results / victim).exists()


def test_a_damaged_record_is_said_and_written_anew_by_the_next_start(project):
    record = project.results / RECORD
    whole, about = record.read_text(), recorded(project.results)
    for content in (whole[:-30], "[]"):
        record.write_text(content)
        done = phiscope(project, "report", "tiny")
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"phiscope: results/tiny/{RECORD} is damaged (")
        assert line.endswith("; `phiscope run` with the configuration of the run writes it anew")
    done = phiscope(project, "run", "presets/tiny.yaml", "--cores", "2")
    assert done.returncode == 0, done.stderr
    assert recorded(project.results) == about | {"files": [str(project.folder / "presets/tiny.yaml")]}


def test_the_command_that_made_a_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    changes = {"run": "7", "views": {"noise": None}, "seed": 1}
    write_record(tmp_path, {"run": "7"}, ["a b.yaml", "/elsewhere/b.yaml"], changes)
    words = shlex.split(command_of(recorded(tmp_path)))
    assert words[:5] == ["phiscope", "run", "a b.yaml", "/elsewhere/b.yaml", "--config"]
    assert together([change(text) for text in words[5:]]) == changes
    write_record(tmp_path, {"run": "digits"}, [])
    assert command_of(recorded(tmp_path)) == "phiscope run"


def test_a_report_is_opened(finished):
    done = phiscope(finished, "open", "tiny")
    assert done.stdout.splitlines() == ["results/tiny/report.html"]


@pytest.mark.parametrize(("answer", "there"), [("n\n", True), ("", True), ("y\n", False)])
def test_a_run_is_removed_when_that_is_meant(project, answer, there):
    done = phiscope(project, "clean", "tiny", answer=answer)
    assert done.returncode == 0, done.stderr
    assert "remove results/tiny, " in done.stdout
    assert (project.results / RECORD).is_file() == there


def test_every_command_says_how_it_is_used(capsys):
    for name in commands.COMMANDS:
        assert f"\n{name} " in commands.__doc__
        with pytest.raises(SystemExit) as ended:
            commands.main([name, "--help"])
        assert ended.value.code == 0
        assert capsys.readouterr().out.startswith(f"usage: phiscope {name} ")
