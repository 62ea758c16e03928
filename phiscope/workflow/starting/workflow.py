"""All this around `execute` of Snakemake's workflow, which takes its own lock in there.

The Snakefile is read before that, and not only to start jobs: a dry run or a summary holds nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from phiscope.errors import PhiscopeError
from phiscope.workflow.starting import head
from phiscope.workflow.starting.ending import Ending
from phiscope.workflow.starting.refusals import refusal

# Before every command of a job: the terminal's Ctrl-C is for the head alone, which ends its jobs in their order.
SHELL_PREFIX = 'set -euo pipefail; trap "" INT; '

_endings: list[Ending] = []


def claim_first(workflow: Any, results: str, say: Callable[[str], None]) -> None:
    """Let this workflow of Snakemake's hold results/<run> while it starts jobs, and `--unlock` give that up.

    say: a line for whoever started it.
    """
    execute, unlock = workflow.execute, workflow.unlock

    def executed(*arguments: Any, **settings: Any) -> Any:
        plugin = settings.get("executor_plugin", *arguments[:1])
        if not workflow.is_main_process or plugin.common_settings.dryrun_exec:
            return execute(*arguments, **settings)
        return _alone(lambda: execute(*arguments, **settings), workflow, plugin, results, say)

    def unlocked(*arguments: Any, **settings: Any) -> Any:
        try:
            head.forget(results)
        except PhiscopeError as error:
            sys.exit(f"phiscope: {error}")
        return unlock(*arguments, **settings)

    workflow.execute, workflow.unlock = executed, unlocked


def schedule() -> None:
    """Snakemake is about to start jobs."""
    for ending in _endings:
        ending.schedule()


def _alone(execute: Callable[[], Any], workflow: Any, plugin: Any, results: str, say: Callable[[str], None]) -> Any:
    local = plugin.common_settings.local_exec
    ending = Ending((lambda: workflow.scheduler.exit_gracefully()) if local else None)
    _endings[:] = [ending]
    try:
        with ending.listening(), head.alone(results, say):
            return execute()
    except PhiscopeError as error:
        sys.exit(f"phiscope: {error}")
    except KeyboardInterrupt:
        print(ending.words, file=sys.stderr)
        sys.exit(130)
    except OSError as error:
        if sentence := refusal(error, results):
            sys.exit(f"phiscope: {sentence}")
        raise
    except Exception as error:
        if type(error).__name__ == "LockException":
            sys.exit(
                f"phiscope: another Snakemake process makes files of {results} in this folder, or did until it was "
                "killed; if none runs, the same command with --unlock removes its lock"
            )
        raise
    finally:
        _endings.clear()
