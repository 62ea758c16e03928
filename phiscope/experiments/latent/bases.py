"""The bases that a run builds from one and the same sets of latents, and the file that keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from phiscope.errors import ConfigError
from phiscope.files import write_arrays
from phiscope.latent.basis import Averages, Basis, orthogonalise

# `gram-schmidt` is that of Toledo-Marín and Glazier 2021. Löwdin's is the nearest orthonormal set to the averages as
# they are; `lowdin-unit` gives every label the same say, however long its average is.
BASES: dict[str, dict[str, Any]] = {
    "gram-schmidt": {"first_set": "gram-schmidt", "rest": "averages"},
    "gram-schmidt-random": {"first_set": "gram-schmidt", "rest": "random"},
    "lowdin": {"first_set": "lowdin", "rest": "random"},
    "lowdin-unit": {"first_set": "lowdin", "rest": "random", "normalise": True},
}


@dataclass(frozen=True)
class Bases:
    """Everything that is built from the sets of one encoder.

    averages: |η⟩ of all sets; by_name: one basis per entry of `BASES`; short: (label, set, how many there are)
    of the sets with fewer than V latents.
    """

    averages: Averages
    by_name: Mapping[str, Basis]
    short: tuple[tuple[int, int, int], ...]

    def __getitem__(self, name: str) -> Basis:
        if name not in self.by_name:
            raise ConfigError(f"latent: basis {name!r} does not exist; expected one of {', '.join(self.by_name)}")
        return self.by_name[name]

    @property
    def lost(self) -> list[int]:
        """Labels without a single latent in set 1: the generator does not make them from encoded images."""
        return [label for label, number in self.averages.missing if number == 1]


def build_all(averages: Averages, short: tuple[tuple[int, int, int], ...], seed: int) -> Bases:
    """Every basis of `BASES` from the same averages."""
    return Bases(averages, {name: orthogonalise(averages, seed=seed, **how) for name, how in BASES.items()}, short)


def save(bases: Bases, path: str | Path) -> None:
    """Write one safetensors file; what is not an array goes to its metadata."""
    arrays, about = _flat("averages", bases.averages)
    for name, basis in bases.by_name.items():
        more, notes = _flat(name, basis)
        arrays, about = arrays | more, about | notes
    about |= {"short": bases.short, "names": list(bases.by_name)}
    write_arrays(arrays, path, {key: json.dumps(value) for key, value in about.items()})


def load(path: str | Path) -> Bases:
    """What `save` wrote."""
    with safe_open(path, framework="numpy") as file:
        about = {key: json.loads(value) for key, value in file.metadata().items()}
        arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (a file is no mapping)
    by_name = {name: _restored(Basis, name, arrays, about) for name in about["names"]}
    return Bases(_restored(Averages, "averages", arrays, about), by_name, _pairs(about["short"]))


def _flat(name: str, result: Averages | Basis) -> tuple[dict[str, NDArray], dict[str, Any]]:
    values = {f"{name}/{field.name}": getattr(result, field.name) for field in fields(result)}
    arrays = {key: np.ascontiguousarray(value) for key, value in values.items() if isinstance(value, np.ndarray)}
    return arrays, {key: value for key, value in values.items() if key not in arrays}


def _restored(kind: type, name: str, arrays: Mapping[str, NDArray], about: Mapping[str, Any]):
    """A dataclass from its arrays and notes; lists of lists in JSON were tuples of tuples."""
    values = {}
    for field in fields(kind):
        key = f"{name}/{field.name}"
        value = arrays[key] if key in arrays else about[key]
        values[field.name] = _pairs(value) if isinstance(value, list) else value
    return kind(**values)


def _pairs(rows: list) -> tuple:
    return tuple(tuple(row) for row in rows)
