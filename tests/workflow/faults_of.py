"""Which files of a run would not be its own under other configurations; nothing is started.

python faults_of.py SNAKEFILE FILE[,FILE]... prints a JSON object for each list of configuration files: file -> fault.
"""

import json
import sys
from pathlib import Path

from snakemake.api import SnakemakeApi
from snakemake.settings.types import ConfigSettings, OutputSettings, ResourceSettings

from phiscope.workflow.stamps import fault, made


def faults_of(snakefile: Path, files: list[Path]) -> dict[str, str]:
    """Of the run in the current folder."""
    with SnakemakeApi(OutputSettings()) as api:
        opened = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(configfiles=files),
            snakefile=snakefile,
        )
        shared = opened._workflow.globals
        fingerprint_of, results = shared["FINGERPRINTS"], Path(shared["RESULTS"])
        return {str(path): why for path in made(results) if (why := fault(path, fingerprint_of(str(path))))}


for given in sys.argv[2:]:
    print(json.dumps(faults_of(Path(sys.argv[1]), [Path(file) for file in given.split(",")])))
