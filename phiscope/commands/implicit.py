"""Fit a network to an image of yours, and write it back at any resolution.

phiscope redraw photograph.jpg --encoding gaussian --k 128 --sigma 8 --scale 4 -o large.png
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import blocks, choose_device, unit_range
from phiscope.datasets.decode import decode
from phiscope.errors import ConfigError, DataError
from phiscope.implicit.encodings import ENCODINGS, Encoding, encode
from phiscope.implicit.fit import PRECISIONS, Fits, Schedule, fit
from phiscope.implicit.images import random_pixels
from phiscope.implicit.networks import Network
from phiscope.implicit.spectrum import magnitudes
from phiscope.implicit.waves import Size, positions

_BLOCK = 2**16  # positions that are drawn at a time


def main(arguments: Sequence[str] | None = None) -> None:
    """Read, fit, write; says the PSNR on fitted and on held-out pixels."""
    options = _parser().parse_args(arguments)
    image = np.moveaxis(unit_range(decode(_existing(options.image), str(options.image))), 0, 2).astype(np.float64)
    size = image.shape[:2]
    encoding = _encoding(options, image)
    network = Network("siren" if options.encoding == "siren" else "mlp", options.width, options.depth)
    fits = fit(
        encoding(positions(size)).astype(np.float32),
        image.reshape(1, -1, image.shape[2]).astype(np.float32),
        network,
        Schedule(options.steps, options.learning_rate, "cosine"),
        seeds=[options.seed],
        train=random_pixels(size, 1 - options.held_out, seed=options.seed).ravel(),
        precision=options.precision,
        device=choose_device(options.device),
    )
    drawn = at(fits, encoding, options.size or tuple(max(1, round(options.scale * side)) for side in size))
    _write(drawn, options.output)
    held_out = "" if np.isnan(fits.psnr_heldout[0]) else f", {fits.psnr_heldout[0]:.2f} dB on held-out pixels"
    print(f"{options.output}: {drawn.shape[1]} x {drawn.shape[0]}, {fits.parameters:,} parameters, ", end="")
    print(f"PSNR {fits.psnr_train[0]:.2f} dB on fitted pixels{held_out}")


def at(fits: Fits, encoding: Encoding, size: Size) -> NDArray:
    """The image of the first fit on a grid of another size (h, w, c), in [0, 1]."""
    where = positions(size)
    parts = [fits.predict(encoding(where[part]).astype(np.float32))[0] for part in blocks(len(where), _BLOCK)]
    return np.concatenate(parts).reshape(*size, -1).clip(0, 1)


def _encoding(options: argparse.Namespace, image: NDArray) -> Encoding:
    """The encoding, with those of the options that it takes."""
    offered = {"k": options.k, "sigma": options.sigma, "seed": options.seed}
    wanted = inspect.signature(ENCODINGS[options.encoding]).parameters
    parameters = {name: value for name, value in offered.items() if name in wanted}
    if "magnitudes" in wanted:
        parameters["magnitudes"] = magnitudes(image)
    return encode(options.encoding, image.shape[:2], **parameters)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise DataError(f"{path}: there is no such image; give a PNG, JPEG or the like")
    return path


def _write(image: NDArray, path: Path) -> None:
    from PIL import Image

    pixels = np.rint(255 * image).astype(np.uint8)
    try:
        Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels).save(path)
    except ValueError as error:
        raise ConfigError(f"{path}: cannot be written ({error}); give a name that ends in .png or .jpg") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="phiscope redraw", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("image", type=Path, help="image file")
    parser.add_argument("-o", "--output", type=Path, required=True, help="where to write what was drawn")
    parser.add_argument("--encoding", default="gaussian", choices=list(ENCODINGS), help="what comes before the network")
    parser.add_argument("--k", type=int, default=128, help="waves of the encoding")
    parser.add_argument("--sigma", type=float, default=8.0, help="scale of the encoding, in cycles per image")
    parser.add_argument("--scale", type=float, default=1.0, help="resolution of the output over that of the image")
    parser.add_argument(
        "--size", type=int, nargs=2, metavar=("HEIGHT", "WIDTH"), help="of the output, instead of a scale"
    )
    parser.add_argument("--width", type=int, default=128, help="of the hidden layers")
    parser.add_argument("--depth", type=int, default=4, help="linear layers")
    parser.add_argument("--steps", type=int, default=500, help="of Adam")
    parser.add_argument("--learning-rate", type=float, default=5e-3, help="of Adam, at the first step")
    parser.add_argument("--held-out", type=float, default=0.0, help="share of the pixels to hold out")
    parser.add_argument("--precision", default="float32", choices=list(PRECISIONS), help="of the products")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--seed", type=int, default=0, help="of the encoding and of the first weights")
    return parser
