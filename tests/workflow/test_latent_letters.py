"""Latent space of a data set like EMNIST letters, by configuration alone: IDX, labels from 1, images not square."""

import struct

import numpy as np
import pytest
import yaml
from sklearn.datasets import load_digits

from phiscope import tables
from phiscope.experiments.latent import bases
from tests.workflow.project import Project, copied

pytestmark = [pytest.mark.long, pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

LABELS, DIMENSION = 7, 10  # label 0 is never used, so the generator never makes it; 10 is no multiple of 7 or 6
SMALL = {
    "run": "tiny",
    "dataset": {"reader": "idx", "options": {"prefix": "letters-", "transpose": True, "classes": list(range(7))}},
    "classifier": {"arguments": {"classes": LABELS, "widths": [8, 16]}, "training": {"epochs": 6, "batch_size": 20}},
    "latent": {
        "enabled": True,
        "dimension": DIMENSION,
        "width": 4,
        "gan": {"epochs": 4, "batch_size": 20},
        "encoder": {"epochs": 3, "batch_size": 20},
        "settings": {"published": None},
        "set_size": 10,
        "trials": 2,
    },
    "statistics": {"resamples": 100},
}
TABLES = ["tables/latent.parquet", "tables/spectra.parquet"]
FIGURES = ["batches", "sets", "axes", "rotation", "way", "metric", "basis"]
TARGETS = [f"results/tiny/{name}" for name in (*TABLES, *(f"figures/latent_{name}.png" for name in FIGURES))]


def write_idx(path, array: np.ndarray) -> None:
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


@pytest.fixture(scope="module")
def finished(root, tmp_path_factory) -> Project:
    project = copied(root, tmp_path_factory.mktemp("letters"))
    digits = load_digits()
    few = np.flatnonzero(digits.target < LABELS - 1)
    images = np.pad(digits.images[few] * 15, ((0, 0), (0, 1), (1, 2)))  # 9 by 11
    for split, part in (("train", slice(0, 260)), ("test", slice(260, 330))):
        write_idx(project.folder / f"letters-{split}-images-idx3-ubyte", images[part].transpose(0, 2, 1))
        write_idx(project.folder / f"letters-{split}-labels-idx1-ubyte", digits.target[few][part] + 1)
    preset = SMALL | {"dataset": SMALL["dataset"] | {"path": str(project.folder)}}
    (project.folder / "presets/tiny.yaml").write_text(yaml.safe_dump(preset))
    done = project.snakemake("--", *TARGETS)
    assert done.returncode == 0, done.stderr[-4000:]
    return project


def test_every_label_that_is_made_has_an_axis_and_the_one_that_is_not_is_named(finished):
    made = bases.load(finished.results / "latent/faithful-0/bases.safetensors")
    assert 0 in made.lost
    for name in bases.BASES:
        assert made[name].dimension == DIMENSION
        assert made[name].orthogonality < 1e-10
        assert set(made[name].labels[made[name].sets == 1]) == set(range(LABELS)) - set(made.lost)
    log = (finished.results / "logs/encode_faithful_0.log").read_text()
    for label in made.lost:
        assert f"label {label}: no training image is encoded and decoded as it; it has no axis" in log
    numbers = tables.read(finished.results / "statistics/latent_basis.parquet")
    short = numbers[(numbers["quantity"] == "short") & (numbers["kind"] == "set 1") & (numbers["value"] == 0)]
    assert sorted(short["x"].astype(int)) == made.lost


def test_every_sample_is_read_along_its_axes(finished):
    spectra = tables.read(finished.results / "tables/spectra.parquet")
    assert set(spectra["label"]) == set(range(1, LABELS))
    assert np.stack(spectra["amplitude"].to_numpy()).shape[1] == DIMENSION
    latent = tables.read(finished.results / "tables/latent.parquet")
    shares = latent[~latent["measure"].str.startswith(("squared_error", "lsd_less_classifier"))]
    assert shares["value"].between(0, 1).all()
    assert (latent["n"] == 70).all()
