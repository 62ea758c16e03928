"""Images as functions of position."""

from __future__ import annotations

import pyarrow as pa

from phiscope.tables.schemas.fields import INT, REAL, TEXT, field

SCHEMAS: dict[str, pa.Schema] = {
    "implicit": pa.schema(
        [
            field("image", TEXT, "group and name, with a slash between them"),
            field("group", TEXT, "set of images it belongs to"),
            field("height", INT, "of the image", "pixels"),
            field("width", INT, "of the image", "pixels"),
            field("channels", INT, "1 or 3"),
            field(
                "model",
                TEXT,
                "`mlp`, `siren`, `projection` (all pixels), `least_squares`, `largest`, `lasso` or `basis_pursuit`",
            ),
            field("encoding", TEXT, "name in phiscope.implicit.encodings; of sparse models the basis, or two with a +"),
            field("spectrum", TEXT, "what a strategic choice of waves looked at: `own` or `mean` (of other images)"),
            field("pixels", TEXT, "which are fitted: `training`, the others being held out, or `all`"),
            field("asked_k", INT, "waves that were asked for; null where the encoding has no choice"),
            field("k", INT, "waves, a conjugate pair counted once; of `largest` the coefficients kept"),
            field("bandwidth", REAL, "highest frequency of the encoding", "cycles per image"),
            field("dimension", INT, "numbers that a position is turned into"),
            field("sigma", REAL, "scale of the encoding", "cycles per image, or a ratio (positional)"),
            field("share", REAL, "of the coefficients that `largest` keeps"),
            field("penalty", REAL, "λ of Lasso over the least λ whose solution is 0"),
            field("seed", INT, "of the encoding and of the first weights"),
            field("hidden_width", INT, "of the network"),
            field("depth", INT, "linear layers of the network"),
            field("steps", INT, "of Adam, over all training pixels each"),
            field("learning_rate", REAL, "of Adam, at the first step"),
            field("precision", TEXT, "of the products in training: `float32` or `bfloat16`"),
            field("parameters", INT, "numbers that were fitted"),
            field("psnr_train", REAL, "over the pixels that were fitted; inf where nothing is missed", "dB"),
            field("psnr_heldout", REAL, "over the other pixels; null where there are none", "dB"),
            field(
                "psnr_between", REAL, "over odd rows and columns, where even ones are fitted (`grid`); else null", "dB"
            ),
            field("psnr_parseval", REAL, "of the linear model on these waves, from the energy they miss", "dB"),
            field("coefficients", INT, "not zero (sparse models), or rank (least squares)"),
            field(
                "duality_gap", REAL, "objective less a proven lower bound, largest over channels", "of the objective"
            ),
            field("seconds", REAL, "wall time over the number of fits done together", "seconds"),
            field("spectrum_l1", REAL, "sum of magnitudes without the mean, per channel", "pixels in [0, 1]"),
            field("spectrum_energy", REAL, "sum of squared magnitudes without the mean, per channel", "squared"),
            field("spectrum_slope", REAL, "α of magnitudes ~ frequency^-α; null for a constant image"),
            field("spectrum_frequency", REAL, "mean frequency weighted by energy", "cycles per image"),
            field("energy_beyond", REAL, "energy at frequencies above the encoding's bandwidth", "squared"),
            field(
                "status",
                TEXT,
                "`fitted`; `diverged`; of a sparse model without a solution `iteration_limit`, `time_limit`, "
                "`infeasible`, `unbounded` or `failed`; or why the image cannot be drawn so",
            ),
        ]
    ),
}
