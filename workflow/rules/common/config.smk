# The checked configuration, names of files, and what a rule rests on.

import os
import sys
from functools import cache
from pathlib import Path

from phiscope import figures
from phiscope.datasets import open_prepared
from phiscope.errors import PhiscopeError
from phiscope.experiments.implicit import images as redraw
from phiscope.views import DATASET, VIEWS, attacks
from phiscope.views import needs_of as wanted
from phiscope.workflow import chunks, code
from phiscope.workflow.config import check, enabled, present

ROOT = Path(workflow.basedir)

try:
    check(config, ROOT / "workflow/schemas/config.schema.yaml")
except PhiscopeError as error:
    sys.exit(str(error))

config.update(enabled(config))

RESULTS = f"results/{config['run']}"
CLASSIFIER = f"{RESULTS}/models/classifier.safetensors"
HEAD = f"{RESULTS}/models/head.safetensors"
DENOISER = f"{RESULTS}/models/denoiser.safetensors"
TRAINING_FEATURES = f"{RESULTS}/features/original/train.parquet"


wildcard_constraints:
    view="[^/]+",
    split="train|test",
    chunk=chunks.PATTERN,


def rests_on(name, *modules):
    """Changes when a line changes, in the script or in the library, that the script rests on."""
    return code.fingerprint(ROOT / f"scripts/{name}.py", ROOT, *modules)


# Rules whose library spreads over cores by itself ask for these; Snakemake lowers them to --cores.
THREADS = 8
