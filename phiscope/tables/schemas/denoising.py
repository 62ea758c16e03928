"""Noise and what takes it away."""

from __future__ import annotations

import pyarrow as pa

from phiscope.tables.schemas.fields import INT, REAL, TEXT, field

SCHEMAS: dict[str, pa.Schema] = {
    "denoising": pa.schema(
        [
            field("dataset", TEXT, "`test`, or the name of a set of images in the config"),
            field("image", TEXT, "`test:<sample>`, or the name of the file"),
            field("noise", TEXT, "kind of noise on the image"),
            field("level", REAL, "its level", "pixels in [0, 1], or share of pixels"),
            field("method", TEXT, "`network`, a classical method, or `noisy`: the image as it comes"),
            field("strength", REAL, "of a classical method, the best on training images; null where there is none"),
            field("training_noise", TEXT, "noise that the network was trained on; null for other methods"),
            field("parameters", INT, "numbers that training chose; null for other methods"),
            field("seed", INT, "of the noise and of the training"),
            field("seconds", REAL, "that the method took for the image, on a machine that may have been busy", "s"),
            field("psnr_noisy", REAL, "PSNR of the noisy image, cut to [0, 1]", "dB"),
            field("psnr", REAL, "of the denoised image, channels pooled, cut to [0, 1]", "dB"),
            field("ssim", REAL, "structural similarity, settings in phiscope.denoising.metrics"),
            field("l1", REAL, "mean absolute difference to the clean image", "pixels in [0, 1]"),
            field("l2", REAL, "mean squared difference to the clean image", "squared"),
            field("sharpness", REAL, "gradient on the strongest edges over that of the clean image; 1 is as sharp"),
            field("flat_error", REAL, "root mean square difference where the clean image is flat", "pixels in [0, 1]"),
        ]
    ),
    "denoising_study": pa.schema(
        [
            field("experiment", TEXT, "one of phiscope.experiments.denoising.settings.NAMES, or `retrained`"),
            field("setting", TEXT, "what differs from the other trainings of the experiment"),
            field("seed", INT, "of weights, batches and noise"),
            field("measure", TEXT, "what was measured"),
            field("noise", TEXT, "kind and level of the noise on test images, `clean`, or null"),
            field("value", REAL, "PSNR in dB, shares and accuracies in [0, 1], losses per pixel", "of the measure"),
        ]
    ),
    "denoised": pa.schema(
        [
            field("file", TEXT, "image, under the folder that was asked for"),
            field("output", TEXT, "where its denoised copy is, under results/<run>/denoised/"),
            field("channels", INT, "1 grey, 3 colour"),
            field("height", INT, "of the image", "pixels"),
            field("width", INT, "of the image", "pixels"),
            field("method", TEXT, "`network`, or a classical method"),
            field("training_noise", TEXT, "noise that the network was trained on; null for other methods"),
            field("noise", TEXT, "noise that a classical method expected; null for the network"),
            field("level", REAL, "its level, as given or as estimated", "pixels in [0, 1], or share of pixels"),
            field("level_estimated", REAL, "standard deviation of Gaussian noise, from the image", "pixels in [0, 1]"),
            field("change", REAL, "root mean square difference between before and after", "pixels in [0, 1]"),
            field("seconds", REAL, "that it took", "s"),
        ]
    ),
}
