"""A look at a classifier in words: sentences for the report, and lines for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from phiscope.experiments.models.record import EACH, Check
from phiscope.words.numbers import percent, significant

_ROWS = 20  # outputs that the terminal lists; of more, the ones most often wrong
_WIDE = 110  # characters of a line
DOUBT = "Doubtful: "


def sentences(check: Check) -> list[str]:
    """What was seen, without the doubts."""
    return [_images(check), _head(check), _passes(check), *([_accuracy(check)] if check.accuracy else []), _cost(check)]


def _images(check: Check) -> str:
    pixels = check.pixels
    shape = "x".join(map(str, pixels.shape))
    kind = "8-bit integers" if pixels.kind == "uint8" else pixels.kind
    return (
        f"Images are {shape}, stored as {kind} from {_number(pixels.stored[0])} to {_number(pixels.stored[1])}: pixels "
        f"from {_number(pixels.unit[0])} to {_number(pixels.unit[1])} in [0, 1], {_number(pixels.normalised[0])} to "
        f"{_number(pixels.normalised[1])} after classifier.normalise; there are {check.test:,} test and "
        f"{check.train:,} training images of {len(check.classes):,} classes."
    )


def _head(check: Check) -> str:
    head = check.head
    returns = "" if head.returns == "logits" else f" before a {head.returns}"
    sign = ", none of which can be negative" if head.non_negative else ""
    form = "the linear layer" if head.form == "linear layer" else "an affine map of what flows into"
    return (
        f"The head is {form} {head.layer!r}{returns}, {head.found}: {head.features:,} features{sign}, to "
        f"{head.outputs:,} outputs; it gives the network's outputs to {_tiny(head.residual)} of the largest."
    )


def _passes(check: Check) -> str:
    passes = check.passes
    if passes.largest == 0:
        moved = "do not move at all between two passes, two batch sizes and images alone"
    else:
        moved = (
            f"move by {_tiny(passes.again)} of their length between two passes, {_tiny(passes.halves)} between batches "
            f"of {passes.images} and {-(-passes.images // 2)}, and {_tiny(passes.alone)} where an image is alone"
        )
    return f"On {passes.images} images, features {moved}."


def _accuracy(check: Check) -> str:
    accuracy = check.accuracy
    assert accuracy is not None
    stated = "" if check.stated is None else f", and its file states {percent(check.stated)}"
    few = ""
    if accuracy.images < EACH * len(check.classes):
        few = f" Whether outputs stand in any order but usual ones, fewer than {EACH} images of a class do not tell."
    return (
        f"The network is right on {percent(accuracy.share)} of {accuracy.images} test images; always answering the "
        f"most frequent class is right on {percent(accuracy.chance)}{stated}.{few}"
    )


def _cost(check: Check) -> str:
    return (
        f"An image takes {significant(1000 * check.passes.seconds)} ms, one pass of all {check.test + check.train:,} "
        f"images {duration(check.pass_seconds)}."
    )


def duration(seconds: float) -> str:
    """Seconds as people say them: `12 s`, `4 min`, `3.5 h`."""
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def rows(check: Check) -> tuple[str, list[tuple[str, ...]]]:
    """What stands above the table of outputs, and its rows: output, class, images, answers, right ones.

    Of many outputs those whose class is most often missed.
    """
    outputs = check.outputs or ((0, 0, 0),) * len(check.classes)
    order = sorted(range(len(outputs)), key=lambda k: outputs[k][2] - outputs[k][0])
    shown = sorted(order[:_ROWS])
    title = "" if len(shown) == len(outputs) else f"{_ROWS} of {len(outputs)} outputs"
    if title and check.outputs:
        title += ", those whose class is missed most"
    numbers = [() if check.outputs is None else tuple(map(str, outputs[k])) for k in shown]
    return title, [(str(k), check.classes[k], *row) for k, row in zip(shown, numbers)]


def heading(check: Check) -> tuple[str, ...]:
    """Of the table of outputs."""
    return ("output", "class", *(("images", "answers", "right") if check.outputs is not None else ()))


def lines(check: Check) -> list[str]:
    """For a terminal: sentences and the table of outputs."""
    title, table = rows(check)
    return [
        *(line for sentence in sentences(check) for line in _wrapped(sentence)),
        *([f"{title}:"] if title else []),
        *_aligned([heading(check), *table]),
    ]


def doubts(check: Check) -> list[str]:
    """The doubts as lines, or one line that there are none."""
    if not check.doubts:
        return ["Nothing here is to doubt."]
    return [line for each in check.doubts for line in _wrapped(f"{DOUBT}{each}.")]


def _wrapped(sentence: str) -> list[str]:
    """Lines of it; a number stays beside its per cent."""
    wrapped = textwrap.wrap(sentence.replace(" %", "\N{NO-BREAK SPACE}%"), _WIDE, subsequent_indent="  ")
    return [line.replace("\N{NO-BREAK SPACE}%", " %") for line in wrapped]


def _aligned(table: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*table)]
    for row in table:
        cells = [cell.ljust(w) if k == 1 else cell.rjust(w) for k, (cell, w) in enumerate(zip(row, widths))]
        yield "  ".join(cells).rstrip()


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _tiny(value: float) -> str:
    return "0" if value == 0 else f"{value:.0e}"
