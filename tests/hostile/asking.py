"""Files read as a run reads them: each function takes the path that a configuration names and tells what came of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import torch
from torch import nn

from phiscope.datasets import Specification, load_collection, open_prepared, prepare, prepare_other
from phiscope.models import load_weights
from phiscope.models.contents import stated_accuracy
from phiscope.models.head_files import read_head
from phiscope.views.inpaint import hidden_pixels


def data(reader: str | None = None, split: str | None = None, **options: Any):
    """Both splits prepared, and what is in them looked at."""

    def ask(path: Path) -> str:
        told = []
        for each in (split,) if split else ("train", "test"):
            to = Path(tempfile.mkdtemp()) / "a.safetensors"
            prepare(Specification(str(path), reader, options=options), each, to, seed=0, say=told.append)
            prepared = open_prepared(to)
            images, columns = prepared.images(slice(0, 4)), prepared.columns
            table = pa.table({"class": pa.array(prepared.classes, pa.string())})  # as tables and figures need them
            named = sorted(prepared.files[:9], key=str)
            told.append(
                f"{each} {len(prepared)} {images.shape} labels {prepared.labels.tolist()[:6]} classes "
                f"{table['class'].to_pylist()[:6]} columns {columns.column_names} files {named}"
            )
            assert np.isfinite(images).all()
        return "; ".join(told)

    return ask


def other(reader: str | None = "images", **options: Any):
    """Images of another data set, for views."""

    def ask(path: Path) -> str:
        to = Path(tempfile.mkdtemp()) / "a.safetensors"
        prepare_other(Specification(str(path), reader, options=options), to, shape=(1, 6, 6), seed=0, say=print)
        prepared = open_prepared(to)
        return f"{len(prepared)} {prepared.images(slice(0, 4)).shape} files {sorted(prepared.files[:9], key=str)}"

    return ask


def folder(path: Path) -> str:
    """Images of a folder, as denoising and redrawing take them."""
    found = load_collection(str(path))
    return f"{len(found)} {[image.shape for image in found.images[:3]]} {found.names[:5]}"


def mask(path: Path) -> str:
    return f"{hidden_pixels((6, 6), str(path), ()).sum()} pixels"


def network() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3))


def state() -> dict[str, torch.Tensor]:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return network().state_dict()


def weights(**options: Any):
    def ask(path: Path) -> str:
        filled = network()
        load_weights(filled, path, where="classifier.weights", **options)
        stated = stated_accuracy(path)
        assert all(bool(each.isfinite().all()) for each in filled.state_dict().values())
        first = next(iter(filled.parameters())).detach().flatten()[0]
        return f"{sorted(filled.state_dict())[0]} first {float(first):.4g} {stated}"

    return ask


def head(path: Path) -> str:
    found = read_head(path, 4, 3, where="classifier.weights")
    assert np.isfinite(found.weight).all()
    return f"head {found.weight.shape} {found.bias.tolist()}"
