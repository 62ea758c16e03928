"""What a run found about neural image representations, in sentences that its numbers bear out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from phiscope.exhibits.run import Run
from phiscope.report.estimate import MeasuredNumber
from phiscope.report.functions import findings as findings
from phiscope.stats.implicit.decoders import decoder_answers
from phiscope.stats.implicit.rates import rate_answers
from phiscope.stats.implicit.waves import latent_answers
from phiscope.stats.intervals import Resampling

TITLE = "What does an image take as a function of position?"
NUMBERS = ()
NEEDS = ()
OPTIONAL = ("implicit_answers", "implicit_rates", "redrawn", "latent_waves", "implicit_decoders")

Answer = tuple[str, str, list[tuple[str, MeasuredNumber]]]


def data(run: Run) -> list[Answer] | None:
    """Every question, what was found in a sentence, and the numbers behind it; None where nothing was asked."""
    frames = {name: run[name] for name in OPTIONAL if run[name] is not None}
    options = run.context["config"]["statistics"]
    answers = gathered(frames, Resampling(**options))
    return None if answers is None or answers.empty else answers_of(answers)


def answers_of(answers: pd.DataFrame) -> list[Answer]:
    sentences = findings(answers)
    return [
        (question, sentences.get(question, ""), [(row["quantity"], MeasuredNumber.of(row)) for row in rows])
        for question, part in answers.groupby("question", sort=False)
        for rows in [part.to_dict("records")]
    ]


def gathered(frames: Mapping[str, pd.DataFrame], options: Resampling) -> pd.DataFrame | None:
    """All that is said of images as functions of position, one row per number; None where nothing was asked.

    frames: statistics by name, as far as there are, of OPTIONAL; options: how their intervals were made.
    """
    said = [frames[name] for name in ("implicit_answers", "redrawn") if name in frames]
    if "implicit_rates" in frames:
        said.append(rate_answers(frames["implicit_rates"], options))
    if "latent_waves" in frames:
        said.append(latent_answers(frames["latent_waves"]))
    if "implicit_decoders" in frames:
        said.append(decoder_answers(frames["implicit_decoders"], options.confidence))
    return pd.concat(said, ignore_index=True) if said else None
