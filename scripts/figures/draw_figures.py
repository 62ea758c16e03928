"""Draw the figures about distances, attacks and detection, as svg and as png."""

from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.numpy import load_file

from phiscope import tables
from phiscope.datasets import ImagesBySample, open_prepared
from phiscope.errors import ConfigError
from phiscope.exhibits import samples
from phiscope.head import Head
from phiscope.workflow.drawing import draw
from phiscope.workflow.job import job


class Run:
    """The tables of the run, opened once; main_views: those that figures with a panel per view show."""

    def __init__(self, inputs, main_views: list[str], attacked: dict[str, str]) -> None:
        self.inputs, self.head, self.exhibits = inputs, Head.load(inputs.head), attacked
        self.test, self.train = (ImagesBySample(open_prepared(p)) for p in (inputs.test_images, inputs.train_images))
        self.classes, self.main_views = self.test.prepared.classes, main_views
        self.hulls = tables.read(inputs.hulls)
        self.features = tables.read(inputs.test, [*tables.SAMPLE_COLUMNS, "margin"])
        self.vectors = tables.matrix(inputs.test, "features").astype(np.float64)

    def frame(self, name: str) -> pd.DataFrame:
        return tables.read(self.inputs[name])

    def main(self, name: str) -> pd.DataFrame:
        """The rows of the main views."""
        found = self.frame(name)
        return found[found["view"].isin(self.main_views)]

    def original(self, name: str) -> pd.DataFrame:
        """The rows of the test samples as they are."""
        found = self.frame(name)
        return found[(found["view"] == "original") & (found["split"] == "test")]

    def sample(self, number: int) -> samples.Sample:
        """One test sample with its projections, put together from their supports."""
        places = np.flatnonzero(self.features["sample"] == number)
        if not len(places):
            raise ConfigError(
                f"config: report.samples: test sample {number} is not among the {len(self.features)} of this run; "
                "choose another, or raise dataset.limit.test"
            )
        place = int(places[0])
        rows = self.hulls[(self.hulls["view"] == "original") & (self.hulls["sample"] == number)]
        hulls = {row["space"]: row for _, row in rows.iterrows()}
        vertices = {"feature": self._training_features, "pixel": self._training_pixels}
        projections = {
            space: row["support_weight"] @ np.stack([vertices[space](index) for index in row["support_index"]])
            for space, row in hulls.items()
        }
        return samples.Sample(self.features.iloc[place], self.vectors[place], hulls, projections)

    def attacked(self, number: int) -> list[dict]:
        """The attacks on one test sample, before and after."""
        images = {view: _images_by_number(path) for view, path in self.exhibits.items()}
        return samples.attacked_page(
            number, images, self.frame("standing"), self.frame("attacks"), self.test, self.classes
        )

    def _training_features(self, number: int) -> np.ndarray:
        numbers = tables.read(self.inputs.train, ["sample"])["sample"].to_numpy()
        return tables.matrix(self.inputs.train, "features")[np.searchsorted(numbers, number)].astype(np.float64)

    def _training_pixels(self, number: int) -> np.ndarray:
        return self.train[number].astype(np.float64).ravel()


def _images_by_number(path: str) -> dict[int, np.ndarray]:
    picked = load_file(path)
    return dict(zip(picked["samples"].tolist(), picked["images"]))


def attack_plane(standing: pd.DataFrame, attacks: pd.DataFrame) -> pd.DataFrame:
    """The genuine samples and those that were attacked, with what came of it."""
    found = standing.merge(attacks[["view", "sample", "success"]], on=["view", "sample"], how="left")
    return found[found["success"].notna() | (found["view"] == "original")]


def slice_of(run: Run, number: int) -> dict:
    grid, points = samples.slice_frames(run.sample(number), run.head, run.classes)
    return {"grid": grid, "points": points}


# What a figure is drawn from: of one sample, where its name says which, or of the whole run.
OF_A_SAMPLE = {
    "sample": lambda run, number: {
        "page": samples.page(run.sample(number), run.head, run.test, run.train, run.classes)
    },
    "adversarial": lambda run, number: {"exhibits": run.attacked(number)},
    "slice": slice_of,
}
OF_THE_RUN = {
    "training": lambda run: {"log": pd.read_csv(run.inputs.log)},
    "distances": lambda run: {"standing": run.main("standing")},
    "distances_by_view": lambda run: {"standing": run.frame("standing")},
    "plane": lambda run: {"standing": run.main("standing")},
    "ambiguity": lambda run: {"gallery": samples.gallery(run.original("standing"), run.test, run.classes)},
    "accuracy": lambda run: {"projection_accuracy": run.main("accuracy"), "classes": len(run.classes)},
    "support": lambda run: {"support_shares": run.main("support")},
    "balls": lambda run: {"balls": run.main("balls")},
    "class_margins": lambda run: {"margins": run.original("margins"), "classes": run.classes},
    "human": lambda run: {
        "standing": run.original("standing").merge(run.frame("entropy"), on="sample"),
        "agreement": run.frame("agreement"),
    },
    "roc": lambda run: {"roc_curves": run.frame("roc_curves"), "detection": run.frame("detection")},
    "detection_by_confidence": lambda run: {"by_confidence": run.frame("by_confidence")},
    "attack_plane": lambda run: {"standing": attack_plane(run.frame("standing"), run.frame("attacks"))},
    "comparison": lambda run: {"paper_comparison": run.frame("comparison")},
}


def frames_of(run: Run, name: str, slice_sample: int | None) -> dict:
    """What the figure of that name is drawn from; slice_sample: the one whose plane is drawn."""
    kind, _, number = name.partition("-")
    if kind in OF_A_SAMPLE:
        return OF_A_SAMPLE[kind](run, int(number) if number else slice_sample)
    return OF_THE_RUN[kind](run)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        parameters = snakemake.params
        run = Run(snakemake.input, parameters.main_views, parameters.exhibits)
        for name in parameters.names:
            draw(name, frames_of(run, name, parameters.slice_sample), Path(snakemake.output[0]).parent)
