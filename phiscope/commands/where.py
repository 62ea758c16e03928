"""Print the path of the Snakefile: the Snakefile to hand to snakemake -s.

snakemake -s "$(phiscope where)" --cores 2
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from phiscope.workflow.places import project


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line; raises ConfigError where no Snakefile came with the package."""
    parser = argparse.ArgumentParser(prog="phiscope where", description=(__doc__ or "").partition("\n")[0])
    parser.parse_args(arguments)
    print(project() / "Snakefile")
