"""Draw every figure of the run, as svg and as png."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.numpy import load_file

from phiscope import exhibits, figures, tables
from phiscope.datasets import open_prepared
from phiscope.errors import ConfigError
from phiscope.head import Head
from phiscope.workflow.job import job


class Run:
    """The tables of the run, opened once."""

    def __init__(self, inputs, attacked: dict[str, str]) -> None:
        self.inputs, self.head, self.exhibits = inputs, Head.load(inputs.head), attacked
        self.test, self.train = (exhibits.Images(open_prepared(p)) for p in (inputs.test_images, inputs.train_images))
        self.classes = self.test.prepared.classes
        self.hulls = tables.read(inputs.hulls)
        self.features = tables.read(inputs.test, [*tables.SAMPLE_COLUMNS, "margin"])
        self.vectors = tables.matrix(inputs.test, "features").astype(np.float64)

    def frame(self, name: str) -> pd.DataFrame:
        return tables.read(self.inputs[name])

    def sample(self, number: int) -> exhibits.Sample:
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
        return exhibits.Sample(self.features.iloc[place], self.vectors[place], hulls, projections)

    def attacked(self, number: int) -> list[dict]:
        """The attacks on one test sample, before and after."""
        images = {view: _images_by_number(path) for view, path in self.exhibits.items()}
        return exhibits.attacked_page(
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


def frames_of(run: Run, name: str, slice_sample: int, main_views: list[str]) -> dict:
    """What the figure of that name is drawn from; main_views: those that figures with a panel per view show."""
    kind, _, number = name.partition("-")
    if kind == "sample":
        sample = run.sample(int(number))
        return {"page": exhibits.page(sample, run.head, run.test, run.train, run.classes)}
    if kind == "adversarial":
        return {"exhibits": run.attacked(int(number))}
    if kind == "slice":
        grid, points = exhibits.slice_frames(run.sample(slice_sample), run.head, run.classes)
        return {"grid": grid, "points": points}
    standing = run.frame("standing")
    main = partial(_main, views=main_views)
    original = standing[standing["view"] == "original"]
    if kind == "training":
        return {"log": pd.read_csv(run.inputs.log)}
    if kind == "ambiguity":
        return {"gallery": exhibits.gallery(original, run.test, run.classes)}
    if kind == "human":
        return {"standing": original.merge(run.frame("entropy"), on="sample"), "agreement": run.frame("agreement")}
    if kind == "class_margins":
        margins = run.frame("margins")
        shown = (margins["view"] == "original") & (margins["split"] == "test")
        return {"margins": margins[shown], "classes": run.classes}
    return {
        "distances": lambda: {"standing": main(standing)},
        "distances_by_view": lambda: {"standing": standing},
        "plane": lambda: {"standing": main(standing)},
        "accuracy": lambda: {"projection_accuracy": main(run.frame("accuracy")), "classes": len(run.classes)},
        "support": lambda: {"support_shares": main(run.frame("support"))},
        "balls": lambda: {"balls": main(run.frame("balls"))},
        "roc": lambda: {"roc_curves": run.frame("roc_curves"), "detection": run.frame("detection")},
        "detection_by_confidence": lambda: {"by_confidence": run.frame("by_confidence")},
        "attack_plane": lambda: {"standing": attack_plane(standing, run.frame("attacks"))},
        "comparison": lambda: {"paper_comparison": run.frame("comparison")},
    }[kind]()


def _main(frame: pd.DataFrame, views: list[str]) -> pd.DataFrame:
    return frame[frame["view"].isin(views)]


def draw_figures(run: Run, names: list[str], slice_sample: int, main_views: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        figure = figures.draw(name.partition("-")[0], **frames_of(run, name, slice_sample, main_views))
        for kind in ("svg", "png"):
            temporary = folder / f".{name}.{kind}.tmp"
            temporary.write_bytes(figures.encode(figure, kind))
            temporary.replace(folder / f"{name}.{kind}")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        parameters = snakemake.params
        draw_figures(
            Run(snakemake.input, parameters.exhibits),
            parameters.names,
            parameters.slice_sample,
            parameters.main_views,
            Path(snakemake.output[0]).parent,
        )
