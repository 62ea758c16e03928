"""What is kept of a look at a classifier, as numbers: written to a file of the run, and read by the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from phiscope.files import read_json, write_json

EACH = 4  # images of a class, on average, below which any order of the classes but the usual ones is not looked for


@dataclass(frozen=True)
class Pixels:
    """Of the first images of a split; ranges are (least, largest).

    shape (channels, height, width); kind: what values are stored as; stored, unit, normalised: their range as they are
    stored, in [0, 1], and as the network gets them; dark, flat: shares of images that are nearly black, and of others
    with next to no contrast.
    """

    images: int
    shape: tuple[int, ...]
    kind: str
    stored: tuple[float, float]
    unit: tuple[float, float]
    normalised: tuple[float, float]
    dark: float
    flat: float


@dataclass(frozen=True)
class FoundHead:
    """layer: its place; form: `linear layer` or `affine map`; found: how, in words; returns: what the network makes of
    the logits, `logits`, `softmax`, `log_softmax` or `sigmoid`; residual: largest difference between that of the head
    and the network's output, over the largest output; non_negative: whether no feature can be below 0; probabilities:
    whether outputs look like such.
    """

    layer: str
    form: str
    found: str
    features: int
    outputs: int
    returns: str
    residual: float
    non_negative: bool
    probabilities: bool


@dataclass(frozen=True)
class Passes:
    """Largest ‖f' − f‖ / ‖f‖ over images, f being an image's features among all of them in one batch.

    again: f' of a second pass of that batch; halves: of two batches; alone: of the image by itself. seconds: of the
    clock, for one image among the batch.
    """

    images: int
    again: float
    halves: float
    alone: float
    seconds: float

    @property
    def largest(self) -> float:
        return max(self.again, self.halves, self.alone)


@dataclass(frozen=True)
class Accuracy:
    """images: looked at; right: how many of them; chance: share of the most frequent class; above_chance: by a binomial
    test; favourite: the output that answers most often, with the share that it answers for and that it should."""

    images: int
    right: int
    chance: float
    above_chance: bool
    favourite: tuple[int, float, float]

    @property
    def share(self) -> float:
        return self.right / self.images


@dataclass(frozen=True)
class Order:
    """classes: for every output the number of the class that it answers for; accuracy: with that; called: in words."""

    classes: tuple[int, ...]
    accuracy: float
    called: str

    @property
    def moved(self) -> list[int]:
        """Outputs that stand for another class than the data set says."""
        return [output for output, number in enumerate(self.classes) if output != number]

    @property
    def columns(self) -> list[int]:
        """The outputs in the order of the classes."""
        return sorted(range(len(self.classes)), key=lambda output: self.classes[output])


@dataclass(frozen=True)
class BetterReading:
    """words: how images are read otherwise; remedy: how to read them so; accuracy: then, on so many images; own: as
    they are read now, on the same."""

    words: str
    remedy: str
    images: int
    accuracy: float
    own: float


@dataclass(frozen=True)
class Check:
    """What was seen.

    classes: their names in the order of the outputs; is_loaded: whether weights come from a file; normalise: mean and
    deviation; training: layers that stay in training mode; columns: outputs that the configuration chooses; outputs: of
    each (images of its class, answers, right ones), None like accuracy where the network is not trained yet or no image
    has a label; order, reading: with which it would be right much more often; stated: the accuracy that the file of
    weights states; test, train: images there are; doubts: sentences.
    """

    pixels: Pixels
    head: FoundHead
    passes: Passes
    classes: tuple[str, ...]
    is_loaded: bool
    normalise: tuple[tuple[float, ...], tuple[float, ...]]
    training: tuple[str, ...] = ()
    columns: tuple[int, ...] | None = None
    accuracy: Accuracy | None = None
    outputs: tuple[tuple[int, int, int], ...] | None = None
    order: Order | None = None
    reading: BetterReading | None = None
    stated: float | None = None
    test: int = 0
    train: int = 0
    doubts: tuple[str, ...] = ()

    @property
    def pass_seconds(self) -> float:
        """One pass of all images through the network."""
        return self.passes.seconds * (self.test + self.train)

    def write(self, path: str | Path) -> None:
        """As JSON, with an object for each output."""
        about = asdict(self)
        if self.accuracy is not None:
            about["accuracy"]["share"] = self.accuracy.share
        if self.order is not None:
            about["order"]["columns"] = self.order.columns
        outputs = self.outputs or ((),) * len(self.classes)
        about["outputs"] = [
            {"output": k, "class": name} | dict(zip(_COUNTS, counts))
            for k, (name, counts) in enumerate(zip(self.classes, outputs, strict=True))
        ]
        del about["classes"]
        write_json(about, path)

    @classmethod
    def read(cls, path: str | Path) -> Check:
        """What `write` wrote."""
        about: dict[str, Any] = read_json(path)
        for part, derived in (("accuracy", "share"), ("order", "columns")):
            if about[part] is not None:
                del about[part][derived]
        for key, kind in _PARTS.items():
            about[key] = None if about[key] is None else kind(**_tuples(about[key]))
        rows = about["outputs"]
        about["classes"] = [row["class"] for row in rows]
        about["outputs"] = [[row[key] for key in _COUNTS] for row in rows] if _COUNTS[0] in rows[0] else None
        return cls(**_tuples(about))


_COUNTS = ("images", "answers", "right")
_PARTS: Mapping[str, type] = {
    "pixels": Pixels, "head": FoundHead, "passes": Passes, "accuracy": Accuracy, "order": Order,
    "reading": BetterReading,
}  # fmt: skip


def _tuples(about: Mapping[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        return tuple(map(plain, value)) if isinstance(value, list) else value

    return {key: plain(value) for key, value in about.items()}
