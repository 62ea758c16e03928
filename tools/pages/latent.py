"""The page of a finished run with a latent space."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from phiscope import tables
from phiscope.stats.latent import axis_counts, one, order_spread, path_summary
from tools.pages import markdown

PICTURES = tuple(
    f"latent_{name}"
    for name in (
        *("batches", "sets", "axes", "accuracy", "amplitudes", "truncation", "rotation", "way", "metric", "denoising"),
        *("tradeoff", "training"),
    )
)
OTHERS = ("axes", "basis", "rotation")
_SAMPLED = {"encoding": "sampled", "basis": "gram-schmidt"}
_PAPER = _SAMPLED | {"axes": "all", "sign": "magnitude"}
_LOWDIN = {"basis": "lowdin", "axes": "first-set", "sign": "signed", "measure": "lsd", "k": 1}

# What stands in a row: words, the paper's value where it gives one, and where the table `latent` has it.
ROWS = (
    ("encoded, decoded, classified right; z", "about 94 %", {"measure": "encode_decode", "encoding": "sampled"}),
    ("the same; μ", "", {"measure": "encode_decode", "encoding": "mean"}),
    ("LSD: label has the largest amplitude, all axes, Gram-Schmidt; z", "92 %", {"measure": "lsd", "k": 1} | _PAPER),
    ("LSD: label among the four largest; z", "98.9 %", {"measure": "lsd", "k": 4} | _PAPER),
    ("LSD: the largest lies in set 1; z", "99 %", {"measure": "largest_in_first_set"} | _SAMPLED),
    ("LSD: Löwdin, set 1, signed; z", "", _LOWDIN | {"encoding": "sampled"}),
    ("LSD: Löwdin, set 1, signed; μ", "", _LOWDIN | {"encoding": "mean"}),
    ("not LSD: nearest class mean (cosine); μ", "", {"measure": "nearest_mean", "encoding": "mean"}),
    ("not LSD: linear discriminant analysis; μ", "", {"measure": "lda"}),
    ("not LSD: logistic regression; μ", "", {"measure": "logistic"}),
    ("not LSD: logistic regression on as many principal components", "", {"measure": "pca"}),
    ("classifier, on the images themselves", "98.9 %", {"measure": "classifier"}),
    ("squared error of decode(μ), on [-1, 1]", "", {"measure": "squared_error", "encoding": "mean"}),
    ("squared error of decode(z)", "", {"measure": "squared_error", "encoding": "sampled"}),
    ("squared error of the class's mean image", "", {"measure": "squared_error_of_class_mean"}),
    ("squared error of the mean image", "", {"measure": "squared_error_of_mean"}),
)


def accuracies(latent: pd.DataFrame) -> list[str]:
    """The table of every setting beside the paper, as Markdown; in brackets the interval, then the trainings' range."""
    settings = list(dict.fromkeys(latent["setting"]))
    rows = [
        (words, paper or "–", *(_cell(one(latent, setting, where)) for setting in settings))
        for words, paper, where in ROWS
    ]
    return markdown.table(["quantity", "paper", *settings], rows)


def _written(value: float, unit: str) -> str:
    return f"{100 * value:.1f} %" if unit == "share" else f"{value:.3f}"


def _cell(row: pd.Series | None) -> str:
    if row is None:
        return "–"
    unit = "ratio" if row["measure"].startswith("squared_error") else "share"
    value, low, high, least, most = (
        _written(row[k], unit) for k in ("value", "ci_low", "ci_high", "lowest", "highest")
    )
    return f"{value} [{low}, {high}]" + (f"; {least} to {most}" if row["trainings"] > 1 else "")


def beyond(run: Path) -> list[str]:
    """What axes and operators do, one line each."""
    axes, basis, rotation = (tables.read(run / f"statistics/latent_{name}.parquet") for name in OTHERS)
    first = basis[["setting", "training"]].iloc[0]  # whose axes views and operators use
    basis = basis[(basis[["setting", "training"]] == first).all(axis=1)]
    conditions = basis[basis["quantity"] == "basis_condition"].set_index("kind")["value"]
    counts = axis_counts(axes)
    lines = [
        "- Decode to their label: {averages_keep} of {averages} averages, {axes_keep} of {axes} of Löwdin's axes; "
        "of {directions} directions the classifier is 90 % sure of {directions_sure} "
        "(the paper, by eye: about 20).".format(**counts)
    ]
    for name, (low, high) in order_spread(basis).items():
        spread = f"{100 * low:.1f} to {100 * high:.1f} % right over 20 orders of the labels"
        lines.append(f"- {name}: condition number {conditions[name]:.3g}, {spread}.")
    for row in path_summary(rotation).to_dict("records"):
        reached = f"{100 * row['reached']:.1f} % have the label where a stage ends"
        lines.append(f"- Way `{row['path']}`: {reached}; diversity at the end {row['diversity']:.2f} of the start's.")
    return lines


def denoising(run: Path) -> list[str]:
    """Truncation of noisy images, as Markdown: label kept, PSNR."""
    frame = tables.read(run / "statistics/latent_denoising.parquet")
    levels = sorted(frame["level"].unique())
    rows = []
    for count, part in sorted(frame.groupby("components"), key=lambda item: (item[0] > 0, item[0] < 0, item[0])):
        name = {0: "the image itself, not decoded", -1: "all"}.get(count, str(count))
        of = part.set_index("level")
        cells = [f"{100 * of['kept'][level]:.1f} % / {of['psnr'][level]:.1f} dB" for level in levels]
        rows.append((name, *(text.replace("nan dB", "–") for text in cells)))
    return markdown.table(["components", *(f"noise {level:g}" for level in levels)], rows)


def page(run: Path, circumstances: str, folder: Path) -> str:
    lines = [
        f"# {run.name}: latent space",
        "",
        circumstances,
        "",
        markdown.made_with(run / "tables/latent.parquet"),
        "",
        "In brackets 95 % intervals over test samples; after them, where there are several, the range of trainings.",
        "",
        *accuracies(tables.read(run / "tables/latent.parquet")),
        "",
        *beyond(run),
        "",
        "Truncation as a denoiser (label kept by the classifier / PSNR against the clean image):",
        "",
        *denoising(run),
        "",
        *markdown.pictures(run, folder, PICTURES),
    ]
    return "\n".join(lines)
