"""Rotations, truncations, the metric between labels, and how linear the generator is.

Sections V and VI of Toledo-Marín and Glazier 2021, asked of one encoder and its generator: as published, with
Gram-Schmidt's axes and one sampled encoding of each image, and beside it in the basis that the run looks at, of means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phiscope.denoising.corruptions import corrupt
from phiscope.latent import operators, paths
from phiscope.latent.baselines import crispness, psnr
from phiscope.latent.basis import Averages, Basis
from phiscope.latent.spectral import truncate
from phiscope.models.codec import Codec, encodings

PUBLISHED = {"basis": "gram-schmidt", "encoding": "sampled"}
MEAN, SAMPLED = "mean", "sampled"
ROTATED, DENOISED, LINEARISED = 100, 1000, 50  # images that each question is asked of
ALL = -1  # components: the whole latent
NOISY_STREAM = 2000  # of the encodings of noisy images; trials on clean ones have numbers from 1000 on
STEPS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
COMPONENTS = (1, 2, 3, 4, 10)


@dataclass(frozen=True)
class LatentSpace:
    """Test images (n, c, h, w) in [0, 1] with labels and sample numbers (n,), their latents (n, M), one basis.

    averages: |η⟩ of set 1; label_count: classes of the data set, also of those without an axis; reading: the name of
    the basis, and the encoding, `mean` or `sampled`, that the latents are and that noisy images are given.
    """

    codec: Codec
    images: NDArray[np.float32]
    labels: NDArray[np.int64]
    samples: NDArray[np.int64]
    latents: NDArray[np.float32]
    basis: Basis
    averages: Averages
    label_count: int
    reading: Mapping[str, str]

    @property
    def axes(self) -> list[int]:
        """Labels that have an axis in set 1, in order."""
        return self.basis.first_labels


def measure(own: LatentSpace, published: LatentSpace, noise: Mapping[str, Any], seed: int) -> dict[str, pd.DataFrame]:
    """Every frame below by its name; noise: kind, and levels at which truncation is tried as a denoiser.

    What the text reads in one way and the run in another has both, told apart by the columns basis and encoding.
    """

    def of_both(question: Callable[[LatentSpace], pd.DataFrame]) -> pd.DataFrame:
        return pd.concat([question(space).assign(**space.reading) for space in (own, published)], ignore_index=True)

    return {
        "rotation": of_both(rotation),
        "linearity": linearity(own),
        "metric": metric(own),
        "denoising": of_both(lambda space: denoising(space, noise, seed)),
        "truncated": of_both(truncated),
        "axes": of_both(axes),
    }


def ways_of(space: LatentSpace) -> dict[str, operators.Path]:
    """Every way of getting from the first label to the last, from images of the first."""
    start = space.latents[space.labels == space.axes[0]][:ROTATED]
    ways = {kind: operators.rotate(start, space.basis, space.axes, kind=kind) for kind in operators.KINDS}
    like = ways["givens"]
    for name, latents in (("class means", _by_class_means(space, start)), ("encodings", _by_encodings(space, start))):
        ways[name] = operators.Path(latents, like.source, like.target, like.angle)
    return ways


def _by_class_means(space: LatentSpace, start: NDArray) -> NDArray[np.float64]:
    """Straight on by the difference of averages, three steps a stage, as many as a rotation takes."""
    means = dict(zip(space.averages.labels.tolist(), space.averages.vectors))
    way = [start]
    for source, target in pairwise(space.axes):
        way += list(operators.straight(way[-1], way[-1] + means[target] - means[source], 3)[1:])
    return np.array(way)


def _by_encodings(space: LatentSpace, start: NDArray) -> NDArray[np.float64]:
    """Straight on to encodings of images of the next label."""
    way, count = [start], len(start)
    for target in space.axes[1:]:
        others = space.latents[space.labels == target]
        goal = others[np.arange(count) % len(others)]
        way += list(operators.straight(way[-1], goal, 3)[1:])
    return np.array(way)


def rotation(space: LatentSpace) -> pd.DataFrame:
    """path, step, source, target, angle, label, share, diversity: what the images are on the way."""
    rows = []
    for name, path in ways_of(space).items():
        along = paths.follow(path.latents, space.codec.decode, space.codec.classify, label_count=space.label_count)
        for step, shares in enumerate(along.shares):
            place = {"source": path.source[step], "target": path.target[step], "angle": path.angle[step]}
            about = {"path": name, "step": step, "diversity": along.diversity[step]} | place
            rows += [about | {"label": label, "share": share} for label, share in enumerate(shares)]
    return pd.DataFrame(rows)


def linearity(space: LatentSpace) -> pd.DataFrame:
    """label, step, error: mean relative error of the linearisation along the axis of each label."""
    z, rows = space.latents[:LINEARISED], []
    for label in space.axes:
        axis = space.basis.vectors[space.basis.axis(label)]
        errors = paths.linearisation_error(space.codec.decode, space.codec.tangent, z, axis, STEPS)
        rows += [{"label": label, "step": step, "error": np.nanmean(row)} for step, row in zip(STEPS, errors)]
    return pd.DataFrame(rows)


def metric(space: LatentSpace) -> pd.DataFrame:
    """label, other, angle, length, confusion: how far labels are apart, and how often they are confused.

    angle: between averages; length: of the decoded quarter turn from axis to axis, in pixels; confusion: mean
    probability that the classifier gives the other label, over test images of the label and of the other.
    """
    angles = paths.label_angles(space.averages)
    logits = space.codec.logits(space.images).astype(np.float64)
    odds = np.exp(logits - logits.max(1, keepdims=True))
    odds /= odds.sum(1, keepdims=True)
    rows = []
    for i, label in enumerate(space.averages.labels.tolist()):
        for j, other in enumerate(space.averages.labels.tolist()):
            if i != j and label in space.axes and other in space.axes:
                confused = (odds[space.labels == label, other].mean() + odds[space.labels == other, label].mean()) / 2
                length = _turn_length(space, label, other)
                pair = {"label": label, "other": other, "angle": angles[i, j], "length": length}
                rows.append(pair | {"confusion": confused})
    return pd.DataFrame(rows)


def _turn_length(space: LatentSpace, label: int, other: int) -> float:
    start = space.basis.vectors[space.basis.axis(label)][None]
    path = operators.rotate(start, space.basis, [label, other], step=np.pi / 36)
    return float(paths.path_lengths(path.latents, space.codec.decode)[0])


def denoising(space: LatentSpace, noise: Mapping[str, Any], seed: int) -> pd.DataFrame:
    """level, components, kept, psnr, n: truncation of noisy images; components 0 is the noisy image, -1 all of z."""
    clean, labels, rows = space.images[:DENOISED], space.labels[:DENOISED], []
    for level in (0.0, *noise["levels"]):
        noisy = corrupt(clean, noise["kind"], level, samples=space.samples[:DENOISED], seed=seed) if level else clean
        shown = {0: noisy, **drawn_from(space, _encoded(space, noisy, seed))}
        for components, images in shown.items():
            kept = (space.codec.classify(images) == labels).mean()
            quality = psnr(images, clean)
            row = {"level": level, "components": components, "n": len(clean), "kept": kept}
            rows.append(row | {"psnr": quality.mean() if np.isfinite(quality).all() else np.nan})
    return pd.DataFrame(rows)


def drawn_from(space: LatentSpace, latents: NDArray) -> dict[int, NDArray[np.float32]]:
    """Number of components -> images drawn from so many of the largest of latents (n, M); -1 is all of them."""
    cut = {count: space.codec.decode(truncate(latents, space.basis, count)) for count in component_counts(space.basis)}
    return {ALL: space.codec.decode(latents), **cut}


def _encoded(space: LatentSpace, images: NDArray, seed: int) -> NDArray:
    mean, log_deviation = space.codec.encode(images)
    return mean if space.reading["encoding"] == MEAN else encodings(mean, log_deviation, seed, NOISY_STREAM)


def truncated(space: LatentSpace) -> pd.DataFrame:
    """sample, components, kept, sharper, sharper_than_all: a row per clean image and number of components (-1 is all).

    kept: the classifier sees the label in what is drawn; sharper: `crispness` above that of the image, and above that
    of what the whole latent draws. Section V, figure 7.
    """
    images, labels = space.images[:DENOISED], space.labels[:DENOISED]
    shown = drawn_from(space, space.latents[:DENOISED])
    real, whole, rows = crispness(images), crispness(shown[ALL]), []
    for components, drawn in shown.items():
        crisp = crispness(drawn)
        about = {"sample": space.samples[:DENOISED], "components": components}
        kept = {"kept": space.codec.classify(drawn) == labels}
        rows.append(pd.DataFrame(about | kept | {"sharper": crisp > real, "sharper_than_all": crisp > whole}))
    return pd.concat(rows, ignore_index=True)


def component_counts(basis: Basis) -> list[int]:
    """How many of the largest components latents are cut to, as far as there are so many."""
    return [count for count in COMPONENTS if count <= basis.dimension]


def axes(space: LatentSpace) -> pd.DataFrame:
    """axis, set, label, kind, decoded, probability: what averages and axes decode to."""
    rows = []
    for kind, vectors, sets, labels in (
        ("average", space.averages.vectors, space.averages.sets, space.averages.labels),
        ("axis", space.basis.vectors, space.basis.sets, space.basis.labels),
    ):
        decoded, sure = paths.decodes_to(vectors, space.codec.decode, space.codec.logits)
        about = {"kind": kind, "set": sets, "label": labels, "decoded": decoded, "probability": sure}
        rows.append(pd.DataFrame(about | {"axis": np.arange(len(vectors))}))
    return pd.concat(rows, ignore_index=True)
