"""A run of few jobs, whose classes, files and title have names that a page must not take for markup."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import yaml
from PIL import Image

RAN = "document.title='it ran'"  # what a script in a name would do
CLASSES = [
    f"</script><script>{RAN}</script>",
    f"<img src=x onerror=\"{RAN}\"> 'quoted' & {{{{7*7}}}} ${{7*7}} $x_1$",
    "ant\u202egnp.exe",  # what follows is shown from right to left
    "נמלה 12",
]
TITLE = f'"><svg onload="{RAN}"> & \u202etitle \'a\' `b` </title><script>{RAN}</script>'
_SIDE = 6


def write(folder: Path) -> Path:
    """Images, a table of them and a configuration `small.yaml` in the folder; gives the configuration."""
    random = np.random.default_rng(0)
    (folder / "images").mkdir(parents=True)
    rows = []
    for split, count in (("train", 60), ("test", 24)):
        for number in range(count):
            label = number % len(CLASSES)
            pixels = random.integers(0, 120, (_SIDE, _SIDE)).astype(np.uint8)
            pixels[label, :] = 255
            name = f"<img src=x onerror={RAN}>\u202e&'{split}{number}.png"
            Image.fromarray(pixels).save(folder / "images" / name)
            rows.append({"file": name, "label": CLASSES[label], "split": split})
    with (folder / "table.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump(configuration(folder), allow_unicode=True), encoding="utf-8")
    return path


def configuration(folder: Path) -> dict:
    return {
        "run": "small",
        "dataset": {"path": str(folder / "table.csv"), "options": {"folder": str(folder / "images")}},
        "classifier": {
            "factory": "phiscope.models.classifier:small_resnet",
            "arguments": {"channels": 1, "classes": len(CLASSES), "widths": [4, 8]},
            "training": {"epochs": 2, "batch_size": 15},
        },
        "views": {
            "noise": {"samples": 10},
            "pgd-first": {"epsilon": 0.2, "steps": 5, "samples": 10},
            "hull-pixel": None,
            "deepfool": None,
            "pgd-full": None,
        },
        "inversions": {"samples": 0},
        "statistics": {"resamples": 100},
        "report": {"title": TITLE, "samples": [1, 2]},
    }
