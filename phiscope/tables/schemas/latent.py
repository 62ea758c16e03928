"""A generator's latent space."""

from __future__ import annotations

import pyarrow as pa

from phiscope.tables.schemas.fields import INT, REAL, SAMPLE, TEXT, field

SCHEMAS: dict[str, pa.Schema] = {
    "spectra": pa.schema(
        [
            *(field for field in SAMPLE if field.name != "predicted"),
            field("setting", TEXT, "encoder, by its name in the config"),
            field("training", INT, "seed of the encoder's training; the first of the config"),
            field("basis", TEXT, "how the axes were made, see phiscope.experiments.latent.bases.BASES"),
            field("trial", INT, "number of the sampled encoding; -1 for the mean"),
            field("amplitude", pa.list_(pa.float32()), "c_k of equation (9) along every axis, with its sign"),
            field("rank_of_label", INT, "position of the label among all axes by |c|, from 1; a missing axis is last"),
            field("predicted", INT, "label of the axis with the largest |c|; -1 where that is a random axis"),
        ]
    ),
    "latent": pa.schema(
        [
            field("setting", TEXT, "encoder, by its name in the config"),
            field("measure", TEXT, "`lsd`, `encode_decode`, `squared_error`, a baseline, ..."),
            field("encoding", TEXT, "`sampled`, `mean`, or empty where there is none"),
            field("basis", TEXT, "how the axes were made, see phiscope.experiments.latent.bases.BASES"),
            field("axes", TEXT, "`all`, or `first-set`, the labelled ones of set 1"),
            field("sign", TEXT, "`magnitude` for |c|, `signed` for c"),
            field("k", INT, "the label is among so many largest; 0 where that has no meaning"),
            field("value", REAL, "mean over test samples, trials and trainings", "share, or squared error on [-1, 1]"),
            field("ci_low", REAL, "lower end of the interval"),
            field("ci_high", REAL, "upper end of the interval"),
            field("interval", TEXT, "how the interval was made"),
            field("n", INT, "number of test samples"),
            field("trainings", INT, "number of trainings of the encoder, into one generator"),
            field("lowest", REAL, "of the trainings"),
            field("highest", REAL, "of the trainings"),
        ]
    ),
}
