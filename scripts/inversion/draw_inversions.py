"""Draw the figures about inverted samples, paths and edits, as svg and as png."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.numpy import load_file

from phiscope import tables
from phiscope.datasets import ImagesBySample, open_prepared
from phiscope.exhibits import inversion
from phiscope.head import Head
from phiscope.workflow.drawing import draw
from phiscope.workflow.job import job


class Run:
    """What the run holds about samples that were inverted or edited, opened once."""

    def __init__(self, inputs, parameters) -> None:
        self.inputs, self.head = inputs, Head.load(inputs.head)
        self.test = ImagesBySample(open_prepared(inputs.test_images))
        self.classes = self.test.prepared.classes
        self.balls = dict(zip(parameters.explored, inputs.balls))
        self.edited = dict(zip(parameters.edited, inputs.edited))
        self.deepfool = parameters.deepfool
        folder = Path(inputs.head).parents[1]  # of the run, where the table's file names begin
        self.open_at = partial(inversion.image_at, folder)
        standing = tables.read(inputs.standing)
        self.standing = standing[standing["view"] == "original"]

    def frame(self, name: str) -> pd.DataFrame:
        return tables.read(self.inputs[name])

    def rows(self, number: int) -> pd.DataFrame:
        """What the table of inversions says of one sample."""
        found = self.frame("inversions")
        return found[found["sample"] == number]

    def inverted(self, number: int) -> dict:
        image = self.test[number].astype(np.float64)
        page = inversion.inverted_page(number, self.rows(number), self.standing, image, self.classes, self.open_at)
        return page | {"found": [*page["found"], *self._attacked(number, image)]}

    def perimeter(self, number: int) -> dict:
        return inversion.perimeter_page(load_file(self.balls[number]), self.rows(number), self.classes)

    def morph(self, number: int) -> dict:
        shown = load_file(self.balls[number])
        return {"steps": inversion.morph_steps(shown, self.rows(number), self.classes)}

    def path(self, number: int) -> dict:
        shown = load_file(self.balls[number])
        names = ("path_features", "path_classes")
        path = inversion.path_frame(*(shown[name] for name in names), self.head, self.classes)
        return {"path": path, "classes": len(self.classes)}

    def edit(self, number: int) -> dict:
        sides = self.frame("edits")
        shown = load_file(self.edited[number])
        return inversion.edit_page(shown, sides[sides["sample"] == number], self.head, self.classes)

    def _attacked(self, number: int, image: np.ndarray) -> list[dict]:
        """DeepFool's image of the sample, if the view holds it."""
        if not self.inputs.deepfool:
            return []
        picked, attacks = load_file(self.inputs.deepfool[0]), self.frame("attacks")
        rows = attacks[(attacks["view"] == self.deepfool) & (attacks["sample"] == number)].to_dict("records")
        places = np.flatnonzero(picked["samples"] == number)
        return [inversion.attacked(row, picked["images"][place], self.classes) for row, place in zip(rows, places)]


def frames_of(run: Run, name: str) -> dict:
    """What the figure of that name is drawn from."""
    kind, _, number = name.partition("-")
    return getattr(run, kind)(int(number)) if number else {kind: run.frame(kind)}


if "snakemake" in globals():
    with job(snakemake.log[0]):
        run = Run(snakemake.input, snakemake.params)
        for name in snakemake.params.names:
            draw(name, frames_of(run, name), Path(snakemake.output[0]).parent)
