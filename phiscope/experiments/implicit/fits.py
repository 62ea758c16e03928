"""Draw images in many ways, and say in one row per fit how well."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.experiments.implicit.kept import KeptFits
from phiscope.experiments.implicit.linear import given, least_squares, sparse
from phiscope.experiments.implicit.settings import ALL, SPARSE, TRAINING, Setting
from phiscope.implicit import spectrum
from phiscope.implicit.encodings import Encoding, encode
from phiscope.implicit.fit import Schedule, fit
from phiscope.implicit.images import between, every_other, psnr, random_pixels
from phiscope.implicit.networks import Network
from phiscope.implicit.waves import Size, positions

Images = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Options:
    """What all fits share. training: share of the pixels that are fitted, or `grid` for every other row and column;
    seeds: of encodings and first weights; seed: of the choice of training pixels."""

    network: Network
    schedule: Schedule
    seeds: tuple[int, ...]
    training: float | str
    seed: int
    precision: str = "float32"
    device: str = "cpu"

    @classmethod
    def of(cls, implicit: Mapping[str, Any], seed: int, device: str = "cpu") -> Options:
        """From the section `implicit` of a configuration."""
        network, schedule = implicit["network"], implicit["schedule"]
        return cls(
            network=Network(width=network["width"], depth=network["depth"]),
            schedule=Schedule(schedule["steps"], schedule["learning_rate"], schedule["decay"]),
            seeds=tuple(1000 * seed + number for number in range(implicit["seeds"])),
            training=implicit["training_pixels"],
            seed=seed,
            precision=schedule["precision"],
            device=device,
        )

    def train(self, size: Size) -> NDArray[np.bool_]:
        """(h, w): the pixels that are fitted, the same for all images of a size."""
        return (
            every_other(size) if isinstance(self.training, str) else random_pixels(size, self.training, seed=self.seed)
        )


@dataclass(frozen=True, eq=False)
class Drawn:
    """One image drawn by one fit: its row of the table, and the image (h, w, c), None where there is none."""

    row: dict[str, Any]
    setting: Setting
    image: NDArray | None


def draw(
    images: Images,
    settings: Sequence[Setting],
    options: Options,
    *,
    means: Mapping[str, NDArray] | None = None,
    kept: KeptFits | None = None,
    report: Callable[[int, int], None] | None = None,
) -> Iterator[Drawn]:
    """Every image in every setting that is for its group, with every seed.

    images: (h, w, c) in [0, 1] by `group/name`; those of one shape are fitted together. means: magnitudes (h, w) by the
    same names, where `fourier_strategic` looks at the mean spectrum of other images; kept: where fits that take long
    are looked for first, and put.
    """
    shapes = sorted(images, key=lambda name: images[name].shape)
    stacks = [list(names) for _, names in groupby(shapes, key=lambda name: images[name].shape)]
    for done, (names, setting) in enumerate((names, setting) for names in stacks for setting in settings):
        meant = [name for name in names if setting.groups is None or name.partition("/")[0] in setting.groups]
        if meant:
            yield from _Stack({name: images[name] for name in meant}, options, means or {}, kept).draw(setting)
        if report:
            report(done + 1, len(stacks) * len(settings))


def mean_magnitudes(images: Images) -> dict[str, NDArray]:
    """For every image the mean spectrum of the others of its group and size, which does not look at the answer.

    Images without such company are left out. ASSUME: this stands for the training set's mean spectrum.
    """
    spectra = {name: spectrum.magnitudes(image) for name, image in images.items()}
    company = {
        name: [
            spectra[other]
            for other in images
            if other != name and _kin(other) == _kin(name) and spectra[other].shape == spectra[name].shape
        ]
        for name in images
    }
    return {name: np.mean(others, axis=0) for name, others in company.items() if others}


def _kin(name: str) -> str:
    return name.partition("/")[0]


class _Stack:
    """Images of one shape."""

    def __init__(self, images: Images, options: Options, means: Mapping[str, NDArray], kept: KeptFits | None) -> None:
        self.images, self.options, self.means, self.kept = images, options, means, kept
        self.size = next(iter(images.values())).shape[:2]

    def draw(self, setting: Setting) -> Iterator[Drawn]:
        obstacle = setting.obstacle(self.size)
        if obstacle or (setting.spectrum == "mean" and not set(self.images) <= set(self.means)):
            for name in self.images:
                yield Drawn(
                    self._row(name, setting, None, None) | {"status": obstacle or "no mean spectrum"}, setting, None
                )
            return
        for seed in self.options.seeds if setting.is_drawn else self.options.seeds[:1]:
            yield from self._networks(setting, seed) if setting.is_network else self._linear(setting, seed)

    def _encoding(self, name: str, setting: Setting, seed: int) -> Encoding:
        parameters = setting.parameters()
        if setting.encoding in ("gaussian", "fourier_random", "orthogonal"):
            parameters["seed"] = seed
        if setting.encoding == "fourier_strategic":
            own = setting.spectrum == "own"
            parameters["magnitudes"] = spectrum.magnitudes(self.images[name]) if own else self.means[name]
        return encode(setting.encoding, self.size, **parameters)

    def _networks(self, setting: Setting, seed: int) -> Iterator[Drawn]:
        """Images that share an encoding are fitted together; those that bring their own spectrum, one by one."""
        names = list(self.images)
        for together in [[name] for name in names] if setting.encoding == "fourier_strategic" else [names]:
            yield from self._kept(together, setting, seed)

    def _kept(self, names: list[str], setting: Setting, seed: int) -> Iterator[Drawn]:
        """As `_fitted`, or what an earlier job fitted so."""
        if self.kept is None:
            yield from self._fitted(names, setting, seed)
            return
        own = {name: self.means[name] for name in names} if setting.spectrum == "mean" else {}
        means = {name: hashlib.sha256(mean.tobytes()).hexdigest() for name, mean in own.items()}
        key = self.kept.key({name: self.images[name] for name in names}, setting, self.options, seed, means)
        found = self.kept.read(key)
        if found is None:
            drawn = list(self._fitted(names, setting, seed))
            self.kept.keep(key, ((each.row, each.image) for each in drawn))
            yield from drawn
        else:
            yield from (Drawn(row, setting, image) for row, image in found)

    def _fitted(self, names: list[str], setting: Setting, seed: int) -> Iterator[Drawn]:
        options, encoding = self.options, self._encoding(names[0], setting, seed)
        schedule = replace(options.schedule, learning_rate=given(setting.learning_rate))
        network = replace(options.network, kind=setting.model)
        if setting.model == "siren":
            network = replace(network, width=given(setting.k))
        targets = [self.images[name].reshape(-1, self.images[name].shape[2]) for name in names]
        started = time.perf_counter()
        fits = fit(
            encoding(positions(self.size)).astype(np.float32),
            np.stack(targets).astype(np.float32),
            network,
            schedule,
            seeds=[seed] * len(names),
            train=self._seen(setting).ravel(),
            precision=options.precision,
            device=options.device,
        )
        about: dict[str, Any] = {"parameters": fits.parameters, "hidden_width": network.width, "depth": network.depth}
        about |= {"steps": schedule.steps, "learning_rate": schedule.learning_rate}
        about |= {"seconds": (time.perf_counter() - started) / len(names)}
        for place, name in enumerate(names):
            row = self._row(name, setting, encoding, seed) | about
            row |= {"psnr_train": fits.psnr_train[place], "psnr_heldout": fits.psnr_heldout[place]}
            image = fits.prediction[place].reshape(self.images[name].shape)
            row |= self._between(image, name, setting)
            finite = bool(np.isfinite(image).all())
            yield Drawn(row | {"status": "fitted" if finite else "diverged"}, setting, image if finite else None)

    def _between(self, image: NDArray, name: str, setting: Setting) -> dict[str, float]:
        """PSNR on odd rows and columns, where the others are fitted on even ones: what Tancik et al. report."""
        if setting.on_all_pixels or not isinstance(self.options.training, str):
            return {}
        return {"psnr_between": psnr(image, self.images[name], between(self.size))}

    def _seen(self, setting: Setting) -> NDArray[np.bool_]:
        """(h, w): the pixels that are fitted."""
        return np.ones(self.size, dtype=bool) if setting.on_all_pixels else self.options.train(self.size)

    def _linear(self, setting: Setting, seed: int) -> Iterator[Drawn]:
        seen = self._seen(setting)
        for name, image in self.images.items():
            started = time.perf_counter()
            if setting.model in SPARSE:
                drawn, about = sparse(image, setting, seed, seen)
                row = self._row(name, setting, None, seed) | about
            else:
                encoding = self._encoding(name, setting, seed)
                drawn, about = least_squares(image, encoding, seen)
                row = self._row(name, setting, encoding, seed) | about
            row |= {"psnr_train": psnr(drawn, image, seen), "psnr_heldout": psnr(drawn, image, ~seen)}
            row |= self._between(drawn, name, setting)
            yield Drawn(row | {"seconds": time.perf_counter() - started}, setting, drawn)

    def _row(self, name: str, setting: Setting, encoding: Encoding | None, seed: int | None) -> dict[str, Any]:
        """What is known before the fit; the rest is null."""
        image = self.images[name]
        row: dict[str, Any] = dict.fromkeys(COLUMNS) | _about(image)
        row |= {"image": name, "group": _kin(name), "height": self.size[0], "width": self.size[1]}
        row |= {"channels": image.shape[2], "seed": seed, "precision": self.options.precision}
        keys = ("model", "encoding", "spectrum", "k", "sigma", "share", "penalty", "learning_rate")
        row |= {key: getattr(setting, key) for key in keys}
        row["pixels"] = ALL if setting.on_all_pixels else TRAINING
        if encoding is None:
            return row
        row |= {"k": encoding.k, "asked_k": setting.k, "bandwidth": encoding.bandwidth, "dimension": encoding.dimension}
        row["energy_beyond"] = row["spectrum_energy"] * spectrum.share_beyond(image, encoding.bandwidth)
        if setting.encoding.startswith("fourier_"):
            row["psnr_parseval"] = _parseval(image, given(encoding.frequencies))
        return row


# Order of the table's columns, and null where a model has no such thing.
COLUMNS = (
    *("image", "group", "height", "width", "channels", "model", "encoding", "spectrum", "pixels", "asked_k", "k"),
    *("bandwidth", "dimension", "sigma", "share", "penalty", "seed", "hidden_width", "depth", "steps"),
    *("learning_rate", "precision", "parameters", "psnr_train", "psnr_heldout", "psnr_between", "psnr_parseval"),
    *("coefficients", "duality_gap", "seconds", "spectrum_l1", "spectrum_energy", "spectrum_slope"),
    *("spectrum_frequency", "energy_beyond", "status"),
)


def _about(image: NDArray) -> dict[str, float]:
    return {
        "spectrum_l1": spectrum.l1(image),
        "spectrum_energy": spectrum.energy(image),
        "spectrum_slope": spectrum.slope(image),
        "spectrum_frequency": spectrum.mean_frequency(image),
    }


def _parseval(image: NDArray, frequencies: NDArray) -> float:
    """PSNR of the linear model on these waves and their conjugates, from the energy that they miss."""
    power = (np.abs(np.fft.fft2(image, axes=(0, 1), norm="ortho")) ** 2).sum(2)
    missed = np.ones(power.shape, dtype=bool)
    missed[0, 0] = False  # the intercept
    for sign in (1, -1):
        missed[tuple((sign * frequencies.astype(int) % power.shape).T)] = False
    return spectrum.parseval_psnr(float(power[missed].sum()), image.size)
