"""What a run on vectors of one split has not, why, and what would bring it."""

from __future__ import annotations

_LEFT_OUT = {
    "test": (
        "There are test vectors alone, so that what needs training vectors is left out: distances to their hull and "
        "what rests on them (closer to the hull or a boundary, ambiguity, support, classes after projection), the "
        "union of training balls, duplicates, and detectors that compare with training vectors. Training vectors "
        "beside the test vectors bring it."
    ),
    "train": (
        "There are training vectors alone, so that what is asked of test vectors is left out: accuracy, distances to "
        "the hull and what rests on them, pages of single samples, detectors. Test vectors beside the training vectors "
        "bring it, or dataset.options.test_share: 0.2, which draws some of these."
    ),
}


def left_out(only: str | None) -> list[str]:
    """A sentence or two; none for a run of both splits. only: the split that there is."""
    return [] if only is None else [_LEFT_OUT[only]]
