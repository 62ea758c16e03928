"""A classifier looked at before anything rests on it: 32 images, then some hundred with labels.

    check = look(network, images, labels, classes, asked=None, is_loaded=True)
    print(*lines(check), *doubts(check), sep="\\n")

Raises what a trial raises where the network cannot be used: see `phiscope.models.feature_map.checked`. Everything else
that looks wrong is a doubt, a sentence each, which says what to do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from numpy.typing import NDArray
from torch import Tensor

from phiscope.arrays import unit_range
from phiscope.experiments.models.answers import Answers
from phiscope.experiments.models.doubts import doubts_of
from phiscope.experiments.models.heads import found_head
from phiscope.experiments.models.orders import better_order
from phiscope.experiments.models.passes import measure
from phiscope.experiments.models.pixels import pixels_of
from phiscope.experiments.models.record import Accuracy, Check
from phiscope.experiments.models.variants import better_reading, predict, readings
from phiscope.models.classifier import Normalised
from phiscope.models.feature_map import checked
from phiscope.models.trial import ENOUGH, in_evaluation, left_in_training, require_runs

MOST = 500  # images with labels that are looked at; of many classes, some of each
_EACH = 5  # of a class
_VARIED = 200  # of these, read in other ways
_LEAST = 32
_SECONDS = 10.0  # of the clock, that each of the two takes at most, unless the least images take longer
_GOOD = 0.9  # accuracy above which no other reading can be much better


def look(
    network: Normalised,
    images: NDArray,
    labels: NDArray,
    classes: Sequence[str],
    *,
    asked: str | None = None,
    is_loaded: bool,
    is_trained: bool = True,
    stated: float | None = None,
    counts: tuple[int, int] = (0, 0),
    device: str = "cpu",
) -> Check:
    """A network in evaluation mode on test images (n, channels, h, w) as they are prepared, in their stratified order.

    n: `how_many` do; a label of -1 says that there is none. asked: the layer that the configuration names as the head.
    is_loaded: whether its weights come from a file, so that their order of classes and their way to read images are
    somebody else's; is_trained: whether it has weights that answer at all. stated: the accuracy that the file of
    weights states. counts: of test and training images. Raises ModelError where the network cannot be used.
    """
    pixels = torch.from_numpy(unit_range(images))
    with in_evaluation(network):
        feature_map = checked(network, pixels[:ENOUGH], len(classes), asked)
        feature_map.to(device)
        tried = pixels[:ENOUGH].to(device)
        require_runs(network, tried[:2])  # there as well
        check = Check(
            pixels_of(images, network),
            found_head(feature_map, tried, asked),
            measure(feature_map, tried),
            tuple(map(str, classes)),
            is_loaded,
            (_numbers(network.mean), _numbers(network.deviation)),
            tuple(left_in_training(network)),
            None if network.columns is None else tuple(network.columns),
            stated=stated,
            test=counts[0],
            train=counts[1],
        )
        labelled = labels >= 0
        if is_trained and labelled.any():
            known = pixels if labelled.all() else pixels[torch.from_numpy(labelled)]
            check = _with_answers(check, network, known.to(device), labels[labelled])
    return replace(check, doubts=tuple(doubts_of(check)))


def how_many(classes: int) -> int:
    """Images with labels that a look is for, where there is time."""
    return max(MOST, _EACH * classes)


def _with_answers(check: Check, network: Normalised, pixels: Tensor, labels: NDArray) -> Check:
    affordable = int(_SECONDS / max(check.passes.seconds, 1e-9))
    pixels, labels = pixels[: max(_LEAST, affordable)], labels[: max(_LEAST, affordable)]
    answers = Answers(labels, predict(network, pixels), len(check.classes))
    accuracy = Accuracy(len(answers), answers.right, answers.chance, answers.is_above_chance, answers.favourite)
    rows = tuple((images, said, right) for _, images, said, right in answers.rows())
    check = replace(check, accuracy=accuracy, outputs=rows)
    if answers.accuracy > _GOOD:
        return check
    tries = sum(1 for _ in readings(network, pixels[:1]))
    varied = max(_LEAST, min(_VARIED, math.floor(affordable / tries)))
    some = Answers(answers.labels[:varied], answers.predicted[:varied], answers.count)
    return replace(
        check,
        order=better_order(answers, check.classes),
        reading=better_reading(network, pixels[:varied], some),
    )


def _numbers(values: Tensor) -> tuple[float, ...]:
    return tuple(float(f"{each:.6g}") for each in values.flatten().tolist())
