"""Latent space through the workflow on a few digits: tables and figures that belong together."""

import numpy as np
import pytest
import yaml

from phiscope import tables
from phiscope.experiments.latent import bases
from phiscope.latent.spectral import classify
from tests.workflow.project import Project, copied

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

SMALL = {
    "run": "tiny",
    "dataset": {"path": "digits", "limit": {"train": 200, "test": 60}},
    "classifier": {"arguments": {"widths": [8, 16]}, "training": {"epochs": 3, "batch_size": 20}},
    "latent": {
        "enabled": True,
        "dimension": 14,  # no multiple of ten labels
        "width": 4,
        "gan": {"epochs": 3, "batch_size": 20},
        "encoder": {"epochs": 2, "batch_size": 20, "learning_rate": 1e-3},
        "settings": {"faithful": None},
        "set_size": 10,
        "trials": 2,
    },
    "statistics": {"resamples": 100},
}
RESULTS = "results/tiny"
TARGETS = [
    f"{RESULTS}/{name}" for name in ("tables/latent.parquet", "tables/spectra.parquet", "figures/latent_way.png")
]


@pytest.fixture(scope="module")
def finished(root, tmp_path_factory) -> Project:
    project = copied(root, tmp_path_factory.mktemp("latent"))
    (project.folder / "presets/tiny.yaml").write_text(yaml.safe_dump(SMALL))
    done = project.snakemake("--", *TARGETS)
    assert done.returncode == 0, done.stderr[-4000:]
    return project


def test_every_number_has_its_interval_and_is_a_share_or_an_error(finished):
    latent = tables.read(finished.results / "tables/latent.parquet")
    assert set(latent["setting"]) == {"published"}
    assert not latent.duplicated(["setting", "measure", "encoding", "basis", "axes", "sign", "k"]).any()
    shares = latent[~latent["measure"].str.startswith(("squared_error", "lsd_less_classifier"))]
    assert shares["value"].between(0, 1).all()
    paired = latent.loc[latent["measure"] == "lsd_less_classifier", "value"].item()
    four = latent[(latent["k"] == 4) & (latent["basis"] == "gram-schmidt") & (latent["encoding"] == "sampled")]
    four = four.loc[(four["measure"] == "lsd") & (four["axes"] == "all"), "value"].item()
    assert paired == pytest.approx(four - latent.loc[latent["measure"] == "classifier", "value"].item())
    assert (latent["ci_low"] <= latent["value"] + 1e-12).all()
    assert (latent["value"] <= latent["ci_high"] + 1e-12).all()
    assert {"classifier", "encode_decode", "lda", "logistic", "lsd", "nearest_mean", "pca"} <= set(latent["measure"])


def test_spectra_agree_with_the_bases_and_with_the_table(finished):
    spectra = tables.read(finished.results / "tables/spectra.parquet")
    made = bases.load(finished.results / "latent/published-0/bases.safetensors")
    assert spectra.groupby(["basis", "trial"]).size().to_dict() == {
        (name, trial): 60 for name in ("gram-schmidt", "lowdin") for trial in (-1, 0)
    }
    rows = spectra[(spectra["basis"] == "gram-schmidt") & (spectra["trial"] == -1)]
    amplitudes = np.stack(rows["amplitude"].to_numpy())
    assert amplitudes.shape == (60, 14)
    np.testing.assert_array_equal(classify(amplitudes, made["gram-schmidt"]), rows["predicted"])
    latent = tables.read(finished.results / "tables/latent.parquet")
    for key, value in {"measure": "lsd", "encoding": "mean", "basis": "gram-schmidt", "axes": "all", "k": 1}.items():
        latent = latent[latent[key] == value]
    assert latent["value"].item() == pytest.approx((rows["rank_of_label"] == 1).mean())


def test_trainings_leave_curves_and_samples(finished):
    models = finished.results / "models"
    for name, epochs in (("generator", 3), ("encoder-published-0", 2)):
        assert len((models / f"{name}.log.csv").read_text().splitlines()) == epochs + 1
        assert len(list((models / f"{name}.samples").glob("*.png"))) == epochs


def test_a_second_run_does_nothing(finished):
    assert finished.planned("--", *TARGETS) == {}
