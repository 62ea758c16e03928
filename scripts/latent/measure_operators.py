"""Rotations, truncations, the metric between labels, and how linear the generator is: Deep LSD, sections V and VI."""

import numpy as np
import pandas as pd
import torch
from safetensors.numpy import load_file

from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.denoising.corruptions import corrupt
from phiscope.experiments.latent import bases
from phiscope.latent import operators, paths
from phiscope.latent.basis import Basis
from phiscope.latent.spectral import truncate
from phiscope.latent.yardsticks import psnr
from phiscope.models import load_artifact
from phiscope.models.codec import Codec
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

ROTATED, DENOISED, LINEARISED = 100, 1000, 50  # images that each question is asked of
STEPS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
COMPONENTS = (1, 2, 3, 4, 10)


class Space:
    """Test images, their mean latents, the averages and the basis of one encoder."""

    def __init__(self, inputs, limit, basis: str, device: str) -> None:
        networks = [load_artifact(inputs[name])[0] for name in ("generator", "classifier", "encoder")]
        self.codec = Codec(*networks, device=device)
        prepared = open_prepared(inputs.test)
        self.images = unit_range(prepared.images(slice(0, limit)))
        latents = load_file(inputs.encoded)
        self.latents, self.labels = latents["test/mean"], latents["test/labels"]
        self.samples = latents["test/samples"]
        made = bases.load(inputs.bases)
        self.basis, self.averages, self.label_count = made[basis], made.averages.of_set(1), len(prepared.classes)

    @property
    def axes(self) -> list[int]:
        """Labels that have an axis in set 1, in order."""
        return sorted(self.basis.labels[self.basis.sets == 1].tolist())


def paths_of(space: Space) -> dict[str, operators.Path]:
    """Every way of getting from the first label to the last, from images of the first."""
    start = space.latents[space.labels == space.axes[0]][:ROTATED]
    found = {kind: operators.rotate(start, space.basis, space.axes, kind=kind) for kind in operators.KINDS}
    stages = list(zip(space.axes, space.axes[1:]))
    means = dict(zip(space.averages.labels.tolist(), space.averages.vectors))
    shifted = [start]
    others = [space.latents[space.labels == label] for label in space.axes]
    between, count = [start], len(start)
    for stage, (source, target) in enumerate(stages):
        shifted += list(operators.straight(shifted[-1], shifted[-1] + means[target] - means[source], 3)[1:])
        goal = others[stage + 1][np.arange(count) % len(others[stage + 1])]
        between += list(operators.straight(between[-1], goal, 3)[1:])
    like = found["givens"]
    for name, latents in (("class means", shifted), ("encodings", between)):
        found[name] = operators.Path(np.array(latents), like.source, like.target, like.angle)
    return found


def rotation(space: Space) -> pd.DataFrame:
    """path, step, source, target, angle, label, share, diversity: what the images are on the way."""
    rows = []
    for name, path in paths_of(space).items():
        along = paths.follow(path.latents, space.codec.decode, space.codec.classify, label_count=space.label_count)
        for step, shares in enumerate(along.shares):
            place = {"source": path.source[step], "target": path.target[step], "angle": path.angle[step]}
            told = {"path": name, "step": step, "diversity": along.diversity[step]} | place
            rows += [told | {"label": label, "share": share} for label, share in enumerate(shares)]
    return pd.DataFrame(rows)


def linearity(space: Space) -> pd.DataFrame:
    """label, step, error: mean relative error of the linearisation along the axis of each label."""
    z, rows = space.latents[:LINEARISED], []
    for label in space.axes:
        axis = space.basis.vectors[space.basis.axis(label)]
        errors = paths.linearisation_error(space.codec.decode, space.codec.tangent, z, axis, STEPS)
        rows += [{"label": label, "step": step, "error": np.nanmean(row)} for step, row in zip(STEPS, errors)]
    return pd.DataFrame(rows)


def metric(space: Space) -> pd.DataFrame:
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
                told = {"label": label, "other": other, "angle": angles[i, j], "length": length}
                rows.append(told | {"confusion": confused})
    return pd.DataFrame(rows)


def _turn_length(space: Space, label: int, other: int) -> float:
    start = space.basis.vectors[space.basis.axis(label)][None]
    path = operators.rotate(start, space.basis, [label, other], step=np.pi / 36)
    return float(paths.path_lengths(path.latents, space.codec.decode)[0])


def denoising(space: Space, noise: dict, seed: int) -> pd.DataFrame:
    """level, components, kept, psnr, n: truncation of noisy images; components 0 is the noisy image, -1 all of z."""
    clean, labels, rows = space.images[:DENOISED], space.labels[:DENOISED], []
    for level in (0.0, *noise["levels"]):
        options = {"samples": space.samples[:DENOISED], "seed": seed}
        noisy = corrupt(clean, noise["kind"], level, **options) if level else clean
        mean, _ = space.codec.encode(noisy)
        shown = {0: noisy, -1: space.codec.decode(mean)}
        shown |= {k: space.codec.decode(truncate(mean, space.basis, k)) for k in _counts(space.basis)}
        for components, images in shown.items():
            kept = (space.codec.classify(images) == labels).mean()
            quality = psnr(images, clean)
            told = {"level": level, "components": components, "n": len(clean), "kept": kept}
            rows.append(told | {"psnr": quality.mean() if np.isfinite(quality).all() else np.nan})
    return pd.DataFrame(rows)


def _counts(basis: Basis) -> list[int]:
    return [count for count in COMPONENTS if count <= basis.dimension]


def axes(space: Space) -> pd.DataFrame:
    """axis, set, label, kind, decoded, probability: what averages and axes decode to."""
    rows = []
    for kind, vectors, sets, labels in (
        ("average", space.averages.vectors, space.averages.sets, space.averages.labels),
        ("axis", space.basis.vectors, space.basis.sets, space.basis.labels),
    ):
        decoded, sure = paths.decodes_to(vectors, space.codec.decode, space.codec.logits)
        told = {"kind": kind, "set": sets, "label": labels, "decoded": decoded, "probability": sure}
        rows.append(pd.DataFrame(told | {"axis": np.arange(len(vectors))}))
    return pd.concat(rows, ignore_index=True)


def measure(inputs, limit, basis: str, noise: dict, seed: int, threads: int, config: dict, output) -> None:
    torch.set_num_threads(threads)
    space = Space(inputs, limit, basis, choose_device(config["device"]))
    frames = {
        "rotation": rotation(space),
        "linearity": linearity(space),
        "metric": metric(space),
        "denoising": denoising(space, noise, seed),
        "axes": axes(space),
    }
    write_frames(frames, output, config)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        measure(
            snakemake.input,
            snakemake.params.limit,
            snakemake.params.basis,
            snakemake.params.noise,
            snakemake.params.seed,
            snakemake.threads,
            snakemake.config,
            snakemake.output,
        )
