"""Latents of prepared images, and one encoding of each training image with the label that it decodes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phiscope.latent.sets import label_latents
from phiscope.models.codec import Codec, encodings

STREAM = 11  # of the one encoding of the training images; trials on test images have numbers of their own
TRAIN = "train"


class LabelledImages(NamedTuple):
    """Images (n, c, h, w) with their labels and sample numbers (n,)."""

    images: NDArray
    labels: NDArray[np.int64]
    samples: NDArray[np.int64]


def encode_splits(codec: Codec, splits: Mapping[str, LabelledImages], seed: int) -> dict[str, NDArray]:
    """By `<split>/<name>`: mean and log_deviation (n, M), labels and samples (n,); splits must have `train`.

    Of the training images also z (n, M), one encoding of each, and decoded_labels (n,): what the classifier sees in
    what z decodes to; step 4(a) of Toledo-Marín and Glazier 2021.
    """
    arrays: dict[str, NDArray] = {}
    for split, (images, labels, samples) in splits.items():
        mean, log_deviation = codec.encode(images)
        arrays |= {f"{split}/mean": mean, f"{split}/log_deviation": log_deviation}
        arrays |= {f"{split}/labels": labels, f"{split}/samples": samples}
    z = encodings(arrays[f"{TRAIN}/mean"], arrays[f"{TRAIN}/log_deviation"], seed, STREAM)
    return arrays | {f"{TRAIN}/z": z, f"{TRAIN}/decoded_labels": label_latents(z, codec.decode, codec.classify)}
