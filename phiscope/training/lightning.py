"""Lightning, imported without the optional packages of its metrics.

Lightning needs one class of torchmetrics. Importing that also imports scipy.signal, to add a name that scipy gave up,
and matplotlib.pyplot, to plot metrics, wherever the two are installed: 0.9 of the 1.0 s of processor time that
Lightning takes beside torch and its compiler. No training here plots a metric, and torchmetrics has no switch, so it is
imported as if they were absent, which it allows for; so are two packages that it imports too: transformers needs scipy.
All can be imported as ever afterwards. Where some other package that torchmetrics looks for needs one of them, nothing
is hidden.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError
from types import ModuleType
from typing import cast

from lightning_utilities.core import imports as requirements

_OPTIONAL = ("scipy", "matplotlib", "transformers", "torchvision")


@contextmanager
def _without(packages: tuple[str, ...]) -> Iterator[None]:
    """Let these packages look absent to importlib, and to how Lightning and torchmetrics ask for versions."""
    # None in sys.modules is importlib's own way of saying that a module cannot be imported.
    modules = cast(dict[str, ModuleType | None], sys.modules)
    loaded = {name: modules.get(name) for name in packages}
    asked = requirements._version

    def version(distribution_name: str) -> str:
        if distribution_name in packages:
            raise PackageNotFoundError(distribution_name)
        return asked(distribution_name)

    requirements._version = version
    modules.update(dict.fromkeys(packages))
    try:
        yield
    finally:
        requirements._version = asked
        for name, module in loaded.items():
            if module is None:
                del modules[name]
            else:
                modules[name] = module


try:
    with _without(_OPTIONAL):
        import torchmetrics
except ImportError:
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchmetrics"]:
        del sys.modules[name]  # what was half imported
    import torchmetrics  # noqa: F401

import pytorch_lightning as lightning  # noqa: E402

__all__ = ["lightning"]
