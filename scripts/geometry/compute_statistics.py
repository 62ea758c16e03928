"""What the tables say, sample by sample and in sum: one frame per question."""

import os

import numpy as np
import pandas as pd

from phiscope import stats, tables
from phiscope.geometry import lipschitz
from phiscope.head import Head
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job


def lipschitz_frame(head: Head, test: np.ndarray, train: np.ndarray) -> pd.DataFrame:
    """σ_max(Wφ), and the largest ratio of (14) over all pairs with a test sample in them."""
    found = lipschitz.largest_ratio(test, head.weight, np.concatenate([test, train]))
    return pd.DataFrame({"constant": [lipschitz.constant(head.weight)], "largest_ratio": [found.ratio]})


def human_entropy(path: str, samples: pd.Series) -> pd.DataFrame:
    """Entropy of the human answers of each sample of the run."""
    shares = np.load(os.path.expandvars(path))
    return pd.DataFrame({"sample": samples, "entropy": stats.label_entropy(shares[samples])})


def compute(
    inputs, human_labels: str | None, pixel_views: dict, options: dict, seed: int, config: dict, output
) -> None:
    columns = [*tables.SAMPLE_COLUMNS, "margin", "closest_class", "logits"]
    features = pd.concat([tables.read(path, columns) for path in inputs.features])
    hulls, balls = tables.read(inputs.hulls), tables.read(inputs.balls)
    train_labels = tables.read(inputs.train, ["sample", "label"]).set_index("sample")["label"]
    processed = tables.read(inputs.processed_hulls) if inputs.get("processed_hulls") else None
    standing = stats.standing(features, hulls, processed)
    frames = {
        "standing": standing,
        "support": stats.support_shares(hulls, train_labels),
        "accuracy": stats.projection_accuracy(features, hulls, pixel_views),
        "ball_summary": stats.ball_summary(balls),
        "lipschitz": lipschitz_frame(
            Head.load(inputs.head), *(tables.matrix(path, "features") for path in (inputs.test, inputs.train))
        ),
    }
    if human_labels:
        original = standing[standing["view"] == "original"]
        entropy = human_entropy(human_labels, original["sample"])
        frames["entropy"] = entropy
        scores = tables.read(inputs.scores)
        scores = scores[scores["view"] == "original"]
        frames["agreement"] = stats.human_agreement(original, entropy, scores, seed=seed, **options)
    write_frames(frames, output, config)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        compute(
            snakemake.input,
            snakemake.params.human_labels,
            snakemake.params.pixel_views,
            snakemake.params.options,
            snakemake.params.seed,
            snakemake.config,
            snakemake.output,
        )
