"""Encode images of yours in the latent space of a finished run, and turn them from label to label.

phiscope latent results/mnist photographs/ --invert --toward 0 3 --components 4 -o turned.png
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import choose_device, unit_range
from phiscope.commands.runs import require_whole
from phiscope.datasets import load_collection
from phiscope.datasets.fitting import fitted
from phiscope.errors import ConfigError
from phiscope.experiments.latent import bases
from phiscope.experiments.latent.turns import own_labels, turned
from phiscope.figures.mosaic import save_mosaic
from phiscope.latent.baselines import squared_error
from phiscope.latent.basis import Basis
from phiscope.latent.operators import KINDS
from phiscope.latent.spectral import decompose, truncate
from phiscope.models import load_artifact
from phiscope.models.codec import Codec


@dataclass(frozen=True)
class LoadedLatentSpace:
    """Networks and one basis of a finished run; shape (channels, h, w) is that of its images."""

    codec: Codec
    basis: Basis
    shape: tuple[int, int, int]

    @classmethod
    def open(cls, run: Path, setting: str, training: int, basis: str, device: str) -> LoadedLatentSpace:
        """What `snakemake` left in results/<run>; raises ConfigError where a file of it is missing."""
        encoder, about = load_artifact(_existing(run / f"models/encoder-{setting}-{training}.safetensors", run))
        networks = (load_artifact(_existing(run / f"models/{name}.safetensors", run)) for name in _SHARED)
        (generator, _), (classifier, _) = networks
        made = bases.load(_existing(run / f"latent/{setting}-{training}/bases.safetensors", run))
        arguments = about["arguments"]
        return cls(
            Codec(generator, classifier, encoder, device), made[basis], (arguments["channels"], *arguments["size"])
        )


_SHARED = ("generator", "classifier")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read, encode, turn, write; says of every image what it is encoded as."""
    options = _parser().parse_args(arguments)
    if not 0 < options.step <= 90:
        raise ConfigError(f"--step {options.step}: expected more than 0 and at most 90 degrees")
    device = choose_device(options.device)
    space = LoadedLatentSpace.open(options.run, options.setting, options.training, options.basis, device)
    names, images = _images(options.images, space.shape, options.invert)
    mean, log_deviation = space.codec.encode(images)
    decoded = space.codec.decode(mean)
    _write_picture(_columns(space, images, mean, decoded, options), options.output)
    if options.latents:
        amplitudes = decompose(mean, space.basis)
        axes = {"axis_label": space.basis.labels, "axis_set": space.basis.sets}
        arrays = {"name": np.asarray(names), "mean": mean, "log_deviation": log_deviation, "amplitude": amplitudes}
        np.savez(options.latents, allow_pickle=False, **arrays, **axes)
    seen = (space.codec.classify(images), space.codec.classify(decoded), own_labels(mean, space.basis))
    for name, error, *labels in zip(names, squared_error(decoded, images), *seen):
        classes = "classifier {}, of the decoded image {}, largest axis {}".format(*labels)
        print(f"{name}: {classes}; squared error of the decoded image {error:.3f} on [-1, 1]")


def _columns(
    space: LoadedLatentSpace, images: NDArray, mean: NDArray, decoded: NDArray, options: argparse.Namespace
) -> list[NDArray]:
    """Per image (columns, c, h, w): itself, decoded, decoded from the largest components, turned step by step."""
    shorter = [truncate(mean, space.basis, count) for count in options.components]
    rows = []
    for k, image in enumerate(images):
        way = turned(mean[k : k + 1], space.basis, options.toward, options.step, options.operator)
        latents = np.concatenate([*(part[k : k + 1] for part in shorter), way])
        rows.append(np.stack([image, decoded[k], *(space.codec.decode(latents) if len(latents) else ())]))
    return rows


def _images(paths: Sequence[Path], shape: tuple[int, int, int], invert: bool) -> tuple[list[str], NDArray[np.float32]]:
    """Every image of files and folders, made to fit; names are those of the files."""
    collections = [load_collection(str(path)) for path in paths]
    images = fitted([unit_range(image) for part in collections for image in part.images], shape)
    return [name for part in collections for name in part.names], 1 - images if invert else images


def _write_picture(rows: list[NDArray], path: Path) -> None:
    try:
        save_mosaic(np.concatenate(rows), path, columns=len(rows[0]))
    except ValueError as error:
        raise ConfigError(f"{path}: cannot be written ({error}); give a name that ends in .png or .jpg") from error


def _existing(path: Path, run: Path) -> Path:
    if path.is_file():
        require_whole([path, path.with_suffix(".json")], run)
        return path
    encoders = sorted(file.stem.removeprefix("encoder-") for file in run.glob("models/encoder-*.safetensors"))
    raise ConfigError(
        f"{path}: there is no such file; expected a folder results/<run> of a run with `latent.enabled: true`, with "
        f"--setting and --training of one of its encoders (here: {', '.join(encoders) or 'none'})"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="phiscope latent", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run", type=Path, help="folder of a finished run, results/<run>")
    parser.add_argument("images", type=Path, nargs="+", help="image files, or folders of them, of any size")
    parser.add_argument("-o", "--output", type=Path, required=True, help="picture to write, one row per image")
    parser.add_argument("--toward", type=int, nargs="+", default=[], help="labels to turn to, one after the other")
    parser.add_argument("--step", type=float, default=30.0, help="of the rotation, in degrees")
    parser.add_argument("--operator", default="givens", choices=list(KINDS), help="rotation; see docs/latent.md")
    parser.add_argument(
        "--components", type=int, nargs="+", default=[], help="draw from so many largest components too"
    )
    parser.add_argument("--latents", type=Path, help=".npz to write: mean, log deviation and amplitudes of every image")
    parser.add_argument("--invert", action="store_true", help="dark on light: what the run knows is light on dark")
    parser.add_argument("--setting", default="published", help="encoder, by its name in the configuration")
    parser.add_argument("--training", type=int, default=0, help="its seed")
    parser.add_argument("--basis", default="lowdin", choices=list(bases.BASES), help="axes of latent space")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    return parser
