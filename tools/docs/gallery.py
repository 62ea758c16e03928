"""Every figure of the registry: its picture, its caption, the call that draws it of a run, and its source."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

from phiscope import figures
from phiscope.exhibits.frames import artifacts_of

ROOT = Path(__file__).parents[2]
# Figures that the default run has not, or shows little of -> a picture of a run that has.
ELSEWHERE = {
    "human": "results/cifar10-human.png",
    "detection_by_confidence": "results/cifar10-detection_by_confidence.png",
    "edit": "results/cifar10-edit-731.png",
    "denoising_study": "results/denoise-study-denoising_study.png",
    "implicit_within": "results/implicit-kinds-implicit_within.png",
    "implicit_networks": "results/implicit-bases-implicit_networks.png",
    "implicit_rates": "results/implicit-bases-implicit_rates.png",
}
_TITLES = {"models": "Data and classifier", "papers": "Beside the published numbers"}


def picture_of(kind: str) -> str:
    """The picture of a figure, below docs/."""
    return ELSEWHERE.get(kind, f"pictures/gallery/{kind}.png")


def text() -> str:
    """A section for each topic, in the order of the registry, with its figures."""
    topics: dict[str, list[str]] = {}
    for kind, module in figures.FIGURES.items():
        topics.setdefault(module.split(".")[2], []).append(kind)
    lines = []
    for topic, kinds in topics.items():
        lines += [f"## {_TITLES.get(topic, topic.capitalize())}", ""]
        lines += [line for kind in kinds for line in _figure(kind)]
    return "\n".join(lines)


def _figure(kind: str) -> list[str]:
    about = figures.about(kind)
    needed, optional = (", ".join(f"`{each}`" for each in names) for names in artifacts_of(kind))
    drawn_from = f"Drawn {figures.WHEN[about.when]}, from {needed}" + (
        f"; {optional} where they are there" if optional else ""
    )
    alt = about.alt.replace('"', "'")
    call = ["import phiscope", "", f'figure = phiscope.draw("digits", "{kind}")', f'figure.savefig("{kind}.svg")']
    return [
        f"### {kind}",
        "",
        f"![{alt}]({picture_of(kind)})",
        "",
        f"*{about.caption}*",
        "",
        f"{drawn_from}." + (" One for each sample of the report." if about.one_per else ""),
        "",
        *_fenced(call),
        "",
        f'??? note "The code: {figures.FIGURES[kind]}"',
        "",
        *(f"    {line}".rstrip() for line in _fenced(source_of(kind))),
        "",
    ]


def _fenced(lines: list[str]) -> list[str]:
    return ["```python", *lines, "```"]


def source_of(kind: str) -> list[str]:
    """The lines of a figure's `draw`."""
    spec = find_spec(figures.FIGURES[kind])
    source = Path(str(spec.origin)).read_text(encoding="utf-8") if spec else ""
    body = ast.parse(source).body
    drawing = next(node for node in body if isinstance(node, ast.FunctionDef) and node.name == "draw")
    return source.splitlines()[drawing.lineno - 1 : drawing.end_lineno]
