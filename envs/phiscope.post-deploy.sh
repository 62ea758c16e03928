#!/usr/bin/env bash
# Runs in the folder of the checkout, once the conda environment is there.
set -euo pipefail
pip install --no-deps setuptools
pip install --no-deps --no-build-isolation -e .
