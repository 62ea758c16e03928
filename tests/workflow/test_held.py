"""Hulls in pixel space beside the memory of the machine, before anything is computed."""

import pytest

from phiscope.errors import ConfigError
from phiscope.workflow.configuration import resolve
from phiscope.workflow.plan import Plan, held

SHAPE = (3, 224, 224)


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    monkeypatch.setattr(held, "memory", lambda: 24e9)
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)


def planned(**changes):
    return Plan.of(resolve([{"dataset": {"path": "digits"}, **changes}], name="run"))


def test_a_hull_that_does_not_fit_is_refused_with_what_would():
    with pytest.raises(ConfigError, match="spaces: a hull in pixel space holds all 45,000") as refused:
        held.require_held(planned(), 45_000, SHAPE)
    assert "33.9 GB, and this machine has 24.0; expected [feature], or dataset.limit.train of at most 31,887" in str(
        refused.value
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"dataset": {"path": "digits", "limit": {"train": 31_887}}},
        {"views": {"original": {"spaces": ["feature"]}, "hull-pixel": None}},
    ],
)
def test_what_fits_and_what_needs_none(changes):
    held.require_held(planned(**changes), 45_000, SHAPE)


def test_slurm_finds_a_node(monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "1")
    held.require_held(planned(), 45_000, SHAPE)
