"""Where the explorer shows what a figure of the report shows: the end of its address."""

from __future__ import annotations

from urllib.parse import quote

PAGE = "explorer/index.html"  # beside the report

# Kind of a figure -> the state of the explorer; those of one sample open it.
_STATES = {
    "plane": "x=hull_distance&y=margin",
    "distances": "x=hull_distance&y=margin&colour=label",
    "distances_by_view": "x=hull_distance&y=margin&colour=view&f.view=",
    "class_margins": "x=hull_distance&y=margin&colour=label",
    "training_margins": "x=confidence&y=margin",
    "ambiguity": "question=ambiguous&mode=gallery",
    "human": "x=human_entropy&y=ambiguity",
    "support": "question=suspects&mode=gallery",
    "duplicates": "question=duplicates&mode=gallery",
    "balls": "x=ball_train_inside&y=margin",
    "attack_plane": "x=hull_distance&y=margin&colour=attack_success&f.view=",
    "roc": "question=unseen&f.view=&x=highest_percentile&y=margin",
}
_OF_A_SAMPLE = ("sample", "adversarial", "inverted", "perimeter", "morph", "segment", "path", "edit")


def of_sample(number: int) -> str:
    """The address of a test sample as it is, from the folder of the run."""
    return f"{PAGE}#sample={quote(str(number))}"


def of_figure(name: str) -> str | None:
    """The address of what a figure shows, by its name, `plane` or `sample-7`; None where there is no such state."""
    kind, _, number = name.partition("-")
    if kind in _OF_A_SAMPLE and number.isdecimal():
        return of_sample(int(number))
    return f"{PAGE}#{_STATES[kind]}" if kind in _STATES else None
