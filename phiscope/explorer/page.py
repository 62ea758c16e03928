"""The page as files: `index.html`, and beside it the data that it does not hold, as scripts.

A page opened from the disk may neither fetch a file nor import a module; a script it may add. So data are text inside
scripts, the JavaScript of `page/js/` is put together here, and what is large is added when somebody looks at it.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.explorer.columns import NO_VALUE, Column
from phiscope.explorer.details import Details
from phiscope.explorer.pack import as_json, as_text, packed, quantised
from phiscope.explorer.questions import Question
from phiscope.explorer.thumbnails import Sheets
from phiscope.files import write_shown, write_text

MOST_INSIDE = 40_000_000  # characters of data in one page: what 10,000 small images take with all that is said of them
BESIDE = "data"  # folder of the scripts, beside the page
PARTS = Path(__file__).parent / "page"


@dataclass(frozen=True)
class TrainingSamples:
    """Training samples that others rest on: numbers (t,), labels (t,), -1 for none; what the source calls them; by kind
    of hull, how many test samples rest on each."""

    numbers: NDArray[np.int64]
    labels: NDArray[np.int64]
    files: Sequence[str | None]
    counts: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)


@dataclass(frozen=True)
class ExplorerPage:
    """What a page shows; columns have one length; axes: columns that are drawn first, across and up.

    pictures: by view, and of other groups; views: what each is, in words; origins: view -> `original` or the data set
    that it begins with; note: a sentence above everything; colour: column that colours the points; cells: columns that
    are counted against each other; outcomes and medians: of the strip of classes; report: link to the report.
    """

    title: str
    classes: Sequence[str]
    columns: Sequence[Column]
    questions: Sequence[Question]
    axes: tuple[str, str]
    pictures: Mapping[str, Sheets] = field(default_factory=dict)
    details: Details | None = None
    training: TrainingSamples | None = None
    views: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    split: str = "test"
    note: str = ""
    colour: str = "outcome"
    cells: tuple[str, str] = ("label", "predicted")
    outcomes: Sequence[tuple[str, str]] = (("accuracy", "outcome"),)
    medians: Sequence[str] = ("margin", "hull_distance")
    report: str = "../report.html"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def __len__(self) -> int:
        return len(self.column("sample").values)


class DataBlock(NamedTuple):
    """A part of the data under the name by which the page asks for it; file: stem of its script."""

    name: str
    file: str
    content: str


def write(explored: ExplorerPage, path: str | Path) -> None:
    """Write the page, and the scripts beside it if it cannot hold all; older ones beside it go."""
    path = Path(path)
    first, *others = blocks_of(explored)
    beside: dict[str, str] = {}
    if sum(len(block.content) for block in (first, *others)) > MOST_INSIDE:
        for block in others:
            beside[block.name] = _write_beside(block, path.parent)
        others = []
    write_shown(_document(explored, [first, *others], beside).encode(), path)
    _remove_others(path.parent / BESIDE, {Path(file).name for file in beside.values()})


def _write_beside(block: DataBlock, folder: Path) -> str:
    """The file's name holds its content's, so that a page finds its own data or none."""
    digest = hashlib.sha256(block.content.encode()).hexdigest()[:12]
    file = f"{BESIDE}/{block.file}-{digest}.js"
    if not (folder / file).is_file():
        write_text(f"phiscopeBlock({as_json(block.name)},{as_json(block.content)});\n", folder / file)
    return file


def _remove_others(folder: Path, kept: set[str]) -> None:
    for path in folder.glob("*.js"):
        if path.name not in kept:
            path.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def blocks_of(explored: ExplorerPage) -> Iterator[DataBlock]:
    """All data: first what is drawn at once, then what is read when it is asked for."""
    yield DataBlock("columns", "columns", as_text(packed(_columns(explored))))
    texts = {column.name: column.values for column in explored.columns if column.kind == "text"}
    yield DataBlock("texts", "texts", as_text(packed({}, texts)))
    for number, column in enumerate(explored.columns):
        if column.kind == "number":
            exact = packed({"values": np.asarray(column.values, np.float64)})
            yield DataBlock(f"exact/{column.name}", f"exact-{number:02d}", as_text(exact))
    if explored.training:
        yield DataBlock("training", "training", as_text(_training(explored.training)))
    for place, (group, sheets) in enumerate(explored.pictures.items()):
        for number, sheet in enumerate(sheets.sheets):
            yield DataBlock(f"sheet/{group}/{number}", f"sheet-{place:02d}-{number:04d}", as_text(sheet))
    if explored.details:
        for number, shard in enumerate(explored.details.shards()):
            yield DataBlock(f"details/{number}", f"details-{number:04d}", as_text(shard))


def _columns(explored: ExplorerPage) -> dict[str, NDArray]:
    """Codes of all columns but texts, by place; thumbnails of rows; rows of questions."""
    arrays: dict[str, NDArray] = {}
    for number, column in enumerate(explored.columns):
        if column.kind == "number":
            arrays[f"column{number}"] = quantised(np.asarray(column.values, np.float64)).codes
        elif column.kind == "integer":
            arrays[f"column{number}"] = np.asarray(column.values, np.int32)
        elif column.kind == "category":
            narrow = np.uint8 if len(column.categories) < 255 else np.uint16
            arrays[f"column{number}"] = (np.asarray(column.values) - NO_VALUE).astype(narrow)
    arrays["pictures"] = _pictures(explored)
    for number, question in enumerate(explored.questions):
        arrays[f"question{number}"] = question.rows.astype(np.int32)
    return arrays


def _pictures(explored: ExplorerPage) -> NDArray[np.int32]:
    """(n,) the place of each row's thumbnail among those of its view, -1 where it has none."""
    view, sample = explored.column("view"), explored.column("sample")
    places = np.full(len(sample.values), -1, np.int32)
    for code, name in enumerate(view.categories):
        if name not in explored.pictures:
            continue
        order = np.argsort(explored.pictures[name].samples, kind="stable")
        own = explored.pictures[name].samples[order]
        rows = np.flatnonzero(np.asarray(view.values) == code)
        numbers = np.asarray(sample.values)[rows]
        found = np.minimum(np.searchsorted(own, numbers), len(own) - 1)
        places[rows] = np.where(own[found] == numbers, order[found], -1)
    return places


def _training(training: TrainingSamples) -> bytes:
    arrays: dict[str, NDArray] = {
        "numbers": training.numbers.astype(np.int32),
        "labels": training.labels.astype(np.int32),
    }
    arrays |= {f"count_{kind}": count.astype(np.int32) for kind, count in training.counts.items()}
    return packed(arrays, {"files": list(training.files) if any(training.files) else None})


def manifest(explored: ExplorerPage, beside: Mapping[str, str]) -> dict[str, Any]:
    """What the page knows before it reads any block."""
    return {
        "title": explored.title,
        "rows": len(explored),
        "classes": list(explored.classes),
        "columns": [_described(column) for column in explored.columns],
        "questions": [
            {
                "key": q.key,
                "title": q.title,
                "said": q.said,
                "why": q.why,
                "axes": q.axes,
                "count": len(q.rows),
                "whys": q.whys,
            }
            for q in explored.questions
        ],
        "axes": explored.axes,
        "colour": explored.colour,
        "pictures": {group: sheets.about() for group, sheets in explored.pictures.items()},
        "details": explored.details.about if explored.details else None,
        "training": explored.training is not None,
        "views": explored.views,
        "origins": explored.origins,
        "split": explored.split,
        "note": explored.note,
        "cells": explored.cells,
        "outcomes": explored.outcomes,
        "medians": [name for name in explored.medians if any(each.name == name for each in explored.columns)],
        "report": explored.report,
        "beside": beside,
    }


def _described(column: Column) -> dict[str, Any]:
    about = {
        "name": column.name,
        "title": column.title,
        "kind": column.kind,
        "group": column.group,
        "unit": column.unit,
        "description": column.description,
        "shown": column.shown,
    }
    if column.kind == "category":
        about |= {"categories": list(column.categories), "missing": column.missing}
    if column.kind == "number":
        _, low, high, log = quantised(np.asarray(column.values, np.float64))
        about |= {"low": low, "high": high, "log": log}
    return about


def _document(explored: ExplorerPage, inside: Sequence[DataBlock], beside: Mapping[str, str]) -> str:
    """What draws stands before what is large, so that it begins while the rest is still read."""
    first, *others = inside
    parts = {
        "title": html.escape(explored.title),
        "style": (PARTS / "style.css").read_text(encoding="utf-8"),
        "manifest": as_json(manifest(explored, beside)),
        "first": _inline(first),
        "script": script(),
        "blocks": "\n".join(map(_inline, others)),
    }
    template = (PARTS / "index.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)


def _inline(block: DataBlock) -> str:
    return f'<script type="text/plain" data-block="{html.escape(block.name)}">{block.content}</script>'


def script() -> str:
    """The modules of `page/js/`, each in a scope of its own, after those that it imports from.

    Bindings do not live, as those of real modules do: what changes later has to be a property of what is exported.
    """
    scoped: dict[str, str] = {}
    _add("main", scoped)
    return '"use strict";\n' + "\n".join(scoped.values())


def _add(name: str, scoped: dict[str, str]) -> None:
    """A module as a function: its imports become names, its exports what it returns."""
    text = (PARTS / "js" / f"{name}.js").read_text(encoding="utf-8")
    for imported in re.findall(_IMPORT, text):
        if imported[1] not in scoped:
            _add(imported[1], scoped)
    exported = [found[2] for found in re.finditer(_EXPORT, text)]
    body = re.sub(_EXPORT, r"\1 \2", re.sub(_IMPORT, r"const \1 = module_\2;", text))
    scoped[name] = f"const module_{name} = (() => {{\n{body}\nreturn {{ {', '.join(exported)} }};\n}})();"


_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";$', flags=re.M)
_EXPORT = re.compile(r"^export (const|function|async function|class) (\w+)", flags=re.M)


def content() -> str:
    """A hash of everything that the page is made of beside Python, on which its job rests."""
    files = sorted(path for path in PARTS.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(PARTS).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
