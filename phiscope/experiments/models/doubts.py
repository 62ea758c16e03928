"""What of a look at a classifier is to doubt: one sentence each, which says what was seen and what to do.

A rule is a function of the look that gives a sentence, or None where it has nothing against it. A new one is such a
function and a place in `RULES`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

import yaml

from phiscope.datasets.classes import by_numbers, order_to_doubt
from phiscope.experiments.models.answers import below
from phiscope.experiments.models.record import Check, Order
from phiscope.words.numbers import percent

_MANY = 0.5  # of the images
_NEARLY_ALL = 0.8  # of the answers
_OFTENER = 0.3  # than the class there is
_FAR = 0.05  # below the accuracy that a file of weights states
_MOVED = 1e-4  # of an image's features: more than sums of float32 in another order differ by
_LISTED, _COLUMNS = 20, 100  # classes and outputs that a sentence lists
_SWAPPED = 4  # outputs that it names
DIVIDED = "with mean and deviation divided by 255"  # the words of a reading, which says the same as one of the rules


def doubts_of(check: Check) -> Iterator[str]:
    """Every sentence, the most telling first; what another order or reading explains is not said once more."""
    for rule in RULES:
        sentence = rule(check)
        if sentence:
            yield sentence


def _normalised_by_255(check: Check) -> str | None:
    mean, deviation = check.normalise
    if not is_of_bytes(mean, deviation) or (check.reading and check.reading.words == DIVIDED):
        return None
    means, deviations = (_joined([f"{each / 255:.3g}" for each in values]) for values in (mean, deviation))
    return (
        f"classifier.normalise has mean [{_joined([f'{m:g}' for m in mean])}] and deviation "
        f"[{_joined([f'{d:g}' for d in deviation])}], as for values up to 255, while pixels here lie in [0, 1]; divide "
        f"them by 255: {{mean: [{means}], deviation: [{deviations}]}}"
    )


def is_of_bytes(mean: Sequence[float], deviation: Sequence[float]) -> bool:
    """Whether a mean and deviation are those of values up to 255: pixels in [0, 1] have none above 1."""
    return max(map(abs, mean)) > 1 or max(deviation) > 1


def _dark(check: Check) -> str | None:
    pixels = check.pixels
    if pixels.dark <= _MANY:
        return None
    stored = f"{pixels.stored[1]:g}" + (" of 255" if pixels.kind == "uint8" else "")
    return (
        f"{percent(pixels.dark)} of {pixels.images} images are nearly black, and no value is above {stored}; look at "
        "them, and say with dataset.options.range which stored value is white, such as 1 for images of 0 and 1"
    )


def _flat(check: Check) -> str | None:
    pixels = check.pixels
    if pixels.flat <= _MANY:
        return None
    return (
        f"{percent(pixels.flat)} of {pixels.images} images are of one shade; look at them, and say with "
        "dataset.options.range which stored values are black and white"
    )


def _in_training(check: Check) -> str | None:
    if not check.training:
        return None
    return (
        f"{_some(check.training)} stay{'s' if len(check.training) == 1 else ''} in training mode after network.eval(); "
        "let `train(False)` reach every layer, as its results there are not those of the evaluation"
    )


def _probabilities(check: Check) -> str | None:
    if not check.head.probabilities:
        return None
    then = "a training with cross-entropy learns slowly from them"
    if check.is_loaded:
        then = "distances are those of the logits before the softmax"
    return (
        f"the outputs look like probabilities, not negative and with sum 1, and {then}; return the logits, and leave "
        "the softmax out of the network"
    )


def _moving(check: Check) -> str | None:
    passes = check.passes
    if passes.largest <= _MOVED:
        return None
    return (
        f"the features of an image move by {passes.largest:.0e} of their length between passes and batches, more than "
        "float32 rounds by, so that distances below that are noise; look for what mixes images of a batch or computes "
        "in few digits"
    )


def _other_order(check: Check) -> str | None:
    order, accuracy = check.order, check.accuracy
    if order is None or accuracy is None or (check.reading and check.reading.accuracy > order.accuracy):
        return None
    names, moved = check.classes, order.moved
    named = [f"output {k} is called {names[k]!r} and answers for {names[order.classes[k]]!r}" for k in moved[:_SWAPPED]]
    more = f", and {len(moved) - _SWAPPED} more" if len(moved) > _SWAPPED else ""
    known = "" if order.called == "another order" else f", {order.called}"
    return (
        f"accuracy {accuracy.share:.2f} on {accuracy.images} images; with the classes in another order{known}, it "
        f"would be {order.accuracy:.2f}: {', '.join(named)}{more}; give the outputs in the order of the classes, "
        f"classifier.columns: {_columns(order, check.columns)}"
    )


def _columns(order: Order, chosen: Sequence[int] | None) -> str:
    """Outputs in the order of the classes, of those that are chosen already."""
    columns = [column if chosen is None else chosen[column] for column in order.columns]
    first = ", ".join(map(str, columns[:_COLUMNS]))
    return f"[{first}]" if len(columns) <= _COLUMNS else f"[{first}, ...], all of which models/check.json lists"


def _other_reading(check: Check) -> str | None:
    reading, order = check.reading, check.order
    if reading is None or (order and order.accuracy >= reading.accuracy) or _dark(check):
        return None  # of dark images it must be known first which value is white
    return (
        f"accuracy {reading.own:.2f} on {reading.images} images; {reading.words}, it would be {reading.accuracy:.2f}: "
        f"{reading.remedy}"
    )


def _doubtful_order(check: Check) -> str | None:
    """Folders named by numbers stand in the order of text; which one the outputs stand in, a good accuracy tells."""
    accuracy = check.accuracy
    if not check.is_loaded or check.order or (accuracy and accuracy.above_chance and accuracy.share > 0.5):
        return None
    sentence = order_to_doubt(check.classes)
    if sentence is None or len(check.classes) > _LISTED:
        return sentence
    return f"{sentence}, such as {_yaml(sorted(check.classes, key=by_numbers))}"


def _at_chance(check: Check) -> str | None:
    accuracy = check.accuracy
    if accuracy is None or accuracy.above_chance or check.order or check.reading:
        return None
    again = (
        "check that the weights belong to this factory and these classes, and that size, channels and "
        "classifier.normalise are those of their training"
        if check.is_loaded
        else "train longer or with other classifier.training, and check that labels belong to the images"
    )
    return (
        f"accuracy {accuracy.share:.2f} on {accuracy.images} images is no better than always answering the most "
        f"frequent class, {accuracy.chance:.2f}; {again}"
    )


def _one_answer(check: Check) -> str | None:
    if check.accuracy is None or check.order or check.reading:
        return None
    output, answered, there = check.accuracy.favourite
    if answered < _NEARLY_ALL or answered - there < _OFTENER:
        return None
    return (
        f"output {output}, {check.classes[output]!r}, is the answer to {percent(answered)} of the images, of which "
        f"{percent(there)} are of that class; check classifier.normalise and the range of the images"
    )


def _below_stated(check: Check) -> str | None:
    accuracy, stated = check.accuracy, check.stated
    if accuracy is None or stated is None or check.order or check.reading:
        return None
    if stated - accuracy.share < _FAR or not below(accuracy.right, accuracy.images, stated):
        return None
    return (
        f"accuracy {accuracy.share:.2f} on {accuracy.images} images is far below the {stated:.2f} that the file of "
        "weights states; check that size, crop, interpolation and classifier.normalise are those of its evaluation, "
        "and that these are the same images"
    )


RULES: tuple[Callable[[Check], str | None], ...] = (
    _other_order,
    _other_reading,
    _normalised_by_255,
    _dark,
    _flat,
    _at_chance,
    _one_answer,
    _below_stated,
    _doubtful_order,
    _in_training,
    _probabilities,
    _moving,
)


def _joined(words: Sequence[str]) -> str:
    return ", ".join(words)


def _some(names: Sequence[str]) -> str:
    return _joined([repr(name) for name in names[:3]]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _yaml(names: Sequence[str]) -> str:
    """A list in YAML; numbers stand as such, which names of classes and labels take."""
    return f"[{_joined([name if _is_plain(name) else json.dumps(name, ensure_ascii=False) for name in names])}]"


def _is_plain(name: str) -> bool:
    """Whether YAML reads back a name, or the number that it is, without quotes."""
    read = yaml.safe_load(name) if name.isidentifier() or name.isdecimal() else None
    return read is not None and str(read) == name
