"""A run on encoded images at 224 pixels: what each of its jobs needs of memory, by the number of images.

Decoded, 50,000 of them are 7.5 GB in 8 bits and 30 GB in float32. Jobs read them by their index, in chunks, so that no
peak should grow with the number.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from safetensors.torch import save_file

from benchmarks import textures
from benchmarks.startup import ROOT, costs_of
from phiscope.errors import DataError

COUNTS = (2_000, 50_000)
QUICK = (200, 400)
_NONE = ("hull-pixel", "pgd-first", "pgd-full", "denoise", "lsd", "lsd-pgd", "rotate")


def measure(counts: tuple[int, ...], folder: Path) -> Iterator[dict]:
    """One row for each number of images and each rule: jobs, processor seconds, peak of the largest.

    Images and runs lie in `folder`, and what is there is used again.
    """
    for count in counts:
        images = folder / str(count) / "images"
        textures.write_images(images, count)
        run, others = _run(images, folder / str(count))
        costs, _ = costs_of(run / "logs")
        for rule, jobs in sorted(costs.items(), key=lambda item: -max(job.peak_mb for job in item[1])):
            yield {
                "images": count,
                "rule": rule,
                "jobs": len(jobs),
                "processor_s": sum(job.processor_s for job in jobs),
                "peak_mb": max(job.peak_mb for job in jobs),
            }
        yield {"images": count, "rule": "largest process", "jobs": 1, "processor_s": others[0], "peak_mb": others[1]}


def configuration(images: Path, weights: Path) -> dict:
    """A run from the images to the report: features, margins, hulls, one noise, DeepFool of a few, no searches."""
    return {
        "run": "encoded",
        "dataset": {"path": str(images)},
        "classifier": {
            "factory": "benchmarks.textures:network",
            "normalise": "none",
            "weights": {"path": str(weights)},
        },
        "views": {
            "original": {"kind": "original", "spaces": ["feature"]},
            "deepfool": {"kind": "deepfool", "samples": 50},
        }
        | dict.fromkeys(_NONE),
        "inversions": {"samples": 0, "closest": {"samples": 0}},
    }


def _run(images: Path, folder: Path) -> tuple[Path, tuple[float, float]]:
    """Its results, and processor seconds and peak (MB) of the largest process below this one."""
    weights, config = folder / "network.safetensors", folder / "encoded.yaml"
    save_file(textures.fitted_network(images).state_dict(), weights)
    config.write_text(yaml.safe_dump(configuration(images, weights)))
    command = [sys.executable, "-m", "snakemake", "-s", ROOT / "Snakefile", "--cores", "1"]
    done = subprocess.run(
        [*command, "--configfile", config, "--directory", folder],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise DataError(f"the run of {config} failed:\n{(done.stdout + done.stderr)[-4000:]}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return folder / "results" / "encoded", (used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6)
