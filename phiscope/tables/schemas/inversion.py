"""Images of points in feature space, and the closest image on the decision boundary."""

from __future__ import annotations

import pyarrow as pa

from phiscope.tables.schemas.fields import INT, PHI, REAL, SAMPLE, TEXT, field

SCHEMAS: dict[str, pa.Schema] = {
    "inversions": pa.schema(
        [
            *SAMPLE[:4],
            field("own", INT, "predicted class of the sample itself"),
            field("target", TEXT, "`flip`, `hull`, `ball`, `perimeter` or `segment`"),
            field("target_class", INT, "class the target stands for: of a flip point, the one across the boundary"),
            field(
                "radius",
                REAL,
                "of the ball; of a point of a segment, its distance to the sample; null for other points",
                PHI,
            ),
            field("reference", TEXT, "image to stay near: `itself`, `train:<sample>`, `test:<sample>`, `black`, ..."),
            field("feature_residual", REAL, "distance of the image's features, in float64, to the target", PHI),
            field("target_norm", REAL, "norm of the target, or of the ball's centre", PHI),
            field("pixel_distance", REAL, "distance of the image to the reference", "pixels in [0, 1]"),
            field("predicted", INT, "class of the image"),
            field("class_changes", INT, "changes of class on the straight path to the reference, constraint (19)"),
            field("iterations", INT, "Jacobians that were computed"),
            field(
                "status",
                TEXT,
                "`solved`; `reference`: it lies in the ball and is the answer; `unreached`: the image comes as near as "
                "the search led; `no_image`: the same, and a bound over all images proves that there is none; "
                "`no_target`: nothing to invert",
            ),
            field("image", TEXT, "where the image is: file under results/<run>/, colon, row"),
        ]
    ),
    "closest_images": pa.schema(
        [
            *SAMPLE,
            field("other_class", INT, "class whose logit equals that of the predicted class at the image"),
            field("pixel_distance", REAL, "distance of the image to the sample", "pixels in [0, 1]"),
            field("largest_change", REAL, "largest change of a pixel", "pixels in [0, 1]"),
            field("logit_difference", REAL, "of the two equal logits, in float64"),
            field("third_behind", REAL, "how far the third logit is behind them"),
            field("kkt_residual", REAL, "distance to the image that the linearisation asks for, relative to its own"),
            field("pieces", INT, "pieces of the network whose gradients hold the image where it is"),
            field("start", TEXT, "where its search began: `class 1`, `class 2`, a view, or `training`"),
            field("gradients", REAL, "gradients of a logit difference that were computed, mean of the batch"),
            field(
                "status",
                TEXT,
                "`stationary`: on the boundary, residual at most 0.01; `stopped`: on the boundary; `not_found`",
            ),
            field("image", TEXT, "where the image is: file under results/<run>/, colon, row"),
        ]
    ),
}
