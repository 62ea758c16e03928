"""Columns of every table, with their units and meaning.

Names and columns are a contract with other people's notebooks: they change only with a line in CHANGELOG.md.
"""

from __future__ import annotations

import pyarrow as pa


def _field(name: str, kind: pa.DataType, description: str, unit: str = "") -> pa.Field:
    return pa.field(name, kind, metadata={"description": description, "unit": unit})


def described_column(name: str, kind: pa.DataType) -> pa.Field:
    """A column that the user's data set has, and no schema knows."""
    return _field(name, kind, "column of the data set, as its source has it")


_TEXT, _INT, _REAL, _FLAG = pa.string(), pa.int64(), pa.float64(), pa.bool_()
_PHI = "distance in feature space"
_NOWHERE = "inf where there is no such point"
_RELATIVE = "relative to ‖x‖ + margin"

_SAMPLE = (
    _field("view", _TEXT, "which copy of the images: `original` or the name of a view in the config"),
    _field("split", _TEXT, "`train` or `test`"),
    _field("sample", _INT, "index in the split as the data set gives it, from 0"),
    _field("label", _INT, "class the data set gives, from 0; null where it gives none"),
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
            _field("margin_noise", _REAL, "how far rounding may move that boundary and the sample; measured", _PHI),
            _field("noise", _REAL, "how far rounding may move the features; measured, see decision 19", _PHI),
            _field("features", pa.list_(pa.float32()), "input of the linear head, equation (3)"),
            _field("logits", pa.list_(_REAL), "equation (4) without softmax, in float64"),
        ]
    ),
    "margins": pa.schema(
        [
            *_SAMPLE,
            _field("other_class", _INT, "class j of the boundary"),
            _field("rank", _INT, "1 for the closest class of the sample, counting on; 0 where there is no margin"),
            _field("margin", _REAL, "distance to the closest flip point between the two classes, equation (11)", _PHI),
            _field("noise", _REAL, "how far rounding in float32 may move boundary and sample; measured", _PHI),
            _field(
                "status",
                _TEXT,
                "`solved`; `infeasible`: no flip point between the two classes; `degenerate_pair`: both have the same "
                "weights; `failed`: there is one, but the solver gave none",
            ),
            _field("primal_residual", _REAL, "largest violation of (7), (8), (10), recomputed", _RELATIVE),
            _field("dual_residual", _REAL, "largest violation of stationarity, recomputed", _RELATIVE),
            _field(
                "duality_gap",
                _REAL,
                "primal minus dual objective of half the squared distance",
                "relative to the square of ‖x‖ + margin",
            ),
            _field("classes_solved", _INT, "classes of the sample whose problem was solved, whether they have a row"),
            _field(
                "others_at_least",
                _REAL,
                "proven lower bound of the margins to all classes of the sample that have no row here; inf where every "
                "class has one, or none of those has a flip point",
                _PHI,
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
            _field(
                "noise",
                _REAL,
                "how far rounding may move the sample and the hull: measured in feature space, that of "
                "float32 for images of floats, 0 for 8-bit images in pixel space",
                "distance in the space",
            ),
            _field(
                "position",
                _TEXT,
                "what is proven: `outside`, `distance_lower` exceeds `noise`; `within_noise`, the distance does not, "
                "or is not proven to; `within_tolerance`, the sample touches the hull; `undecided`",
            ),
            _field("support_size", _INT, "training samples with a positive coefficient"),
            _field("support_index", pa.list_(_INT), "their `sample` in the training split, largest coefficient first"),
            _field("support_weight", pa.list_(_REAL), "their coefficients α of equation (21)"),
            _field(
                "duality_gap", _REAL, "g = max_j <z-x, z-d_j>; bounds f - f* of half the squared distance", "squared"
            ),
            _field("hull_radius", _REAL, "largest distance from the projection to a training sample", "distance"),
            _field("rounds", _INT, "pricing rounds the solver needed"),
            _field(
                "status",
                _TEXT,
                "`converged`: to the tolerance; `precision_limit`: as far as nearest points in float64 allow; "
                "`max_rounds`: after as many as it may take; `stalled`: the gap fell no further",
            ),
            _field("projected_class", _INT, "class of the linear head at the projection; null in pixel space"),
        ]
    ),
    "balls": pa.schema(
        [
            *_SAMPLE,
            _field("radius", _REAL, "of the ball B that the classifier gives one class, equation (13)", _PHI),
            _field("closest_class", _INT, "class of the boundary that the ball touches; -1 if there is none"),
            _field("noise", _REAL, "how close to the sphere rounding decides who is inside; measured", _PHI),
            _field("train_inside", _INT, "training samples inside by more than that, the centre not counted"),
            _field("test_inside", _INT, "test samples inside by more than that, the centre not counted"),
            _field("on_surface", _INT, "samples of both splits no further from the sphere than `noise`"),
            _field("in_train_union", _FLAG, "whether some (other) training ball holds the sample, by more than noise"),
            _field("on_union_surface", _FLAG, "whether none does, and rounding decides about some ball"),
        ]
    ),
    "attacks": pa.schema(
        [
            *(field for field in _SAMPLE if field.name != "predicted"),
            _field("predicted_before", _INT, "class of the image the attack started from, by what was attacked"),
            _field("predicted_after", _INT, "class of the attacked image, clamped to [0, 1]"),
            _field("success", _FLAG, "whether the class changed, by at least the confidence that the view asks for"),
            _field("success_8bit", _FLAG, "the same after rounding the attacked image to 8 bits"),
            _field("lead", _REAL, "best other logit minus that of the class before, at the attacked image", "logits"),
            _field("l2", _REAL, "length of the perturbation, all channels in one vector", "pixels in [0, 1]"),
            _field("linf", _REAL, "largest change of a pixel", "pixels in [0, 1]"),
            _field("iterations", _INT, "steps the attack took for this sample"),
        ]
    ),
    "rounded": pa.schema(
        [
            *_SAMPLE,
            _field("margin", _REAL, "distance to the closest decision boundary, of the image in 8 bits", _PHI),
            _field("distance", _REAL, "distance to the hull of the training set, of the image in 8 bits", _PHI),
            _field("distance_lower", _REAL, "proven lower bound on that distance", _PHI),
            _field("noise", _REAL, "how far rounding in float32 may move the sample and the hull; measured", _PHI),
            _field("norm", _REAL, "length of the features", _PHI),
        ]
    ),
    "attack_sweep": pa.schema(
        [
            _field(
                "attack",
                _TEXT,
                "`deepfool`; `bisected`: DeepFool's image of the least overshoot, brought to the boundary; `pgd-first`",
            ),
            _field("overshoot", _REAL, "of DeepFool; null for other attacks"),
            _field("confidence", _REAL, "lead at which PGD stops; null for other attacks", "logits"),
            _field(
                "hull_penalty", _REAL, "weight of the hull distance in what PGD makes large; null for other attacks"
            ),
            _field("sample", _INT, "index in the test split as the data set gives it, from 0"),
            _field("label", _INT, "class the data set gives, from 0; null where it gives none"),
            _field("predicted_before", _INT, "class of the image the attack started from"),
            _field("predicted_after", _INT, "class of the attacked image, clamped to [0, 1]"),
            _field("success", _FLAG, "whether the class changed, by whatever lead"),
            _field("success_8bit", _FLAG, "the same after rounding the attacked image to 8 bits"),
            _field("lead", _REAL, "best other logit minus that of the class before, at the attacked image", "logits"),
            _field("l2", _REAL, "length of the perturbation, all channels in one vector", "pixels in [0, 1]"),
            _field("linf", _REAL, "largest change of a pixel", "pixels in [0, 1]"),
            _field("iterations", _INT, "steps the attack took for this sample"),
            _field("margin", _REAL, "distance to the closest decision boundary", _PHI),
            _field("distance", _REAL, "distance to the hull of the training set", _PHI),
            _field("norm", _REAL, "length of the features", _PHI),
            _field("asked", _INT, "how many detectors were asked"),
            _field(
                "seen_by",
                _TEXT,
                "those that flag it where each flags 5 % of the genuine test samples, with spaces between them",
            ),
        ]
    ),
    # Columns of the data set's source come after these.
    "samples": pa.schema(
        [
            _field("dataset", _TEXT, "name of another data set in the config; null for that of the run"),
            _field("split", _TEXT, "`train` or `test`"),
            _field("sample", _INT, "index in the split as the data set gives it, from 0, as in all tables"),
            _field("place", _INT, "place in the order in which limits take samples, from 0"),
            _field("label", _INT, "class the data set gives, from 0; null where it gives none"),
            _field("class", _TEXT, "its name"),
            _field(
                "file",
                _TEXT,
                "what the source calls the image: its file, relative to the data set, or its cell in a table of files; "
                "null where it has no name",
            ),
        ]
    ),
    "inversions": pa.schema(
        [
            *_SAMPLE[:4],
            _field("own", _INT, "predicted class of the sample itself"),
            _field("target", _TEXT, "`flip`, `hull`, `ball`, `perimeter` or `segment`"),
            _field("target_class", _INT, "class the target stands for: of a flip point, the one across the boundary"),
            _field(
                "radius",
                _REAL,
                "of the ball; of a point of a segment, its distance to the sample; null for other points",
                _PHI,
            ),
            _field("reference", _TEXT, "image to stay near: `itself`, `train:<sample>`, `test:<sample>`, `black`, ..."),
            _field("feature_residual", _REAL, "distance of the image's features, in float64, to the target", _PHI),
            _field("target_norm", _REAL, "norm of the target, or of the ball's centre", _PHI),
            _field("pixel_distance", _REAL, "distance of the image to the reference", "pixels in [0, 1]"),
            _field("predicted", _INT, "class of the image"),
            _field("class_changes", _INT, "changes of class on the straight path to the reference, constraint (19)"),
            _field("iterations", _INT, "Jacobians that were computed"),
            _field(
                "status",
                _TEXT,
                "`solved`; `reference`: it lies in the ball and is the answer; `unreached`: the image comes as near as "
                "the search led; `no_image`: the same, and a bound over all images proves that there is none; "
                "`no_target`: nothing to invert",
            ),
            _field("image", _TEXT, "where the image is: file under results/<run>/, colon, row"),
        ]
    ),
    "closest_images": pa.schema(
        [
            *_SAMPLE,
            _field("other_class", _INT, "class whose logit equals that of the predicted class at the image"),
            _field("pixel_distance", _REAL, "distance of the image to the sample", "pixels in [0, 1]"),
            _field("largest_change", _REAL, "largest change of a pixel", "pixels in [0, 1]"),
            _field("logit_difference", _REAL, "of the two equal logits, in float64"),
            _field("third_behind", _REAL, "how far the third logit is behind them"),
            _field("kkt_residual", _REAL, "distance to the image that the linearisation asks for, relative to its own"),
            _field("pieces", _INT, "pieces of the network whose gradients hold the image where it is"),
            _field("start", _TEXT, "where its search began: `class 1`, `class 2`, a view, or `training`"),
            _field("gradients", _REAL, "gradients of a logit difference that were computed, mean of the batch"),
            _field(
                "status",
                _TEXT,
                "`stationary`: on the boundary, residual at most 0.01; `stopped`: on the boundary; `not_found`",
            ),
            _field("image", _TEXT, "where the image is: file under results/<run>/, colon, row"),
        ]
    ),
    "denoising": pa.schema(
        [
            _field("dataset", _TEXT, "`test`, or the name of a set of images in the config"),
            _field("image", _TEXT, "`test:<sample>`, or the name of the file"),
            _field("noise", _TEXT, "kind of noise on the image"),
            _field("level", _REAL, "its level", "pixels in [0, 1], or share of pixels"),
            _field("method", _TEXT, "`network`, a classical method, or `noisy`: the image as it comes"),
            _field("strength", _REAL, "of a classical method, the best on training images; null where there is none"),
            _field("training_noise", _TEXT, "noise that the network was trained on; null for other methods"),
            _field("parameters", _INT, "numbers that training chose; null for other methods"),
            _field("seed", _INT, "of the noise and of the training"),
            _field("seconds", _REAL, "that the method took for the image, on a machine that may have been busy", "s"),
            _field("psnr_noisy", _REAL, "PSNR of the noisy image, cut to [0, 1]", "dB"),
            _field("psnr", _REAL, "of the denoised image, channels pooled, cut to [0, 1]", "dB"),
            _field("ssim", _REAL, "structural similarity, settings in phiscope.denoising.metrics"),
            _field("l1", _REAL, "mean absolute difference to the clean image", "pixels in [0, 1]"),
            _field("l2", _REAL, "mean squared difference to the clean image", "squared"),
            _field("sharpness", _REAL, "gradient on the strongest edges over that of the clean image; 1 is as sharp"),
            _field(
                "flat_error", _REAL, "root mean square difference where the clean image is flat", "pixels in [0, 1]"
            ),
        ]
    ),
    "denoising_study": pa.schema(
        [
            _field("experiment", _TEXT, "one of phiscope.experiments.denoising.settings.NAMES, or `retrained`"),
            _field("setting", _TEXT, "what differs from the other trainings of the experiment"),
            _field("seed", _INT, "of weights, batches and noise"),
            _field("measure", _TEXT, "what was measured"),
            _field("noise", _TEXT, "kind and level of the noise on test images, `clean`, or null"),
            _field("value", _REAL, "PSNR in dB, shares and accuracies in [0, 1], losses per pixel", "of the measure"),
        ]
    ),
    "denoised": pa.schema(
        [
            _field("file", _TEXT, "image, under the folder that was asked for"),
            _field("output", _TEXT, "where its denoised copy is, under results/<run>/denoised/"),
            _field("channels", _INT, "1 grey, 3 colour"),
            _field("height", _INT, "of the image", "pixels"),
            _field("width", _INT, "of the image", "pixels"),
            _field("method", _TEXT, "`network`, or a classical method"),
            _field("training_noise", _TEXT, "noise that the network was trained on; null for other methods"),
            _field("noise", _TEXT, "noise that a classical method expected; null for the network"),
            _field("level", _REAL, "its level, as given or as estimated", "pixels in [0, 1], or share of pixels"),
            _field(
                "level_estimated", _REAL, "standard deviation of Gaussian noise, from the image", "pixels in [0, 1]"
            ),
            _field("change", _REAL, "root mean square difference between before and after", "pixels in [0, 1]"),
            _field("seconds", _REAL, "that it took", "s"),
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
    "implicit": pa.schema(
        [
            _field("image", _TEXT, "group and name, with a slash between them"),
            _field("group", _TEXT, "set of images it belongs to"),
            _field("height", _INT, "of the image", "pixels"),
            _field("width", _INT, "of the image", "pixels"),
            _field("channels", _INT, "1 or 3"),
            _field(
                "model",
                _TEXT,
                "`mlp`, `siren`, `projection` (all pixels), `least_squares`, `largest`, `lasso` or `basis_pursuit`",
            ),
            _field(
                "encoding", _TEXT, "name in phiscope.implicit.encodings; of sparse models the basis, or two with a +"
            ),
            _field("spectrum", _TEXT, "what a strategic choice of waves looked at: `own` or `mean` (of other images)"),
            _field("pixels", _TEXT, "which are fitted: `training`, the others being held out, or `all`"),
            _field("asked_k", _INT, "waves that were asked for; null where the encoding has no choice"),
            _field("k", _INT, "waves, a conjugate pair counted once; of `largest` the coefficients kept"),
            _field("bandwidth", _REAL, "highest frequency of the encoding", "cycles per image"),
            _field("dimension", _INT, "numbers that a position is turned into"),
            _field("sigma", _REAL, "scale of the encoding", "cycles per image, or a ratio (positional)"),
            _field("share", _REAL, "of the coefficients that `largest` keeps"),
            _field("penalty", _REAL, "λ of Lasso over the least λ whose solution is 0"),
            _field("seed", _INT, "of the encoding and of the first weights"),
            _field("hidden_width", _INT, "of the network"),
            _field("depth", _INT, "linear layers of the network"),
            _field("steps", _INT, "of Adam, over all training pixels each"),
            _field("learning_rate", _REAL, "of Adam, at the first step"),
            _field("precision", _TEXT, "of the products in training: `float32` or `bfloat16`"),
            _field("parameters", _INT, "numbers that were fitted"),
            _field("psnr_train", _REAL, "over the pixels that were fitted; inf where nothing is missed", "dB"),
            _field("psnr_heldout", _REAL, "over the other pixels; null where there are none", "dB"),
            _field(
                "psnr_between", _REAL, "over odd rows and columns, where even ones are fitted (`grid`); else null", "dB"
            ),
            _field("psnr_parseval", _REAL, "of the linear model on these waves, from the energy they miss", "dB"),
            _field("coefficients", _INT, "not zero (sparse models), or rank (least squares)"),
            _field(
                "duality_gap", _REAL, "objective less a proven lower bound, largest over channels", "of the objective"
            ),
            _field("seconds", _REAL, "wall time over the number of fits done together", "seconds"),
            _field("spectrum_l1", _REAL, "sum of magnitudes without the mean, per channel", "pixels in [0, 1]"),
            _field("spectrum_energy", _REAL, "sum of squared magnitudes without the mean, per channel", "squared"),
            _field("spectrum_slope", _REAL, "α of magnitudes ~ frequency^-α; null for a constant image"),
            _field("spectrum_frequency", _REAL, "mean frequency weighted by energy", "cycles per image"),
            _field("energy_beyond", _REAL, "energy at frequencies above the encoding's bandwidth", "squared"),
            _field(
                "status",
                _TEXT,
                "`fitted`; `diverged`; of a sparse model without a solution `iteration_limit`, `time_limit`, "
                "`infeasible`, `unbounded` or `failed`; or why the image cannot be drawn so",
            ),
        ]
    ),
    "spectra": pa.schema(
        [
            *(field for field in _SAMPLE if field.name != "predicted"),
            _field("setting", _TEXT, "encoder, by its name in the config"),
            _field("training", _INT, "seed of the encoder's training; the first of the config"),
            _field("basis", _TEXT, "how the axes were made, see phiscope.experiments.latent.bases.BASES"),
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
            _field("basis", _TEXT, "how the axes were made, see phiscope.experiments.latent.bases.BASES"),
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
    "disagreements": pa.schema(
        [
            _field("problem", _TEXT, "`margin`, to one other class, or `hull`, a projection"),
            *(field for field in _SAMPLE if field.name in ("view", "split", "sample")),
            _field("space", _TEXT, "`feature` or `pixel`, as in `hulls`"),
            _field(
                "hull_of", _TEXT, "view under which training samples span the hull; null where they are as they are"
            ),
            _field("hull_class", _INT, "class whose training samples span the hull; null where all of them do"),
            _field("other_class", _INT, "class j of a margin; null of a projection"),
            _field("solver", _TEXT, "back-end of qpsolvers that solved the problem once more"),
            _field("ours", _REAL, f"in the table of the problem; {_NOWHERE}; null without an answer", "distance"),
            _field(
                "theirs",
                _REAL,
                f"by the other solver; {_NOWHERE}; where it proves no more, the bound that ours lies beyond; null "
                "where it proves nothing of ours",
                "distance",
            ),
            _field("difference", _REAL, "ours less theirs", "distance"),
            _field("ours_error", _REAL, "how far ours may be from the truth, by its certificate", "distance"),
            _field("theirs_error", _REAL, "the same of theirs, recomputed from point and multipliers", "distance"),
            _field("tolerance", _REAL, "both errors and the rounding of float64: what a difference may be", "distance"),
            _field(
                "relative_difference",
                _REAL,
                "size of the difference over ‖x‖ + margin, or over the distance from the projection to the farthest "
                "vertex that the other solver was given",
            ),
            _field(
                "outcome",
                _TEXT,
                "`agrees`; `disagrees`: the difference exceeds the tolerance; `theirs_failed`: the other solver proves "
                "nothing; `ours_failed`: there is no answer of ours",
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
            _field("paper", _TEXT, "text, as in phiscope.papers.references; empty where the question is ours"),
            _field("section", _TEXT, "where in that text"),
            _field("paper_value", _REAL, "what that text says; null where it gives no number"),
            _field("value", _REAL, "what this run measured"),
            _field("ci_low", _REAL, "lower end of the interval; null where there is none"),
            _field("ci_high", _REAL, "upper end of the interval"),
            _field("interval", _TEXT, "how the interval was made"),
            _field("n", _INT, "number of samples behind the value"),
            _field(
                "verdict",
                _TEXT,
                "of what the text says: `holds`, `differs`, `wrong` or `undecided`, by the rule in "
                "phiscope.papers.verdicts; null where it says nothing that this run can judge",
            ),
            _field("difference", _REAL, "value - paper_value"),
        ]
    ),
}

SCHEMAS["processed_hulls"] = SCHEMAS["hulls"].append(
    _field("hull_of", _TEXT, "view under which the training images span the hull, instead of as they are")
)

_OF_CLASS = ("space", "projected_class")  # what does not differ between hulls of classes, or is of no use there
SCHEMAS["class_hulls"] = pa.schema(
    [
        *_SAMPLE,
        _field("space", _TEXT, "`feature`"),
        _field("hull_class", _INT, "class whose training samples, by their labels, span the hull"),
        _field("is_predicted", _FLAG, "whether that is the class that the sample is predicted to be of"),
        *(field for field in SCHEMAS["hulls"] if field.name not in (*SAMPLE_COLUMNS, *_OF_CLASS)),
    ]
)

SCHEMAS["leave_one_out"] = pa.schema(
    [
        *_SAMPLE,
        _field(
            "hull_of",
            _TEXT,
            "`all`: the hull of all other training samples; `class`: of the others with the same label",
        ),
        *(field for field in SCHEMAS["hulls"] if field.name not in (*SAMPLE_COLUMNS, *_OF_CLASS)),
    ]
)

# The order of rows of tables that are merged from chunks: what tells them apart.
SORT_KEYS: dict[str, tuple[str, ...]] = {
    "features": ("sample",),
    "margins": ("view", "split", "sample", "other_class"),
    "hulls": ("view", "space", "sample"),
    "processed_hulls": ("view", "sample"),
    "class_hulls": ("view", "sample", "hull_class"),
    "attacks": ("view", "sample"),
    "rounded": ("view", "sample"),
    "scores": ("view", "sample", "detector"),
    "inversions": ("view", "target", "sample", "radius"),
    "closest_images": ("view", "sample"),
    "denoising": ("dataset", "noise", "level", "method", "image"),
    "denoising_study": ("seed",),  # settings stay in their order
    "implicit": ("image", "model", "encoding", "pixels", "k", "seed"),
    "spectra": ("setting", "basis", "trial", "sample"),
}
