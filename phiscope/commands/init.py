"""Look at data, and weights where there are some, and write a configuration that runs.

phiscope init flowers
phiscope init flowers --weights best.ckpt --factory networks.py:build --arguments depth=20
phiscope init vectors.npz --weights head.npz
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from phiscope.commands import init_images, init_vectors
from phiscope.errors import ConfigError, PhiscopeError
from phiscope.factories import look_beside


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the file; raises PhiscopeError where data or network cannot be used, or the file is there already."""
    options = _parser().parse_args(arguments)
    data = options.data or _asked("folder or file of the data: ")
    output = options.output or Path(f"{_name(data)}.yaml")
    if output.exists() and not options.force:
        raise ConfigError(f"{output} is there already; give another name with -o, or --force to write over it")
    vectors = init_vectors.are_meant(data)
    if options.weights and not options.factory and not vectors:
        options.factory = _asked("factory of the network (file.py:function or package.module:function): ")
    look_beside([output])
    with tempfile.TemporaryDirectory(prefix="phiscope-") as folder:
        lines = (init_vectors if vectors else init_images).lines(data, options, Path(folder))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"wrote {output}; look at it with `phiscope check {output}`, run it with `phiscope run {output}`")


def _name(data: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", Path(data).stem).strip("-.") or "run"


def _asked(question: str) -> str:
    try:
        answer = input(question).strip()
    except EOFError:
        answer = ""
    if not answer:
        raise PhiscopeError(f"nothing was answered to {question.strip(': ')!r}; give it as an argument")
    return answer


def _argument(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise argparse.ArgumentTypeError(f"{text!r} is no name=value")
    return name, yaml.safe_load(value)


def _normalisation(text: str) -> Any:
    if text == "none":
        return text
    try:
        mean, deviation = ([float(number) for number in part.split(",")] for part in text.split("/"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is neither none nor like 0.5,0.5,0.5/0.2,0.2,0.2") from error
    return {"mean": mean, "deviation": deviation}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="phiscope init", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "data", nargs="?", metavar="DATA", help="folder or file of images or vectors; asked for unless given"
    )
    parser.add_argument("--weights", help="file of weights; of vectors, of the head")
    parser.add_argument("--prefix", help="what to cut off the keys of the weights")
    parser.add_argument("--factory", help="file.py:function or package.module:function that returns the network")
    parser.add_argument(
        "--arguments",
        type=_argument,
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help="of the factory",
    )
    parser.add_argument(
        "--normalise", type=_normalisation, help="none, or mean/deviation by channel; by accuracy unless given"
    )
    parser.add_argument(
        "--options",
        type=_argument,
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help="how the data are read, as dataset.options: first_label=1",
    )
    parser.add_argument("-o", "--output", type=Path, help="file to write; <data>.yaml")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    return parser
