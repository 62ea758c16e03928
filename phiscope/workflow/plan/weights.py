"""Files of weights that a run loads: what tells one from another in its place."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phiscope.factories import content_of_file


def content_of_weights(weights: Mapping[str, Any] | str | None, kept: str) -> str | None:
    """A fingerprint of the file or folder that `weights` names; where it is gone, what it was when it was loaded.

    weights: as the configuration gives them; None for what is trained here or has its weights of the factory. kept:
    the network that a run has made of it, whose description says what it was made of.
    """
    if not isinstance(weights, Mapping):
        return None
    path = Path(os.path.expandvars(weights["path"])).expanduser()
    if path.is_file() or path.is_dir():  # what is neither is refused by who reads it: a named pipe is never read here
        return content_of_file(path)
    description = Path(kept).with_suffix(".json")
    return json.loads(description.read_text()).get("content_of_weights") if description.is_file() else None
