"""Columns of every table, with their units and meaning: a module for each topic.

Names and columns are a contract with other people's notebooks: they change only with a line in CHANGELOG.md.
"""

from __future__ import annotations

import pyarrow as pa

from phiscope.tables.schemas import attacks, comparison, denoising, geometry, implicit, inversion, latent, samples
from phiscope.tables.schemas.fields import SAMPLE_COLUMNS as SAMPLE_COLUMNS
from phiscope.tables.schemas.fields import described_column as described_column

SCHEMAS: dict[str, pa.Schema] = {}
for _topic in (geometry, attacks, samples, inversion, denoising, implicit, latent, comparison):
    SCHEMAS |= _topic.SCHEMAS

# The order of rows of tables that are merged from chunks: what tells them apart.
SORT_KEYS: dict[str, tuple[str, ...]] = {
    "features": ("sample",),
    "margins": ("view", "split", "sample", "other_class"),
    "hulls": ("view", "space", "sample"),
    "processed_hulls": ("view", "sample"),
    "class_hulls": ("view", "sample", "hull_class"),
    "attacks": ("view", "sample"),
    "rounded": ("view", "sample"),
    "scores": ("view", "sample", "detector"),
    "inversions": ("view", "target", "sample", "radius"),
    "closest_images": ("view", "sample"),
    "denoising": ("dataset", "noise", "level", "method", "image"),
    "denoising_study": ("seed",),  # settings stay in their order
    "implicit": ("image", "model", "encoding", "pixels", "k", "seed"),
    "spectra": ("setting", "basis", "trial", "sample"),
}
