"""Never mixed: what a run reads was made by its own settings and code, with the networks that it has now.

Snakemake knows of a file what it noted when the job that made it ended. A job whose head was killed may end without a
note; a file may come from another version, a colleague or a cluster's queue. So every file says itself what made it
(`phiscope.files`), and is looked at twice: all that a run has made, before it is planned, and the inputs of a job,
before it starts. What another setting made, or what is damaged, is moved aside: it is missing then, and so made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from phiscope.errors import ResultError
from phiscope.files import stamp_of
from phiscope.workflow.contents import content
from phiscope.workflow.unchanged import Unchanged

ASIDE = ".aside"  # the folder below that of a run for what was moved
SAME_COMMAND = "start the same command again, which makes it anew"
_STAMPED = (".parquet", ".safetensors", ".json", ".html", ".svg", ".png", ".rst")  # what a rule makes has a stamp
_LARGE = 2**33  # bytes that take seconds to read, from whatever disk
_LOOKED_AT = (*_STAMPED, ".txt", ".csv", ".js")


def networks(paths: Iterable[str]) -> dict[str, str | None]:
    """Path -> content of what a job uses of a run's models, and of the descriptions beside them."""
    used = [Path(path) for path in paths if Path(path).parent.name == "models"]
    described = [path.with_suffix(".json") for path in used if path.suffix == ".safetensors"]
    return {str(path): content(path) for path in sorted({*used, *described}) if path.is_file()}


def fault(path: str | Path, fingerprint: str | None, unchanged: Unchanged | None = None) -> str | None:
    """Why a file is not to be used, as a clause; None where nothing speaks against it.

    fingerprint: of what makes it now; None where that is not known, so that only damage is seen. unchanged: what is
    known of the run's files, so that all bytes are looked at; else the frame of the file is.
    """
    path = Path(path)
    if not path.is_file():
        return None
    try:
        if unchanged:
            unchanged.require(path)  # before a library reads it
        stamp = stamp_of(path)
    except (OSError, ValueError) as error:
        return f"is damaged ({error})"
    if fingerprint is None:
        return None
    if stamp is None:
        return "does not say what made it, as results of another version" if path.suffix in _STAMPED else None
    if stamp.fingerprint != fingerprint:
        return "was made by other settings or other code than those of this run"
    other = [name for name, was in stamp.networks.items() if Path(name).is_file() and content(Path(name)) != was]
    return f"was made with another {other[0]} than the run has now" if other else None


def set_aside(path: str | Path, results: str | Path) -> Path:
    """Move a file of a run to where it is kept until the run has ended well; where that is."""
    target = Path(results, ASIDE, Path(path).relative_to(results))
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(path).replace(target)


def require_own(
    inputs: Iterable[str], expected: Mapping[str, str], results: str | Path, remedy: str = SAME_COMMAND
) -> None:
    """Raise ResultError naming the first input that is not to be used; all such are moved aside.

    expected: path -> fingerprint of what makes it now. Files outside the run are the user's, for their readers to
    judge. remedy: what makes it anew, as a clause.
    """
    own = dict.fromkeys(path for path in inputs if Path(path).is_relative_to(results))
    unchanged = Unchanged(results)
    faults = {path: why for path in own if (why := fault(path, expected.get(path), unchanged))}
    for path in faults:
        set_aside(path, results)
    for path, why in faults.items():
        others = f" ({len(faults) - 1:,} more inputs are not to be used)" if len(faults) > 1 else ""
        raise ResultError(f"{path} {why}{others}: moved to {Path(results, ASIDE)}; {remedy}")


def clear(
    results: str | Path,
    fingerprint_of: Callable[[str], str | None],
    noted: Callable[[str], bool],
    *,
    compare: bool = True,
    say: Callable[[str], None] = print,
) -> dict[str, str]:
    """Move aside what a run must not use, before it is planned: path -> why, as a clause.

    fingerprint_of: path -> the fingerprint of what makes it now, None where no rule does: such files are left alone.
    noted: whether Snakemake knows what made a file: then it sees itself that settings have changed, if the file is one
    of this version's. compare: otherwise only damage counts. say: is told what takes long.
    """
    faults, unchanged = {}, Unchanged(results)
    # Data first, whose counts fingerprints may need; then models: what used one that is damaged is as good as it was.
    first = {name: place for place, name in enumerate(("data", "models"))}
    files = sorted(made(Path(results)), key=lambda path: (first.get(path.relative_to(results).parts[0], 2), path))
    if (size := unchanged.unread(files)) > _LARGE:
        say(f"Reads {size / 2**30:,.0f} GiB of {results} once, to see that no file is damaged.")
    for path in files:
        expected = fingerprint_of(str(path))
        if expected is None:
            continue
        why = fault(path, None, unchanged)
        if why is None and compare and not (noted(str(path)) and stamp_of(path)):
            why = fault(path, expected)
        if why:
            faults[str(path)] = why
            set_aside(path, results)
    unchanged.tidy()
    return faults


def forget_replaced(results: str | Path) -> None:
    """Remove what was moved aside and has been made again; what a start was not asked for stays."""
    aside = Path(results, ASIDE)
    for path in sorted(aside.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif Path(results, path.relative_to(aside)).exists():
            path.unlink()
    if aside.is_dir() and not any(aside.iterdir()):
        aside.rmdir()


def in_words(faults: Mapping[str, str], results: str | Path) -> Iterator[str]:
    """A line for each reason, with the name of one file and how many others there are."""
    reasons: dict[str, list[str]] = {}
    for path, why in faults.items():
        reasons.setdefault(why, []).append(path)
    for why, paths in reasons.items():
        others = f" ({len(paths) - 1:,} more like it)" if len(paths) > 1 else ""
        yield f"{paths[0]} {why}{others}: moved to {Path(results, ASIDE)}, and made again."


def made(results: Path) -> Iterator[Path]:
    """Files of a run, without what it keeps for itself in folders whose names begin with a dot, and without logs."""
    if not results.is_dir():
        return
    for each in results.iterdir():
        if each.name.startswith(".") or each.name == "logs":
            continue
        for path in [each] if each.is_file() else each.rglob("*"):
            if path.suffix in _LOOKED_AT and not path.name.startswith(".") and path.is_file():
                yield path
