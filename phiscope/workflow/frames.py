"""How scripts leave frames of statistics behind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from phiscope import tables
from phiscope.workflow.provenance import provenance


def write_frames(
    frames: Mapping[str, pd.DataFrame], paths: Mapping[str, str | Path], config: Mapping[str, Any]
) -> None:
    """Write each frame to the path of its name, a rule's named output, with what the run says of itself."""
    metadata = provenance(config)
    for name, frame in frames.items():
        tables.write_frame(frame, paths[name], metadata)
