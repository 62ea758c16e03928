"""Features and margins, hulls, balls."""

from __future__ import annotations

import pyarrow as pa

from phiscope.tables.schemas.fields import FLAG, INT, PHI, REAL, RELATIVE, SAMPLE, SAMPLE_COLUMNS, TEXT, field

SCHEMAS: dict[str, pa.Schema] = {
    # `features` and `logits` are fixed-size lists in the file; their lengths are the network's.
    "features": pa.schema(
        [
            *SAMPLE,
            field("margin", REAL, "distance to the closest decision boundary, equation (12), exact search", PHI),
            field("closest_class", INT, "class on the other side of that boundary; -1 if there is none"),
            field("margin_noise", REAL, "how far rounding may move that boundary and the sample; measured", PHI),
            field("noise", REAL, "how far rounding may move the features; measured, see decision 19", PHI),
            field("features", pa.list_(pa.float32()), "input of the linear head, equation (3)"),
            field("logits", pa.list_(REAL), "equation (4) without softmax, in float64"),
        ]
    ),
    "margins": pa.schema(
        [
            *SAMPLE,
            field("other_class", INT, "class j of the boundary"),
            field("rank", INT, "1 for the closest class of the sample, counting on; 0 where there is no margin"),
            field("margin", REAL, "distance to the closest flip point between the two classes, equation (11)", PHI),
            field("noise", REAL, "how far rounding in float32 may move boundary and sample; measured", PHI),
            field(
                "status",
                TEXT,
                "`solved`; `infeasible`: no flip point between the two classes; `degenerate_pair`: both have the same "
                "weights; `failed`: there is one, but the solver gave none",
            ),
            field("primal_residual", REAL, "largest violation of (7), (8), (10), recomputed", RELATIVE),
            field("dual_residual", REAL, "largest violation of stationarity, recomputed", RELATIVE),
            field(
                "duality_gap",
                REAL,
                "primal minus dual objective of half the squared distance",
                "relative to the square of ‖x‖ + margin",
            ),
            field("classes_solved", INT, "classes of the sample whose problem was solved, whether they have a row"),
            field(
                "others_at_least",
                REAL,
                "proven lower bound of the margins to all classes of the sample that have no row here; inf where every "
                "class has one, or none of those has a flip point",
                PHI,
            ),
        ]
    ),
    "hulls": pa.schema(
        [
            *SAMPLE,
            field("space", TEXT, "`feature`, or `pixel` (pixels in [0, 1], all channels in one vector)"),
            field("distance", REAL, "distance to the hull of the training set, equation (25)", "distance in the space"),
            field("distance_lower", REAL, "proven lower bound on that distance", "distance in the space"),
            field(
                "noise",
                REAL,
                "how far rounding may move the sample and the hull: measured in feature space, that of "
                "float32 for images of floats, 0 for 8-bit images in pixel space",
                "distance in the space",
            ),
            field(
                "position",
                TEXT,
                "what is proven: `outside`, `distance_lower` exceeds `noise`; `within_noise`, the distance does not, "
                "or is not proven to; `within_tolerance`, the sample touches the hull; `undecided`",
            ),
            field("support_size", INT, "training samples with a positive coefficient"),
            field("support_index", pa.list_(INT), "their `sample` in the training split, largest coefficient first"),
            field("support_weight", pa.list_(REAL), "their coefficients α of equation (21)"),
            field("duality_gap", REAL, "g = max_j <z-x, z-d_j>; bounds f - f* of half the squared distance", "squared"),
            field("hull_radius", REAL, "largest distance from the projection to a training sample", "distance"),
            field("rounds", INT, "pricing rounds the solver needed"),
            field(
                "status",
                TEXT,
                "`converged`: to the tolerance; `precision_limit`: as far as nearest points in float64 allow; "
                "`max_rounds`: after as many as it may take; `stalled`: the gap fell no further",
            ),
            field("projected_class", INT, "class of the linear head at the projection; null in pixel space"),
        ]
    ),
    "balls": pa.schema(
        [
            *SAMPLE,
            field("radius", REAL, "of the ball B that the classifier gives one class, equation (13)", PHI),
            field("closest_class", INT, "class of the boundary that the ball touches; -1 if there is none"),
            field("noise", REAL, "how close to the sphere rounding decides who is inside; measured", PHI),
            field("train_inside", INT, "training samples inside by more than that, the centre not counted"),
            field("test_inside", INT, "test samples inside by more than that, the centre not counted"),
            field("on_surface", INT, "samples of both splits no further from the sphere than `noise`"),
            field("in_train_union", FLAG, "whether some (other) training ball holds the sample, by more than noise"),
            field("on_union_surface", FLAG, "whether none does, and rounding decides about some ball"),
        ]
    ),
}

_OF_CLASS = ("space", "projected_class")  # what does not differ between hulls of classes, or is of no use there
_PROJECTION = [column for column in SCHEMAS["hulls"] if column.name not in (*SAMPLE_COLUMNS, *_OF_CLASS)]
SCHEMAS |= {
    "processed_hulls": SCHEMAS["hulls"].append(
        field("hull_of", TEXT, "view under which the training images span the hull, instead of as they are")
    ),
    "class_hulls": pa.schema(
        [
            *SAMPLE,
            field("space", TEXT, "`feature`"),
            field("hull_class", INT, "class whose training samples, by their labels, span the hull"),
            field("is_predicted", FLAG, "whether that is the class that the sample is predicted to be of"),
            *_PROJECTION,
        ]
    ),
    "leave_one_out": pa.schema(
        [
            *SAMPLE,
            field(
                "hull_of",
                TEXT,
                "`all`: the hull of all other training samples; `class`: of the others with the same label",
            ),
            *_PROJECTION,
        ]
    ),
}
