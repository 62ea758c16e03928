"""Columns of every table, with their units and meaning.

Names and columns are a contract with other people's notebooks: they change only with a line in CHANGELOG.md.
"""

from __future__ import annotations

import pyarrow as pa


def _field(name: str, kind: pa.DataType, description: str, unit: str = "") -> pa.Field:
    return pa.field(name, kind, metadata={"description": description, "unit": unit})


_TEXT, _INT, _REAL, _FLAG = pa.string(), pa.int64(), pa.float64(), pa.bool_()
_PHI = "distance in feature space"

_SAMPLE = (
    _field("view", _TEXT, "which copy of the images: `original` or the name of a view in the config"),
    _field("split", _TEXT, "`train` or `test`"),
    _field("sample", _INT, "index in the split as the data set gives it, from 0"),
    _field("label", _INT, "class the data set gives, from 0"),
    _field("predicted", _INT, "class with the largest logit; the lowest index among equals"),
)

SAMPLE_COLUMNS = [field.name for field in _SAMPLE]

SCHEMAS: dict[str, pa.Schema] = {
    # `features` and `logits` are fixed-size lists in the file; their lengths are the network's.
    "features": pa.schema(
        [
            *_SAMPLE,
            _field("margin", _REAL, "distance to the closest decision boundary, equation (12), exact search", _PHI),
            _field("closest_class", _INT, "class on the other side of that boundary; -1 if there is none"),
            _field("features", pa.list_(pa.float32()), "input of the linear head, equation (3)"),
            _field("logits", pa.list_(_REAL), "equation (4) without softmax, in float64"),
        ]
    ),
    "margins": pa.schema(
        [
            *_SAMPLE,
            _field("other_class", _INT, "class j of the boundary"),
            _field("margin", _REAL, "distance to the closest flip point between the two classes, equation (11)", _PHI),
            _field("status", _TEXT, "`solved`, `infeasible`, `degenerate_pair` or `inaccurate`"),
            _field("primal_residual", _REAL, "largest violation of (7), (8), (10), recomputed", "absolute"),
            _field("dual_residual", _REAL, "largest violation of stationarity, recomputed", "absolute"),
            _field(
                "duality_gap", _REAL, "primal minus dual objective of half the squared distance", "squared distance"
            ),
        ]
    ),
    "hulls": pa.schema(
        [
            *_SAMPLE,
            _field("space", _TEXT, "`feature`, or `pixel` (pixels in [0, 1], all channels in one vector)"),
            _field(
                "distance", _REAL, "distance to the hull of the training set, equation (25)", "distance in the space"
            ),
            _field("distance_lower", _REAL, "proven lower bound on that distance", "distance in the space"),
            _field("position", _TEXT, "what is proven: `outside`, `within_tolerance` or `undecided`"),
            _field("support_size", _INT, "training samples with a positive coefficient"),
            _field("support_index", pa.list_(_INT), "their `sample` in the training split, largest coefficient first"),
            _field("support_weight", pa.list_(_REAL), "their coefficients α of equation (21)"),
            _field(
                "duality_gap", _REAL, "g = max_j <z-x, z-d_j>; bounds f - f* of half the squared distance", "squared"
            ),
            _field("hull_radius", _REAL, "largest distance from the projection to a training sample", "distance"),
            _field("rounds", _INT, "pricing rounds the solver needed"),
            _field("status", _TEXT, "why the solver stopped"),
            _field("projected_class", _INT, "class of the linear head at the projection; null in pixel space"),
        ]
    ),
    "balls": pa.schema(
        [
            *_SAMPLE,
            _field("radius", _REAL, "of the ball B that the classifier gives one class, equation (13)", _PHI),
            _field("closest_class", _INT, "class of the boundary that the ball touches; -1 if there is none"),
            _field("train_inside", _INT, "training samples strictly inside, the centre not counted"),
            _field("test_inside", _INT, "test samples strictly inside, the centre not counted"),
            _field("in_train_union", _FLAG, "whether the sample lies in the ball of some (other) training sample"),
        ]
    ),
    "attacks": pa.schema(
        [
            *(field for field in _SAMPLE if field.name != "predicted"),
            _field("predicted_before", _INT, "class of the image the attack started from"),
            _field("predicted_after", _INT, "class of the attacked image, clamped to [0, 1]"),
            _field("success", _FLAG, "whether the class changed, by at least the confidence that the view asks for"),
            _field("success_8bit", _FLAG, "the same after rounding the attacked image to 8 bits"),
            _field("lead", _REAL, "best other logit minus that of the class before, at the attacked image", "logits"),
            _field("l2", _REAL, "length of the perturbation, all channels in one vector", "pixels in [0, 1]"),
            _field("linf", _REAL, "largest change of a pixel", "pixels in [0, 1]"),
            _field("iterations", _INT, "steps the attack took for this sample"),
        ]
    ),
    "inversions": pa.schema(
        [
            *_SAMPLE[:4],
            _field("own", _INT, "predicted class of the sample itself"),
            _field("target", _TEXT, "`flip`, `hull`, `ball` or `perimeter`"),
            _field("target_class", _INT, "class the target stands for: of a flip point, the one across the boundary"),
            _field("radius", _REAL, "of the ball; null where the target is a point", _PHI),
            _field("reference", _TEXT, "image to stay near: `itself`, `train:<sample>`, `test:<sample>`, `black`, ..."),
            _field("feature_residual", _REAL, "distance of the image's features, in float64, to the target", _PHI),
            _field("target_norm", _REAL, "norm of the target, or of the ball's centre", _PHI),
            _field("pixel_distance", _REAL, "distance of the image to the reference", "pixels in [0, 1]"),
            _field("predicted", _INT, "class of the image"),
            _field("class_changes", _INT, "changes of class on the straight path to the reference, constraint (19)"),
            _field("iterations", _INT, "Jacobians that were computed"),
            _field("status", _TEXT, "`solved`, `reference`, `unreached` or `no_target`"),
            _field("image", _TEXT, "where the image is: file under results/<run>/, colon, row"),
        ]
    ),
    "spectra": pa.schema(
        [
            *(field for field in _SAMPLE if field.name != "predicted"),
            _field("setting", _TEXT, "encoder, by its name in the config"),
            _field("training", _INT, "seed of the encoder's training; the first of the config"),
            _field("basis", _TEXT, "how the axes were made, see phiscope.bases.BASES"),
            _field("trial", _INT, "number of the sampled encoding; -1 for the mean"),
            _field("amplitude", pa.list_(pa.float32()), "c_k of equation (9) along every axis, with its sign"),
            _field(
                "rank_of_label", _INT, "position of the label among all axes by |c|, from 1; a missing axis is last"
            ),
            _field("predicted", _INT, "label of the axis with the largest |c|; -1 where that is a random axis"),
        ]
    ),
    "latent": pa.schema(
        [
            _field("setting", _TEXT, "encoder, by its name in the config"),
            _field("measure", _TEXT, "`lsd`, `encode_decode`, `squared_error`, a baseline, ..."),
            _field("encoding", _TEXT, "`sampled`, `mean`, or empty where there is none"),
            _field("basis", _TEXT, "how the axes were made, see phiscope.bases.BASES"),
            _field("axes", _TEXT, "`all`, or `first-set`, the labelled ones of set 1"),
            _field("sign", _TEXT, "`magnitude` for |c|, `signed` for c"),
            _field("k", _INT, "the label is among so many largest; 0 where that has no meaning"),
            _field(
                "value", _REAL, "mean over test samples, trials and trainings", "share, or squared error on [-1, 1]"
            ),
            _field("ci_low", _REAL, "lower end of the interval"),
            _field("ci_high", _REAL, "upper end of the interval"),
            _field("interval", _TEXT, "how the interval was made"),
            _field("n", _INT, "number of test samples"),
            _field("trainings", _INT, "number of trainings of the encoder, into one generator"),
            _field("lowest", _REAL, "of the trainings"),
            _field("highest", _REAL, "of the trainings"),
        ]
    ),
    "scores": pa.schema(
        [
            *_SAMPLE[:3],
            _field("detector", _TEXT, "name of the score in phiscope.detection.DETECTORS"),
            _field(
                "score", _REAL, "larger is more suspicious; null where the sample has no hull distance", "of its own"
            ),
        ]
    ),
    "paper_comparison": pa.schema(
        [
            _field("key", _TEXT, "what was measured, as one word that does not change"),
            _field("quantity", _TEXT, "what was measured, in words"),
            _field(
                "unit",
                _TEXT,
                "share (in [0, 1]), difference (of shares), distance, count, ratio or correlation",
            ),
            _field("paper", _TEXT, "file of the text that states it; empty where it is our own question"),
            _field("section", _TEXT, "where in the text"),
            _field("paper_value", _REAL, "what the text says; null where it gives no number"),
            _field("value", _REAL, "what this run measured"),
            _field("ci_low", _REAL, "lower end of the interval; null where there is none"),
            _field("ci_high", _REAL, "upper end of the interval"),
            _field("interval", _TEXT, "how the interval was made"),
            _field("n", _INT, "number of samples behind the value"),
        ]
    ),
}
