#!/usr/bin/env bash
# Runs in the folder of the checkout, once the conda environment is there.
set -euo pipefail
pip install hatchling==1.33.0 editables==0.6
pip install --no-deps --no-build-isolation -e .
