"""What the tables say, sample by sample and in sum: one frame per question."""

import os

import numpy as np
import pandas as pd

from phiscope import stats, tables
from phiscope.experiments.geometry.slopes import slopes
from phiscope.head import Head
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

LOCATED = [*tables.SAMPLE_COLUMNS, "margin", "margin_noise", "closest_class"]


def frames_of(inputs, params) -> dict[str, pd.DataFrame]:
    features = pd.concat([tables.LocatedSamples(path).judged(*LOCATED) for path in inputs.features])
    hulls = tables.read(inputs.hulls)
    train_labels = tables.read(inputs.train, ["sample", "label"]).set_index("sample")["label"]
    processed = tables.read(inputs.processed_hulls) if inputs.get("processed_hulls") else None
    test, train = tables.vectors(inputs.test), tables.vectors(inputs.train)
    return {
        "standing": stats.standing(features, hulls, processed),
        "support": stats.support_shares(hulls, train_labels),
        "accuracy": stats.projection_accuracy(features, hulls, params.pixel_views),
        "ball_summary": stats.ball_summary(tables.read(inputs.balls)),
        "lipschitz": slopes(Head.load(inputs.head), test, train, seed=params.seed),
    }


if "snakemake" in globals():
    with job(snakemake):
        inputs, params = snakemake.input, snakemake.params
        frames = frames_of(inputs, params)
        if params.of_training:
            frames["training_standing"] = stats.training_standing(tables.LocatedSamples(inputs.train).judged(*LOCATED))
        if params.human_labels:
            scores, shares = tables.read(inputs.scores), np.load(os.path.expandvars(params.human_labels))
            frames |= stats.human_frames(frames["standing"], scores, shares, seed=params.seed, **params.options)
        write_frames(frames, snakemake.output, snakemake.config)
