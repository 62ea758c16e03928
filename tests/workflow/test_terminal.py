"""What a person reads while a run goes on, from synthetic events on a clock of the test's own."""

import heapq
import os
from collections import Counter
from pathlib import Path

import pytest

from phiscope.workflow.cost import Cost, line
from phiscope.workflow.terminal import graph, log, words
from phiscope.workflow.terminal.ending import ending
from phiscope.workflow.terminal.pace import Pace
from phiscope.workflow.terminal.screen import Screen


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Terminal:
    """A screen, its clock and the lines that it wrote."""

    def __init__(self, **options):
        self.clock, self.lines = Clock(), []
        self.screen = Screen(self.lines.append, self.clock, **options)

    def run(self, number, rule, seconds, done, total, **options):
        self.screen.started(number, rule, rule, {}, **options)
        self.clock.now += seconds
        self.screen.finished(number)
        self.screen.progressed(done, total)


@pytest.mark.parametrize(
    ("message", "wildcards", "words_of_it"),
    [
        (
            "Project noise, test samples 0000500-0001000, onto the hull in pixel space",
            {"view": "noise", "chunk": "0000500-0001000"},
            "project noise, 500 test samples, onto the hull in pixel space",
        ),
        ("Features of x, train samples 0000000-0010000", {}, "features of x, 10,000 training samples"),
        ("Draw images 0000000-0000001 as functions", {}, "draw 1 image as functions"),
        ("hull distances", {"chunk": "0000000-0000500"}, "hull distances, 500 samples"),
        ("hull distances 0000000-0000500", {"chunk": "0000000-0000500"}, "hull distances 500 samples"),
        ("PGD on noise", {}, "PGD on noise"),
        ("Train the\n  classifier", {}, "train the classifier"),
        (None, {"view": "noise", "chunk": "0000000-0000060"}, "locate it, noise, 60 samples"),
        ("", {}, "locate it"),
    ],
)
def test_a_step_in_words(message, wildcards, words_of_it):
    assert words.step("locate_it", message, wildcards) == words_of_it


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "under a minute left"),
        (54, "under a minute left"),
        (56, "about 1 min left"),
        (100, "about 2 min left"),
        (89 * 60, "about 89 min left"),
        (2 * 3600, "about 2 h left"),
        (2 * 3600 + 7 * 60, "about 2 h 5 min left"),
    ],
)
def test_time_left_in_words(seconds, text):
    assert words.left(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(7.6, "8 s"), (59.6, "1 min 0 s"), (247, "4 min 7 s"), (7801, "2 h 10 min")]
)
def test_time_taken_in_words(seconds, text):
    assert words.after(seconds) == text


def simulated(jobs, cores, durations):
    """(seconds left as estimated, as it then took) after every job of a list that cores work off in order."""
    pace, left, results = Pace(), Counter(jobs), []
    pace.cores = cores
    pace.plan(left)
    waiting, running, now = list(enumerate(jobs)), [], 0.0
    while waiting or running:
        while waiting and len(running) < cores:
            number, rule = waiting.pop(0)
            pace.start(number, rule, 1, now)
            heapq.heappush(running, (now + durations[rule], number, rule))
        now, number, rule = heapq.heappop(running)
        pace.finish(number, now)
        left[rule] -= 1
        results.append((pace.left(now, left.total(), +left), now))
    return [(estimate, now - then) for estimate, then in results if estimate is not None]


@pytest.mark.parametrize("cores", [1, 2, 5])
def test_the_time_left_is_close_where_every_rule_was_measured(cores):
    told = simulated(["short", "long"] * 40, cores, {"short": 1.0, "long": 7.0})
    assert len(told) > 50
    assert all(estimate == pytest.approx(took, rel=0.1, abs=8) for estimate, took in told)


def test_a_rule_that_was_not_measured_counts_as_the_mean():
    told = simulated(["first"] * 30 + ["second"] * 30, 1, {"first": 2.0, "second": 4.0})
    before, after = [pair for pair in told if pair[1] > 120], [pair for pair in told if pair[1] < 116]
    assert before
    assert all(estimate < took for estimate, took in before)
    assert all(estimate == pytest.approx(took) for estimate, took in after)


def test_nothing_is_said_without_a_basis():
    pace = Pace()
    pace.cores = 1
    pace.start(1, "slice", 1, 0.0)
    assert pace.left(5.0, 10, {"slice": 10}) is None  # no job has finished
    pace.finish(1, 1.0)
    assert pace.left(5.0, 9, {"slice": 9}) is None  # five seconds are no rate
    assert pace.left(20.0, 9, {"train": 9}) is None  # of another rule
    assert pace.left(20.0, 9, {"slice": 3, "train": 6}) is not None
    assert pace.left(20.0, 0, {}) is None
    assert pace.left(20.0, 0, {"slice": 3}) is None  # the graph has more, but the run stops here


def test_a_basis_stays_one_until_jobs_are_added():
    pace = Pace()
    pace.cores = 1
    pace.start(1, "slice", 1, 0.0)
    pace.finish(1, 20.0)
    assert pace.left(20.0, 4, {"slice": 3, "report": 1}) == pytest.approx(80.0)
    assert pace.left(20.0, 1, {"report": 1}) == pytest.approx(20.0)
    assert pace.left(20.0, 9, {"report": 9}) is None


def test_jobs_that_run_count_for_what_is_left_of_them():
    pace = Pace()
    pace.cores = 1
    pace.start(1, "fit", 1, 0.0)
    pace.finish(1, 20.0)
    pace.start(2, "fit", 1, 20.0)
    assert pace.left(25.0, 1, {"fit": 1}) == pytest.approx(15.0)
    assert pace.left(60.0, 1, {"fit": 1}) == 0.0  # longer than the first: not below nothing


def test_a_job_with_threads_occupies_cores():
    pace = Pace()
    pace.cores = 2
    pace.start(1, "hull", 8, 0.0)
    pace.finish(1, 20.0)
    assert pace.left(20.0, 3, {"hull": 3}) == pytest.approx(60.0)


def test_what_a_checkpoint_added_counts_as_unmeasured():
    pace = Pace()
    pace.cores = 1
    pace.plan({"read": 2})
    pace.start(1, "read", 1, 0.0)
    pace.finish(1, 20.0)
    assert pace.left(20.0, 4) == pytest.approx(80.0)  # one of the plan, three more
    assert pace.left(20.0, 40) is None  # one of the plan, 39 more


def test_lines_of_a_run():
    terminal = Terminal()
    terminal.screen.provided(2)
    terminal.screen.planned({"hull": 3, "all": 1})
    for number in (1, 2, 3):
        terminal.run(number, "hull", 60, number, 4)
    terminal.run(4, "all", 0, 4, 4, target=True)
    assert terminal.lines == [
        "4 steps to do, on 2 cores.",
        "1 of 4, hull, about 3 min left",  # `all` counts as a job, as the plan does not know that it makes nothing
        "2 of 4, hull, about 2 min left",
        "3 of 4, hull, about 1 min left",
        "4 of 4, all there after 3 min 0 s.",
    ]


def test_the_graph_of_jobs_says_what_is_left():
    terminal = Terminal(jobs_left=lambda: {"hull": 30})
    terminal.screen.provided(1)
    terminal.screen.planned({"read": 1, "hull": 1})
    terminal.run(1, "hull", 60, 1, 31)
    assert terminal.lines[-2:] == ["Now that more is known, there are 31 steps.", "1 of 31, hull, about 30 min left"]


def test_a_job_that_was_estimated_does_not_count_as_the_mean():
    terminal = Terminal(jobs_left=lambda: {"read": 2, "train": 1}, foretold=lambda: {"train": 600.0, "read": 500.0})
    terminal.screen.provided(1)
    terminal.screen.planned({"read": 3, "train": 1})
    terminal.run(1, "read", 60, 1, 4)  # what was measured counts more than what was foretold
    assert terminal.lines[-1] == "1 of 4, read, about 12 min left"


def test_what_is_foretold_stands_in_the_estimate_once_it_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(graph, "_followed", [])
    monkeypatch.setattr(graph, "_estimates", [])
    assert graph.foretold() == {}
    path = tmp_path / "estimate.json"
    graph.follow(None, path)
    assert graph.foretold() == {}
    for at, (text, expected) in enumerate(
        [('{"rates"', {}), ("{}", {}), ('{"seconds_by_rule": {"train": 7}}', {"train": 7})]
    ):
        path.write_text(text)
        os.utime(path, ns=(at, at))
        assert graph.foretold() == expected


class Job:
    def __init__(self, name, output=("file",)):
        self.rule, self.output = type("Rule", (), {"name": name}), output


def test_a_graph_that_changes_meanwhile_is_not_known(monkeypatch):
    class Graph:
        def needrun_jobs(self):
            yield Job("hull")
            yield Job("all", output=())
            if changing:
                raise RuntimeError("set changed size during iteration")

    monkeypatch.setattr(graph, "_followed", [])
    monkeypatch.setattr(graph, "_estimates", [])
    assert graph.jobs_left() is None
    graph.follow(type("Workflow", (), {"dag": Graph()}), Path("none"))
    changing = False
    assert graph.jobs_left() == {"hull": 1}
    changing = True
    assert graph.jobs_left() is None


def test_two_jobs_that_end_at_once_get_a_line_each():
    terminal = Terminal()
    for number, rule in ((1, "one"), (2, "two")):
        terminal.screen.started(number, rule, rule, {})
        terminal.screen.finished(number)
    terminal.screen.progressed(2, 5)
    assert terminal.lines == ["1 of 5, one", "2 of 5, two"]


def test_a_job_that_was_never_announced_still_counts():
    terminal = Terminal()
    terminal.screen.finished(7)
    terminal.screen.progressed(1, 2)
    assert terminal.lines == ["1 of 2, a step"]


def test_long_jobs_are_named_while_they_run(tmp_path):
    terminal = Terminal()
    (tmp_path / "a.log").write_text("epoch 1 of 9: loss 0.5\nepoch 2 of 9: loss 0.4\n")
    terminal.screen.started(1, "train", "Train the classifier", {}, logs=[str(tmp_path / "a.log")])
    terminal.screen.started(2, "fit", "Fit", {}, logs=[str(tmp_path / "not there.log")])
    for _ in range(40):  # 200 seconds
        terminal.clock.now += 5
        terminal.screen.waited()
    assert terminal.lines == [
        text
        for after in ("30 s", "1 min 30 s")
        for text in (
            f"  still running after {after}: train the classifier (epoch 2 of 9: loss 0.4)",
            f"  still running after {after}: fit",
        )
    ]


def failed(tmp_path, text, **options):
    """The lines about a job that fails with this text in its log."""
    terminal = Terminal(**options)
    (tmp_path / "a.log").write_text(text + line(Cost(1, 1, 1, 1)))
    terminal.screen.planned({"train": 3})
    terminal.screen.started(1, "train", "Train the classifier", {})
    terminal.screen.hold("RuleException: CalledProcessError, returned non-zero exit status 1")
    terminal.screen.job_failed(1, "train", [str(tmp_path / "a.log")])
    terminal.screen.stopped()
    return terminal.lines[1:]


def test_what_a_job_tells_follows_its_line(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("epoch 1\nterminal: views  2 h\nterminal:   together  3 h\n" + line(Cost(1, 0.5, 1, 10)))
    terminal = Terminal()
    terminal.run(1, "estimate", 1.0, 1, 3, logs=[str(path)])
    assert terminal.lines[-3:] == ["1 of 3, estimate", "  views  2 h", "    together  3 h"]


def test_a_failed_job_is_one_block_with_its_sentence(tmp_path):
    assert failed(tmp_path, "epoch 1\nphiscope: data: expected 3 images\n") == [
        "",
        "Failed: train the classifier (rule train)",
        "  data: expected 3 images",
        f"  log: {tmp_path / 'a.log'}",
        "",
        "Stopped: 0 of 3 steps done, 1 failed.",
    ]


def test_a_bug_shows_the_end_of_its_traceback(tmp_path):
    trace = "Traceback (most recent call last):\n" + "".join(f"  line {n}\n" for n in range(30)) + "ValueError: x\n"
    lines = failed(tmp_path, trace)
    assert lines[2:10] == [*(f"    line {n}" for n in range(23, 30)), "  ValueError: x"]
    assert "cost" not in "".join(lines)
    assert len(failed(tmp_path, trace, whole_logs=True)) == len(lines) + 24


def test_a_failure_without_a_log_says_so(tmp_path):
    terminal = Terminal()
    terminal.screen.job_failed(1, "train", [str(tmp_path / "none.log")], "killed by the cluster")
    assert terminal.lines[1:4] == [
        "Failed: train (rule train)",
        "  killed by the cluster",
        f"  log: {tmp_path / 'none.log'} was not written; see above",
    ]


KILLED = (
    "It was killed from outside (SIGKILL), as happens where memory runs out; its rule has no limit of its own. "
    "With fewer --cores fewer jobs share the memory."
)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ("Command 'x' returned non-zero exit status 1.", None),
        ("Command 'x' returned non-zero exit status 139.", "It ended with exit status 139."),
        ("Command 'x' died with <Signals.SIGSEGV: 11>.", "It ended with SIGSEGV."),
        ("Command 'x' returned non-zero exit status 137.", KILLED),
        ("Command 'x' died with <Signals.SIGKILL: 9>.", KILLED),
    ],
)
def test_a_job_that_did_not_end_by_itself_is_said_to(error, line):
    terminal = Terminal()
    terminal.screen.hold(error)
    terminal.screen.job_failed(1, "train", [])
    assert terminal.lines == ["", "Failed: train (rule train)", *([f"  {line}"] if line else []), ""]


def test_what_was_killed_may_have_met_the_limit_of_its_rule():
    terminal = Terminal()
    terminal.screen.started(1, "train", "Train", {}, memory_mb=4000)
    terminal.screen.hold("Command 'x' died with <Signals.SIGKILL: 9>.")
    terminal.screen.job_failed(1, "train", [])
    assert terminal.lines[2] == (
        "  It was killed from outside (SIGKILL), as happens where memory runs out: its rule asks for 4,000 MB; "
        "--set-resources train:mem_mb=8000 asks for more."
    )


def test_jobs_of_an_interrupted_run_did_not_fail():
    terminal = Terminal()
    terminal.screen.planned({"train": 2})
    terminal.screen.started(1, "train", "Train", {})
    terminal.screen.interrupted()
    terminal.screen.interrupted()  # Snakemake says it for every job that ends
    terminal.screen.hold("returned non-zero exit status 130")
    terminal.screen.job_failed(1, "train", [])
    terminal.screen.hold("returned non-zero exit status 130")
    terminal.screen.stopped()
    assert terminal.lines[1:] == [
        "Interrupted: ending the jobs that run. The same command goes on from here.",
        "Stopped: 0 of 2 steps done.",
    ]


def test_an_error_that_no_failed_job_follows_is_said_at_the_end():
    terminal = Terminal()
    terminal.screen.hold("the error itself")
    terminal.screen.stopped()
    assert terminal.lines[0] == "the error itself"


def test_a_job_that_goes_well_the_second_time_has_not_failed():
    terminal = Terminal()
    terminal.screen.planned({"train": 1})
    terminal.screen.job_failed(1, "train", [])
    terminal.run(1, "train", 1, 1, 1)
    terminal.screen.stopped()
    assert terminal.lines[-1] == "Stopped: 1 of 1 step done."


def test_progress_is_the_last_short_line_of_a_log(tmp_path):
    (tmp_path / "a.log").write_text("one\n\n" + "x" * 200 + "\n")
    assert log.progress(tmp_path / "a.log") is None
    (tmp_path / "a.log").write_text("one\nhull: 5 of 10\n\n")
    assert log.progress(tmp_path / "a.log") == "hull: 5 of 10"


def test_the_end_names_the_page_only_where_it_is_and_was_wanted(tmp_path):
    rules = ["prepare_dataset", "render_report"]
    assert ending(tmp_path, rules) == []
    (tmp_path / "report.html").touch()
    assert ending(tmp_path, ["prepare_dataset"]) == []
    assert ending(tmp_path, rules) == [f"Report: {tmp_path / 'report.html'}"]
    (tmp_path / "findings.txt").write_text("One.\nTwo.\n")
    assert ending(tmp_path, rules) == ["", "One.", "Two.", "", f"Report: {tmp_path / 'report.html'}"]
