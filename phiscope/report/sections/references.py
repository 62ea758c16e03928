"""The texts that the page cites, in full."""

from __future__ import annotations

from collections.abc import Mapping

from phiscope.exhibits.run import Run
from phiscope.papers.references import REFERENCES, Reference

TITLE = "The texts"
NUMBERS = ()
NEEDS = ()
OPTIONAL = ()


def data(run: Run) -> Mapping[str, Reference]:
    """By the names the page cites them by; the same for every run."""
    return REFERENCES
