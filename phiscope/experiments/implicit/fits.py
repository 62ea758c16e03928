"""Draw images in many ways, and say in one row per fit how well."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from phiscope.errors import ConfigError
from phiscope.experiments.implicit.settings import ON_ALL_PIXELS, SPARSE, Setting
from phiscope.implicit import linear, spectrum
from phiscope.implicit.bases import ImageBasis, basis
from phiscope.implicit.encodings import Encoding, encode
from phiscope.implicit.fit import Schedule, fit
from phiscope.implicit.images import every_other, psnr, random_pixels
from phiscope.implicit.networks import Network
from phiscope.implicit.waves import Size, nyquist, positions

Images = Mapping[str, NDArray[np.float64]]
T = TypeVar("T")


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
    report: Callable[[int, int], None] | None = None,
) -> Iterator[Drawn]:
    """Every image in every setting that is for its group, with every seed.

    images: (h, w, c) in [0, 1] by `group/name`; those of one shape are fitted together. means: magnitudes (h, w) by the
    same names, where `fourier_strategic` looks at the mean spectrum of other images.
    """
    shapes = sorted(images, key=lambda name: images[name].shape)
    stacks = [list(names) for _, names in groupby(shapes, key=lambda name: images[name].shape)]
    for done, (names, setting) in enumerate((names, setting) for names in stacks for setting in settings):
        meant = [name for name in names if setting.groups is None or name.partition("/")[0] in setting.groups]
        if meant:
            yield from _Stack({name: images[name] for name in meant}, options, means or {}).draw(setting)
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

    def __init__(self, images: Images, options: Options, means: Mapping[str, NDArray]) -> None:
        self.images, self.options, self.means = images, options, means
        self.size = next(iter(images.values())).shape[:2]
        self.train = options.train(self.size)

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
            yield from self._fitted(together, setting, seed)

    def _fitted(self, names: list[str], setting: Setting, seed: int) -> Iterator[Drawn]:
        options, encoding = self.options, self._encoding(names[0], setting, seed)
        schedule = replace(options.schedule, learning_rate=_given(setting.learning_rate))
        network = replace(options.network, kind=setting.model)
        if setting.model == "siren":
            network = replace(network, width=_given(setting.k))
        targets = [self.images[name].reshape(-1, self.images[name].shape[2]) for name in names]
        started = time.perf_counter()
        fits = fit(
            encoding(positions(self.size)).astype(np.float32),
            np.stack(targets).astype(np.float32),
            network,
            schedule,
            seeds=[seed] * len(names),
            train=self.train.ravel(),
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
            finite = bool(np.isfinite(image).all())
            yield Drawn(row | {"status": "fitted" if finite else "diverged"}, setting, image if finite else None)

    def _linear(self, setting: Setting, seed: int) -> Iterator[Drawn]:
        for name, image in self.images.items():
            started = time.perf_counter()
            if setting.model in SPARSE:
                drawn, about = _sparse(image, setting, seed, self.train)
                row = self._row(name, setting, None, seed) | about
            else:
                encoding = self._encoding(name, setting, seed)
                drawn, about = _least_squares(image, encoding, setting, self.train)
                row = self._row(name, setting, encoding, seed) | about
            fitted = np.ones_like(self.train) if setting.model in ON_ALL_PIXELS else self.train
            row |= {"psnr_train": psnr(drawn, image, fitted), "psnr_heldout": psnr(drawn, image, ~fitted)}
            yield Drawn(row | {"seconds": time.perf_counter() - started}, setting, drawn)

    def _row(self, name: str, setting: Setting, encoding: Encoding | None, seed: int | None) -> dict[str, Any]:
        """What is known before the fit; the rest is null."""
        image = self.images[name]
        row: dict[str, Any] = dict.fromkeys(COLUMNS) | _about(image)
        row |= {"image": name, "group": _kin(name), "height": self.size[0], "width": self.size[1]}
        row |= {"channels": image.shape[2], "seed": seed, "precision": self.options.precision}
        keys = ("model", "encoding", "spectrum", "k", "sigma", "share", "penalty", "learning_rate")
        row |= {key: getattr(setting, key) for key in keys}
        if encoding is None:
            return row
        row |= {"k": encoding.k, "asked_k": setting.k, "bandwidth": encoding.bandwidth, "dimension": encoding.dimension}
        row["energy_beyond"] = row["spectrum_energy"] * spectrum.share_beyond(image, encoding.bandwidth)
        if setting.encoding.startswith("fourier_"):
            row["psnr_parseval"] = _parseval(image, _given(encoding.frequencies))
        return row


# Order of the table's columns, and null where a model has no such thing.
COLUMNS = (
    *("image", "group", "height", "width", "channels", "model", "encoding", "spectrum", "asked_k", "k", "bandwidth"),
    *("dimension", "sigma", "share", "penalty", "seed", "hidden_width", "depth", "steps", "learning_rate", "precision"),
    *("parameters", "psnr_train", "psnr_heldout", "psnr_parseval", "coefficients", "duality_gap", "seconds"),
    *("spectrum_l1", "spectrum_energy", "spectrum_slope", "spectrum_frequency", "energy_beyond", "status"),
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


def _least_squares(
    image: NDArray, encoding: Encoding, setting: Setting, train: NDArray[np.bool_]
) -> tuple[NDArray, dict[str, Any]]:
    """ASSUME: the linear model has an intercept, as the network has."""
    seen = None if setting.model in ON_ALL_PIXELS else train.ravel()
    features = encoding(positions(image.shape[:2]))
    features = np.hstack([np.ones((len(features), 1)), features])
    fit = linear.least_squares(features, image.reshape(-1, image.shape[2]), seen)
    about = {"parameters": fit.weight.size, "coefficients": fit.rank, "status": "fitted"}
    return fit.prediction.reshape(image.shape), about


def _sparse(image: NDArray, setting: Setting, seed: int, train: NDArray[np.bool_]) -> tuple[NDArray, dict[str, Any]]:
    """The image less its mean in an orthonormal basis, or several; the mean is kept apart.

    ASSUME: so that a basis which holds no constant function is not blamed for an image's mean.
    """
    size = image.shape[:2]
    mean = image[train].mean(0) if setting.model not in ON_ALL_PIXELS else image.mean((0, 1))
    if setting.model == "largest":
        chosen = _basis(setting.encoding, size, seed)
        c = chosen.analyse(np.moveaxis(image - mean, 2, 0)).T
        k = max(1, round(_given(setting.share) * len(c)))
        kept = linear.largest(c, k)
        drawn = mean + np.moveaxis(chosen.synthesise(kept.T), 0, 2)
        missed = float(((c - kept) ** 2).sum())
        about = {"k": k, "parameters": k * image.shape[2], "psnr_parseval": spectrum.parseval_psnr(missed, image.size)}
        return drawn, about | {"coefficients": k, "dimension": len(c), "bandwidth": nyquist(size), "status": "fitted"}
    D = np.hstack([_basis(name, size, seed).matrix() for name in setting.encoding.split("+")])
    seen, y = train.ravel(), (image - mean).reshape(-1, image.shape[2])
    if setting.model == "lasso":
        fit = linear.lasso(D[seen], y[seen], _given(setting.penalty) * float(np.abs(D[seen].T @ y[seen]).max()))
    elif setting.model == "basis_pursuit":
        fit = linear.basis_pursuit(D[seen], y[seen])
    else:
        raise ConfigError(f"model {setting.model!r}: expected one of {', '.join(SPARSE)}")
    about = {"coefficients": int(fit.support().max()), "dimension": D.shape[1], "parameters": fit.weight.size}
    about |= {"duality_gap": float(np.abs(fit.duality_gap).max()), "status": _worst(fit.status)}
    return mean + (D @ fit.weight).reshape(image.shape), about | {"bandwidth": nyquist(size)}


def _given(value: T | None) -> T:
    """What a setting of this kind always has: `settings.expand` sees to it."""
    if value is None:
        raise ConfigError("implicit: a fit lacks a value that its model or encoding needs")
    return value


def _worst(status: NDArray[np.str_]) -> str:
    """`fitted` where every channel was solved, else the first word for not."""
    return next((str(word) for word in status if word != "solved"), "fitted")


@lru_cache(maxsize=8)  # a random one takes a minute to draw at 64 x 64; the others hold no matrix
def _basis(name: str, size: Size, seed: int) -> ImageBasis:
    return basis("fourier" if name == "fourier_complete" else name, size, seed=seed)
