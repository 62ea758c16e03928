"""The same labelled images in the formats of several readers, so that one table of cases is asked of each."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image


def pictures(count: int, shape=(6, 5, 3), seed: int = 0) -> np.ndarray:
    """Noise from black to white, a different one for every seed."""
    images = np.random.default_rng(seed).integers(0, 256, (count, *shape), dtype=np.uint8)
    images[:, 0, 0] = 255
    return images


def encoded(image: np.ndarray, form: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, form, **options)
    return buffer.getvalue()


def folder(path: Path, splits: dict) -> Path:
    for split, (images, labels) in splits.items():
        for k, (image, label) in enumerate(zip(images, labels)):
            file = path / split / str(label) / f"{k:03d}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(image if isinstance(image, bytes) else encoded(image))
    return path


def parquet(path: Path, splits: dict, names: list | None = None) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    features = {"label": {"names": names, "_type": "ClassLabel"}}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})} if names else None
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    for split, (images, labels) in splits.items():
        rows = [{"bytes": image if isinstance(image, bytes) else encoded(image), "path": None} for image in images]
        table = pa.table(
            {"image": pa.array(rows, kind), "label": labels if isinstance(labels, pa.Array) else list(labels)}
        )
        pq.write_table(table.replace_schema_metadata(metadata), path / f"{split}.parquet")
    return path


def npz(path: Path, splits: dict) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    arrays = {f"{split}_images": np.array(images) for split, (images, _) in splits.items()}
    arrays |= {f"{split}_labels": np.array(labels) for split, (_, labels) in splits.items()}
    np.savez(path / "data.npz", **arrays)
    return path / "data.npz"


def table(path: Path, splits: dict) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    rows = [["file", "label", "split"]]
    for split, (images, labels) in splits.items():
        for k, (image, label) in enumerate(zip(images, labels)):
            (path / f"{split}-{k}.png").write_bytes(image if isinstance(image, bytes) else encoded(image))
            rows.append([f"{split}-{k}.png", str(label), split])
    with (path / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path / "labels.csv"


WRITERS = {"folder": folder, "parquet": parquet, "npz": npz, "csv": table}
FILES = {name: WRITERS[name] for name in ("folder", "parquet", "csv")}  # which hold encoded images
