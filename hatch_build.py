"""Puts the workflow into the package of a wheel, where `phiscope.workflow.places` finds it.

Not in pyproject.toml, since an editable install has it in the checkout and would get a copy that grows old.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PARTS = ("Snakefile", "config.yaml", "workflow", "scripts", "presets", "profiles", "envs")


class WorkflowInWheel(BuildHookInterface):
    """Hatchling calls `initialize` before it builds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"] |= {part: f"phiscope/share/{part}" for part in PARTS}
