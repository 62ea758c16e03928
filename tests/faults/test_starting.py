"""Who holds a run: records of processes, locks, what a dead start left, and the jobs of earlier starts."""

import errno
import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from phiscope.errors import PhiscopeError
from phiscope.workflow.starting import head, jobs, leftovers, locks, places, processes
from phiscope.workflow.starting.locks import Lock, State


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(places.TOKEN, raising=False)
    Path("results/a").mkdir(parents=True)
    return "results/a"


HOLDER = """
import sys, time
from pathlib import Path
from phiscope.workflow.starting.locks import Lock
lock = Lock(Path(sys.argv[1]))
lock.keep("before")
print("held", flush=True)
if sys.argv[2] == "gives back":
    lock.close(ended=True)
elif sys.argv[2] == "stays":
    time.sleep(600)
"""


@pytest.fixture
def other():
    """A process that takes a lock and `stays`, `dies` or `gives back`."""
    started = []

    def other(path, does):
        process = subprocess.Popen([sys.executable, "-c", HOLDER, str(path), does], stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "held\n"
        if does != "stays":
            process.wait()
        return process

    yield other
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def rewritten(path, **changes):
    """The record of a lock, of a process like it but for some fields."""
    about = json.loads(path.read_text())
    about["process"] |= changes.pop("process", {})
    path.write_text(json.dumps(about | changes))


def without_locks(monkeypatch):
    def refuse(file, how):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)


def test_a_process_is_told_by_its_start_too():
    this = processes.this()
    assert processes.runs(this, this) is True
    assert processes.runs(this._replace(started=this.started + 10), this) is False  # its number was used again
    assert processes.runs(this._replace(started=None), this) is True


def test_a_process_that_was_not_waited_for_is_gone():
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # a zombie
    this = processes.this()
    assert processes.runs(this._replace(pid=child.pid, started=None), this) is False
    child.wait()


@pytest.mark.parametrize(
    ("changes", "runs"),
    [
        ({"host": "elsewhere", "boot": "another", "machine": "another"}, None),
        ({"host": "elsewhere", "boot": "another"}, None),  # machines made of one image
        ({"boot": "another"}, False),  # this machine, before it was started again
        ({"boot": "another", "machine": None}, None),
        ({"numbers": "pid:[1]"}, None),  # another container
    ],
)
def test_what_cannot_be_seen_is_not_guessed(changes, runs):
    this = processes.this()._replace(host="here", boot="this", machine="m")
    assert processes.runs(this._replace(**changes), this) is runs


@pytest.mark.parametrize(("does", "state"), [("stays", State.LIVING), ("dies", State.GONE), ("gives back", State.FREE)])
def test_a_lock_knows_what_became_of_its_holder(tmp_path, other, does, state):
    process = other(tmp_path / "lock", does)
    lock = Lock(tmp_path / "lock")
    assert lock.state is state
    assert lock.token == "before"
    if state is not State.FREE:
        assert lock.record.process.pid == process.pid
    lock.close()


@pytest.mark.parametrize(("does", "state"), [("stays", State.LIVING), ("dies", State.GONE)])
def test_without_file_locks_the_record_speaks(tmp_path, other, monkeypatch, does, state):
    other(tmp_path / "lock", does)
    without_locks(monkeypatch)
    lock = Lock(tmp_path / "lock")
    assert (lock.supported, lock.state) == (False, state)
    lock.close()


def test_a_container_that_is_gone_is_seen_by_its_file_lock(tmp_path, other):
    """Its processes count by themselves and its name is gone, but the kernel is this one."""
    other(tmp_path / "lock", "dies")
    rewritten(tmp_path / "lock", process={"host": "container", "numbers": "pid:[1]"})
    lock = Lock(tmp_path / "lock")
    assert lock.state is State.GONE
    lock.close()
    rewritten(tmp_path / "lock", locked=False)  # where there were none, that says nothing
    lock = Lock(tmp_path / "lock")
    assert lock.state is State.UNKNOWN
    lock.close()


@pytest.mark.parametrize("content", ["", "{", '{"process": 3}', '{"process": {"host": "x"}, "since": 1}', "[]", "\0\0"])
def test_a_torn_record_is_nobody(tmp_path, content):
    (tmp_path / "lock").write_text(content)
    lock = Lock(tmp_path / "lock")
    assert lock.state is State.FREE
    lock.close()


def test_a_record_is_read_while_a_longer_one_stands_behind_it(tmp_path):
    (tmp_path / "lock").write_text('{"token": "new"}\n, "since": 12345, "token": "old"}')
    lock = Lock(tmp_path / "lock")
    assert lock.token == "new"
    lock.close()


def test_a_lock_file_that_is_removed_is_not_locked(tmp_path, monkeypatch):
    """The holder removes it between being opened and being locked by the next."""
    path, locked = tmp_path / "lock", locks._locked
    removed = []

    def removing(file):
        if not removed:
            path.unlink()
            removed.append(True)
        return locked(file)

    monkeypatch.setattr(locks, "_locked", removing)
    lock = Lock(path)
    assert os.path.samestat(os.fstat(lock._file), path.stat())
    lock.close()


def test_a_run_is_held_and_given_back(results):
    said = []
    with head.alone(results, said.append):
        assert os.environ[places.TOKEN] == json.loads(places.of_run(results).read_text())["token"]
        with pytest.raises(
            PhiscopeError, match=rf"^results/a is being worked on by process {os.getpid()} on .* or end it \(kill"
        ):
            head.require_free(results)
    assert places.TOKEN not in os.environ
    with head.alone(results, said.append):
        pass
    assert said == []
    head.require_free(results)


def test_a_dead_start_is_named_and_its_lock_goes(results, other):
    process = other(places.of_run(results), "dies")
    Path(".snakemake/locks").mkdir(parents=True)
    Path(".snakemake/locks/0.input.lock").write_text("results/a/data/train.safetensors\n")
    Path(".snakemake/locks/1.output.lock").write_text("results/ab/tables/margins.parquet\n")  # of another run
    said = []
    with head.alone(results, said.append):
        assert [path.name for path in Path(".snakemake/locks").iterdir()] == ["1.output.lock"]
    assert len(said) == 1
    assert said[0].startswith(f"An earlier start is gone (process {process.pid} on ")
    assert said[0].endswith("): its lock was removed, and this one goes on.")


def test_a_living_start_is_not_touched(results, other):
    other(places.of_run(results), "stays")
    with pytest.raises(PhiscopeError, match="is being worked on by process"), head.alone(results, print):
        pytest.fail("held")
    with pytest.raises(PhiscopeError, match="is being worked on by process"):
        head.forget(results)
    assert "process" in json.loads(places.of_run(results).read_text())


def test_a_start_on_another_machine_is_a_question_to_the_user(results, other):
    other(places.of_run(results), "dies")
    rewritten(places.of_run(results), process={"host": "login1", "boot": "another", "machine": "another"})
    with pytest.raises(PhiscopeError, match=r"process \d+ on login1 .* cannot be seen from this machine; .* --unlock"):
        head.require_free(results)
    head.forget(results)  # which is what --unlock does
    head.require_free(results)


def test_a_run_without_file_locks_says_so_once(results, monkeypatch):
    without_locks(monkeypatch)
    said = []
    with head.alone(results, said.append):
        pass
    assert len(said) == 1
    assert "results/a has no file locks" in said[0]


LOG = Path("results/a/logs/locate/noise/0000000-0000300.log")


def test_each_job_has_a_lock_of_its_own():
    assert places.of_job(LOG) == Path("results/a/.locks/locate/noise/0000000-0000300.lock")
    assert places.of_job("logs/a.log") is None
    assert places.of_job("/tmp/results/a/logs/b.log") is None


def test_a_job_waits_for_the_earlier_one_and_says_so(results, other):
    process, said = other(places.of_job(LOG), "stays"), []

    def say(text):
        said.append(text)
        process.kill()

    with jobs.alone(LOG, say):
        assert places.of_job(LOG).is_file()
    assert said[0].startswith(f"waits for an earlier job on these files (process {process.pid} on ")
    assert len(said) == 1
    assert len(said[0]) <= 100  # or the terminal does not repeat it
    assert not places.of_job(LOG).exists()


def test_a_job_of_an_earlier_start_does_not_begin(results, monkeypatch):
    with head.alone(results, print):
        with jobs.alone(LOG, print):
            pass
        monkeypatch.setenv(places.TOKEN, "of a start before")
        with pytest.raises(PhiscopeError, match="a later one has replaced"), jobs.alone(LOG, print):
            pytest.fail("began")
    monkeypatch.setenv(places.TOKEN, "of a start before")
    with pytest.raises(PhiscopeError, match="a later one has replaced"), jobs.alone(LOG, print):
        pytest.fail("began after the later start had ended")


def test_a_job_that_was_killed_on_another_machine_is_not_waited_for(results, other):
    other(places.of_job(LOG), "dies")
    rewritten(places.of_job(LOG), process={"host": "node7", "boot": "another"})
    with jobs.alone(LOG, print):
        pass


def test_orphans_are_said_and_left_their_files(results, other):
    process = other(places.of_job(LOG), "stays")
    temporary = Path(results, "tables/.margins.parquet.7.tmp")
    temporary.parent.mkdir()
    temporary.touch()
    said = []
    with head.alone(results, said.append):
        pass
    who = leftovers.orphans(results)[0].words()
    assert said == [f"A job of an earlier start still runs ({who}): new ones that write the same files wait for it."]
    assert temporary.exists()
    with pytest.raises(PhiscopeError, match="a job of an earlier start still runs"):
        head.require_free(results)
    process.kill()
    process.wait()
    with head.alone(results, said.append):
        pass
    assert len(said) == 1
    assert not temporary.exists()
    assert not places.of_job(LOG).parent.exists()
    assert places.of_run(results).is_file()


@pytest.mark.parametrize(("token", "there"), [("before", False), ("another", True)])
def test_what_a_job_on_another_machine_left_goes_when_its_start_has_ended(results, other, token, there):
    other(places.of_job(LOG), "dies")
    rewritten(places.of_job(LOG), process={"host": "node7", "boot": "another", "machine": "another"})
    (temporary := Path(results, "report.html.tmp")).touch()
    leftovers.sweep(results, token)
    assert temporary.exists() == there
    assert places.of_job(LOG).exists() == there
