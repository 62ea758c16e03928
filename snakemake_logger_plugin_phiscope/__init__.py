"""A terminal for people: `snakemake --logger phiscope`, which profiles/default asks for.

Snakemake finds logger plugins by the names of their packages. What is said stands in `phiscope.workflow.terminal`;
here, Snakemake's events become calls of it. Whatever goes wrong here, the run goes on and Snakemake's own words follow.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO

from snakemake.common import get_appdirs
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from phiscope.errors import PhiscopeError
from phiscope.words.marks import visible
from phiscope.workflow.configuration.arguments import require_readable
from phiscope.workflow.job import TOLD
from phiscope.workflow.starting import caches
from phiscope.workflow.starting.ending import interrupts_are_a_line
from phiscope.workflow.terminal.graph import foretold, jobs_left
from phiscope.workflow.terminal.log import shows_failure
from phiscope.workflow.terminal.screen import Screen

# What Snakemake says of its own work while it runs a workflow. All else that it says is shown, what is unknown too.
_NOISE = re.compile(
    "Building DAG of jobs|Using shell:|Assuming unrestricted shared|Conda environments: ignored|Singularity containers:"
    "|Group jobs: inactive|Select jobs to execute|DAG of jobs will be updated|Updating checkpoint dependencies"
    r"|Removing temporary output|Complete log\(s\):|Elapsed time:|Processed \d+ potential jobs|Shutting down"
    "|Cannot restore .*no backup found"  # of a job that had not made its outputs before
    "|Failed to setup log file"  # where nothing can be written, which is said when a run is started
    "|Exiting because a job execution failed|Touching output file"
    # Of the executor for SLURM; jobs have their lines when they end.
    r"|SLURM run ID|MinJobAge \d+s|Job [\w-]+ has been submitted with SLURM|Cleaning up SLURM log files"
    "|No SLURM account given|No account was given, not able|Unable to guess SLURM account"
)
# Of groups of jobs, their jobs are told.
_SILENT = {
    LogEvent.WORKFLOW_STARTED, LogEvent.SHELLCMD, LogEvent.JOB_STARTED, LogEvent.GROUP_INFO,
    LogEvent.RULEGRAPH, LogEvent.DEBUG_DAG,
}  # fmt: skip
_EXIT = re.compile("returned non-zero exit status|died with <Signals")
_INTERRUPTED = re.compile("Terminating processes on user request|Will exit after finishing currently running jobs")
_STOPPED = "At least one job did not complete successfully"


class LogHandler(LogHandlerBase):
    """Snakemake's view of the terminal."""

    def __post_init__(self) -> None:
        try:
            require_readable(sys.argv[1:])
        except PhiscopeError as error:
            sys.exit(str(error))
        self._stream: TextIO = sys.stdout if self.common_settings.stdout else sys.stderr
        self._plain: logging.Handler | None = None  # Snakemake's own way of saying things
        self._table = ""  # of rules, which a dry run tells at its beginning and at its end
        self._ended = threading.Event()
        interrupts_are_a_line()
        logging.raiseExceptions = False  # tracebacks of logging itself, where Snakemake's log finds no room
        if said := caches.ensure(get_appdirs().user_cache_dir):  # before Snakemake writes there
            self._write(said)
        settings = self.common_settings
        if settings.dryrun or settings.verbose or settings.debug_dag:
            self._give_up()
            return
        self._quiet = {getattr(each, "name", str(each)) for each in settings.quiet or ()}
        self._screen = Screen(self._write, time.monotonic, jobs_left, bool(settings.show_failed_logs), foretold)
        os.environ[TOLD] = "1"
        threading.Thread(target=self._wait, daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        if self._plain is None:
            try:
                self._show(record)
                return
            except Exception as error:
                self._write(f"phiscope's terminal failed ({error!r}); Snakemake's own words follow.")
                self._give_up()
        if self._plain is not None and self._plain.filter(record) and not self._dispensable(record):
            self._plain.emit(record)

    def _dispensable(self, record: logging.LogRecord) -> bool:
        """Whether a dry run can do without this: Snakemake's own work, and the table of rules a second time."""
        settings = self.common_settings
        if not settings.dryrun or settings.verbose or settings.debug_dag:
            return False
        if getattr(record, "event", None) == LogEvent.RUN_INFO:
            again, self._table = record.msg == self._table, str(record.msg)
            return again
        return bool(_NOISE.match(str(record.msg)))

    def close(self) -> None:
        self._ended.set()
        try:
            if self._plain is None:
                self._screen.release()
        finally:
            super().close()

    def _show(self, record: logging.LogRecord) -> None:
        event = getattr(record, "event", None)
        if "ALL" in self._quiet or event in _SILENT:
            return
        if event in (LogEvent.RESOURCES_INFO, LogEvent.RUN_INFO, LogEvent.PROGRESS):
            self._run(event, record)
        elif event in (LogEvent.JOB_INFO, LogEvent.JOB_FINISHED, LogEvent.JOB_ERROR):
            self._job(event, record)
        elif event == LogEvent.GROUP_ERROR:
            self._screen.group_failed(getattr(record, "aux_logs", ()))
        elif event == LogEvent.ERROR or record.levelno >= logging.ERROR:
            self._error(str(record.msg))
        elif _INTERRUPTED.match(str(record.msg)):
            self._screen.interrupted()
        elif not _NOISE.match(str(record.msg)):
            self._screen.say(str(record.msg))

    def _run(self, event: LogEvent, record: Any) -> None:
        """How much there is to do, and how much is done."""
        if event == LogEvent.RESOURCES_INFO:
            if hasattr(record, "cores") or hasattr(record, "nodes"):
                self._screen.provided(getattr(record, "cores", None))
        elif event == LogEvent.RUN_INFO:
            self._screen.planned({rule: count for rule, count in record.stats.items() if rule != "total"})
        else:
            self._screen.progressed(record.done, record.total)

    def _job(self, event: LogEvent, record: Any) -> None:
        if event == LogEvent.JOB_INFO:
            self._screen.started(
                record.jobid, record.rule_name, record.rule_msg, record.wildcards,
                threads=record.threads, logs=record.log, target=not record.output, memory_mb=_memory(record.resources),
            )  # fmt: skip
        elif event == LogEvent.JOB_FINISHED:
            self._screen.finished(record.job_id)
        elif getattr(record, "indent", False) and not any(shows_failure(Path(log)) for log in record.log):
            self._screen.left_undone(record.jobid)
        else:
            self._screen.job_failed(record.jobid, record.rule_name, record.log, record.rule_msg)

    def _error(self, text: str) -> None:
        if _EXIT.search(text):
            self._screen.hold(text)
        elif _STOPPED in text:
            self._screen.stopped()
        elif not _NOISE.match(text):
            self._screen.say(text)

    def _write(self, text: str) -> None:
        try:
            self._stream.write(f"{visible(text)}\n")
            self._stream.flush()
        except (OSError, ValueError):  # nobody reads any more; the run is not to end for that
            pass

    def _wait(self) -> None:
        while not self._ended.wait(5.0):
            self.acquire()
            try:
                if self._plain is None and not self._quiet & {"PROGRESS", "ALL"}:
                    self._screen.waited()
            except Exception:  # what is broken here says so at the next event, or was not needed
                return
            finally:
                self.release()

    def _give_up(self) -> None:
        """From now on say what Snakemake would say; of a dry run no more than the table of rules, unless asked.

        Jobs say their failures themselves again.
        """
        from snakemake.logging import ColorizingTextHandler, DefaultFilter, DefaultFormatter
        from snakemake.settings.enums import Quietness

        os.environ.pop(TOLD, None)
        settings = self.common_settings
        quiet: Any = settings.quiet
        if settings.dryrun and quiet is None:
            quiet = {Quietness.RULES, Quietness.HOST}
        self._plain = ColorizingTextHandler(
            nocolor=settings.nocolor,
            stream=self._stream,
            formatter=DefaultFormatter(quiet, settings.show_failed_logs),
            filter=DefaultFilter(quiet, settings.debug_dag, settings.verbose, settings.dryrun, settings.printshellcmds),
        )

    @property
    def writes_to_stream(self) -> bool:
        return True

    @property
    def writes_to_file(self) -> bool:
        return False

    @property
    def has_filter(self) -> bool:
        return True

    @property
    def has_formatter(self) -> bool:
        return True

    @property
    def needs_rulegraph(self) -> bool:
        return False


def _memory(resources: Any) -> int | None:
    """Megabytes that a job asks for; None where it asks for none."""
    memory = resources.get("mem_mb") if hasattr(resources, "get") else None
    return memory if isinstance(memory, int) else None  # a text where it is not known yet
