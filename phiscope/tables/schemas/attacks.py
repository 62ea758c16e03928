"""Attacks, what is left of them in 8 bits, and one attack at many settings."""

from __future__ import annotations

import pyarrow as pa

from phiscope.tables.schemas.fields import FLAG, INT, PHI, REAL, SAMPLE, TEXT, field

SCHEMAS: dict[str, pa.Schema] = {
    "attacks": pa.schema(
        [
            *(field for field in SAMPLE if field.name != "predicted"),
            field("predicted_before", INT, "class of the image the attack started from, by what was attacked"),
            field("predicted_after", INT, "class of the attacked image, clamped to [0, 1]"),
            field("success", FLAG, "whether the class changed, by at least the confidence that the view asks for"),
            field("success_8bit", FLAG, "the same after rounding the attacked image to 8 bits"),
            field("lead", REAL, "best other logit minus that of the class before, at the attacked image", "logits"),
            field("l2", REAL, "length of the perturbation, all channels in one vector", "pixels in [0, 1]"),
            field("linf", REAL, "largest change of a pixel", "pixels in [0, 1]"),
            field("iterations", INT, "steps the attack took for this sample"),
        ]
    ),
    "rounded": pa.schema(
        [
            *SAMPLE,
            field("margin", REAL, "distance to the closest decision boundary, of the image in 8 bits", PHI),
            field("distance", REAL, "distance to the hull of the training set, of the image in 8 bits", PHI),
            field("distance_lower", REAL, "proven lower bound on that distance", PHI),
            field("noise", REAL, "how far rounding in float32 may move the sample and the hull; measured", PHI),
            field("norm", REAL, "length of the features", PHI),
        ]
    ),
    "attack_sweep": pa.schema(
        [
            field(
                "attack",
                TEXT,
                "`deepfool`; `bisected`: DeepFool's image of the least overshoot, brought to the boundary; `pgd-first`",
            ),
            field("overshoot", REAL, "of DeepFool; null for other attacks"),
            field("confidence", REAL, "lead at which PGD stops; null for other attacks", "logits"),
            field("hull_penalty", REAL, "weight of the hull distance in what PGD makes large; null for other attacks"),
            field("sample", INT, "index in the test split as the data set gives it, from 0"),
            field("label", INT, "class the data set gives, from 0; null where it gives none"),
            field("predicted_before", INT, "class of the image the attack started from"),
            field("predicted_after", INT, "class of the attacked image, clamped to [0, 1]"),
            field("success", FLAG, "whether the class changed, by whatever lead"),
            field("success_8bit", FLAG, "the same after rounding the attacked image to 8 bits"),
            field("lead", REAL, "best other logit minus that of the class before, at the attacked image", "logits"),
            field("l2", REAL, "length of the perturbation, all channels in one vector", "pixels in [0, 1]"),
            field("linf", REAL, "largest change of a pixel", "pixels in [0, 1]"),
            field("iterations", INT, "steps the attack took for this sample"),
            field("margin", REAL, "distance to the closest decision boundary", PHI),
            field("distance", REAL, "distance to the hull of the training set", PHI),
            field("norm", REAL, "length of the features", PHI),
            field("asked", INT, "how many detectors were asked"),
            field(
                "seen_by",
                TEXT,
                "those that flag it where each flags 5 % of the genuine test samples, with spaces between them",
            ),
        ]
    ),
}
