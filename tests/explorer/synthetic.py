"""The tables of a run that nobody ran: as many samples as one likes, with numbers that fit together.

python -m tests.explorer.synthetic FOLDER SAMPLES
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from phiscope import tables
from phiscope.datasets.prepared import open_prepared, save_arrays
from phiscope.exhibits.run import Run
from phiscope.explorer import page
from phiscope.explorer.gather import gather
from phiscope.explorer.pictures import arrays_of
from phiscope.explorer.thumbnails import PER_SHEET, sheets_of
from phiscope.files import write_arrays

CLASSES = 10
SUPPORT = 4
TRAINING = 1024
SIDE = 32
_SHEETS = 4  # of different thumbnails; more samples show these again


def make(folder: Path, count: int, *, pictures: bool = True, seed: int = 0) -> Run:
    """Write the tables below `folder`, and open them as a run."""
    random = np.random.default_rng(seed)
    samples = _samples(random, count)
    written = {
        "features": _features(random, samples),
        "margins": _margins(random, samples),
        "hulls": _hulls(random, samples),
        "balls": _balls(random, samples),
    }
    for name, columns in written.items():
        tables.write(columns, name, folder / f"{name}.parquet", {})
    _write_samples(folder, samples)
    _write_prepared(random, folder)
    if pictures:
        write_arrays(arrays_of(_thumbnails(random, samples)), folder / "thumbnails.safetensors")
    return opened(folder, samples, written["hulls"], pictures=pictures)


def opened(folder: Path, samples: pd.DataFrame, hulls: dict[str, Any], *, pictures: bool) -> Run:
    """What the workflow opens of a run, of these files."""
    from safetensors.numpy import load_file

    labels = np.arange(TRAINING) % CLASSES
    index = np.array(hulls["support_index"])
    same = labels[index] == samples["label"].to_numpy()[:, None]
    support = pd.DataFrame({key: samples[key] for key in ("view", "sample")}).assign(
        space="feature", same_weight=(same * np.array(hulls["support_weight"])).sum(axis=1)
    )
    artifacts: dict[str, Any] = {
        "located": {"original": tables.LocatedSamples(folder / "features.parquet")},
        "support": support,
        "duplicates": pd.DataFrame({"sample": [3], "train_sample": [5], "kind": ["exact"], "pixel_rms": [0.0]}),
        "thumbnails": load_file(folder / "thumbnails.safetensors") if pictures else None,
    }
    artifacts |= {name: tables.read(folder / f"{name}.parquet") for name in ("margins", "hulls", "balls", "samples")}
    artifacts |= {f"{split}_images": open_prepared(folder / f"{split}.safetensors") for split in ("test", "training")}
    views = {"original": {"kind": "original"}}
    context = {"title": "Synthetic", "only": None, "setting": None, "views": views, "origins": {"original": "original"}}
    return Run(artifacts.get, context)


def _samples(random: np.random.Generator, count: int) -> pd.DataFrame:
    label = random.integers(0, CLASSES, count)
    predicted = np.where(random.random(count) < 0.93, label, random.integers(0, CLASSES, count))
    frame = {"view": "original", "split": "test", "sample": np.arange(count), "label": label, "predicted": predicted}
    return pd.DataFrame(frame)


def _who(samples: pd.DataFrame) -> dict[str, Any]:
    return {name: samples[name].to_numpy() for name in tables.SAMPLE_COLUMNS}


def _features(random: np.random.Generator, samples: pd.DataFrame) -> dict[str, Any]:
    logits = random.normal(size=(len(samples), CLASSES))
    logits[np.arange(len(samples)), samples["predicted"]] = logits.max(axis=1) + random.gamma(2, 1, len(samples))
    return _who(samples) | {
        "margin": random.gamma(2, 1.1, len(samples)),
        "closest_class": (samples["predicted"].to_numpy() + 1) % CLASSES,
        "margin_noise": random.random(len(samples)) * 1e-6,
        "noise": random.random(len(samples)) * 1e-6,
        "features": np.zeros((len(samples), 1), np.float32),
        "logits": logits,
    }


def _margins(random: np.random.Generator, samples: pd.DataFrame) -> dict[str, Any]:
    rows = len(samples) * (CLASSES - 1)
    columns = {name: np.repeat(values, CLASSES - 1) for name, values in _who(samples).items()}
    other = (columns["predicted"] + 1 + np.tile(np.arange(CLASSES - 1), len(samples))) % CLASSES
    small = {name: random.random(rows) * 1e-12 for name in ("noise", "primal_residual", "dual_residual", "duality_gap")}
    margin = random.gamma(4, 1, rows)
    rank = margin.reshape(len(samples), -1).argsort(1).argsort(1).reshape(-1) + 1
    proof = {"classes_solved": np.full(rows, CLASSES - 1), "others_at_least": np.full(rows, np.inf)}
    return columns | small | proof | {"other_class": other, "rank": rank, "margin": margin, "status": ["solved"] * rows}


def _hulls(random: np.random.Generator, samples: pd.DataFrame) -> dict[str, Any]:
    count = len(samples)
    distance = random.gamma(3, 0.6, count)
    weights = random.dirichlet(np.ones(SUPPORT), count)
    return _who(samples) | {
        "space": ["feature"] * count,
        "distance": distance,
        "distance_lower": distance * (1 - 1e-6),
        "noise": np.full(count, 1e-6),
        "position": ["outside"] * count,
        "support_size": np.full(count, SUPPORT),
        "support_index": list(random.integers(0, TRAINING, (count, SUPPORT))),
        "support_weight": list(-np.sort(-weights, axis=1)),
        "duality_gap": random.random(count) * 1e-9,
        "hull_radius": np.full(count, 9.0),
        "rounds": random.integers(2, 9, count),
        "status": ["converged"] * count,
        "projected_class": samples["predicted"].to_numpy(),
    }


def _balls(random: np.random.Generator, samples: pd.DataFrame) -> dict[str, Any]:
    count = len(samples)
    counts = {name: random.poisson(2, count) for name in ("train_inside", "test_inside", "on_surface")}
    flags = {name: random.random(count) < 0.4 for name in ("in_train_union", "on_union_surface")}
    numbers = {"radius": random.gamma(2, 1.1, count), "noise": np.full(count, 1e-6)}
    return _who(samples) | counts | flags | numbers | {"closest_class": np.zeros(count, int)}


def _write_samples(folder: Path, samples: pd.DataFrame) -> None:
    """With columns of the user's own: a number, a category, and file names that look like tags and formulas."""
    count, total = len(samples), len(samples) + TRAINING
    label = np.concatenate([samples["label"], np.arange(TRAINING) % CLASSES])
    columns = {
        "dataset": [None] * total,
        "split": ["test"] * count + ["train"] * TRAINING,
        "sample": np.concatenate([np.arange(count), np.arange(TRAINING)]),
        "place": np.concatenate([np.arange(count), np.arange(TRAINING)]),
        "label": label,
        "class": [f"class {each}" for each in label],
        "file": [f'{each:06d}/</script><b>, "{each}".png' for each in range(count)]
        + [f"train/{k}.png" for k in range(TRAINING)],
    }
    own = {"exposure": np.linspace(0, 1, total), "camera": np.array(["A", "B", "=C"])[np.arange(total) % 3]}
    tables.write(columns, "samples", folder / "samples.parquet", {}, pa.table(own))


def _write_prepared(random: np.random.Generator, folder: Path) -> None:
    """Training images; of test images, which the page shows as thumbnails, classes and shape."""
    names = [f"class {k}" for k in range(CLASSES)]
    for split, held in (("test", 2), ("training", TRAINING)):
        images = np.rint(255 * _images(random, held)).astype(np.uint8)
        save_arrays(images, np.arange(held) % CLASSES, np.arange(held), names, folder / f"{split}.safetensors")


def _thumbnails(random: np.random.Generator, samples: pd.DataFrame) -> dict[str, Any]:
    """Coloured gradients: about as many bytes as photographs of this size."""
    own = sheets_of(np.arange(_SHEETS * PER_SHEET), [_images(random, _SHEETS * PER_SHEET)])
    assert own
    times = -(-len(samples) // PER_SHEET)
    sheets = [own.sheets[k % _SHEETS] for k in range(times)]
    last = len(samples) - (times - 1) * PER_SHEET
    sheets[-1:] = sheets_of(np.arange(last), [_images(random, last)]).sheets  # type: ignore[union-attr]
    sizes = (own.width, own.height, own.cell_width, own.cell_height, own.original_width, own.original_height)
    test = type(own)(np.arange(len(samples)), sheets, *sizes)
    return {"original": test}


def _images(random: np.random.Generator, count: int) -> NDArray[np.float32]:
    small = random.random((count, 3, 8, 8)).astype(np.float32)
    return small.repeat(SIDE // 8, axis=2).repeat(SIDE // 8, axis=3)


if __name__ == "__main__":
    target, wanted = Path(sys.argv[1]), int(sys.argv[2])
    page.write(gather(make(target / "tables", wanted)), target / "explorer/index.html")
    print(target / "explorer/index.html")
