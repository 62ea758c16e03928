"""A run on encoded images at 224 pixels: what each of its jobs needs of memory, by the number of images.

Decoded, 50,000 of them are 7.5 GB in 8 bits and 30 GB in float32. Jobs read them by their index, in chunks, so that no
peak should grow with the number.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from safetensors.torch import save_file

from benchmarks import runs, textures

COUNTS = (2_000, 50_000)
QUICK = (200, 400)
_NONE = ("hull-pixel", "pgd-first", "pgd-full", "denoise", "lsd", "lsd-pgd", "rotate")


def measure(counts: tuple[int, ...], folder: Path) -> Iterator[dict]:
    """Rows of `runs.measured` for each number of images. Images and runs lie in `folder`, and what is there is used
    again."""
    for count in counts:
        images, weights = folder / str(count) / "images", folder / str(count) / "network.safetensors"
        textures.write_images(images, count)
        save_file(textures.fitted_network(images).state_dict(), weights)
        rows = runs.measured(configuration(images, weights), folder / str(count))
        yield from ({"images": count} | row for row in rows)


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
