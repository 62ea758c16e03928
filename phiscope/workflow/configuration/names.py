"""Names that become files of a run: those that two of its parts would share are refused, whatever the file system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from phiscope.errors import ConfigError

# Folders of a run, and what stands beside the names of views in paths such as views/dataset/<name>/test/.
TAKEN = {
    *(
        "dataset",
        "train",
        "test",
        "first",
        "chunks",
        "data",
        "exhibits",
        "explorer",
        "features",
        "figures",
        "inversions",
        "latent",
    ),
    *("denoised", "implicit", "logs", "models", "statistics", "tables", "views"),
}


def check_names(config: Mapping[str, Any]) -> None:
    """Raise ConfigError for the first name that is taken; config: checked against the schema."""
    denoising = config["denoising"]
    for where, names in (
        ("views", config["views"]),
        ("datasets", config["datasets"]),
        ("latent.settings", config["latent"]["settings"]),
        ("denoising.others", denoising["others"]),
        ("denoising.bench.sets", denoising["bench"]["sets"]),
    ):
        _check_different(where, names)
    for name in config["views"]:
        if name.lower() in TAKEN:
            raise ConfigError(f"config: views.{name}: the run has a folder of that name; expected another name")
    _check_benches(denoising["bench"]["noises"])


def _check_different(where: str, names: Iterable[str]) -> None:
    """On some file systems files whose names differ in case alone are one."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise ConfigError(
                f"config: {where}.{name}: differs from {other!r} in capital letters alone, and they may be one file; "
                "expected another name"
            )


def _check_benches(noises: Iterable[Mapping[str, Any]]) -> None:
    seen: dict[str, int] = {}
    for place, noise in enumerate(noises):
        name = f"{noise['noise']}-{noise['level']:g}"
        if name in seen:
            raise ConfigError(
                f"config: denoising.bench.noises.{place}: {name} stands at {seen[name]} already; expected levels that "
                "differ in six digits"
            )
        seen[name] = place
