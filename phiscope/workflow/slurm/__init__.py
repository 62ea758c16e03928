"""Runs whose jobs SLURM starts: what is missing is said in one line before any job is submitted."""

from phiscope.workflow.slurm.preflight import prepare

__all__ = ["prepare"]
