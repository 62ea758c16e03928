"""The page of a finished run with a latent space."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from phiscope import tables
from phiscope.exhibits.latent import of_reading
from phiscope.files import read_json
from phiscope.papers.deep_lsd_recipe import differences
from phiscope.stats.latent import axis_counts, one, order_spread, path_summary
from phiscope.stats.shown import passing, shown_counts
from tools.pages import markdown

PICTURES = tuple(
    f"latent_{name}"
    for name in (
        *(
            "batches",
            "sets",
            "axes",
            "shown",
            "accuracy",
            "amplitudes",
            "truncation",
            "rotation",
            "way",
            "metric",
            "denoising",
        ),
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
    lines = []
    for published in (False, True):
        own = of_reading(axes, published=published)
        counts = axis_counts(own) | {"basis": own["basis"].iloc[0]}
        lines.append(
            "- Decode to their label: {averages_keep} of {averages} averages, {axes_keep} of {axes} axes of set 1, "
            "{basis}.".format(**counts)
        )
    for name, (low, high) in order_spread(basis).items():
        spread = f"{100 * low:.1f} to {100 * high:.1f} % right over 20 orders of the labels"
        lines.append(f"- {name}: condition number {conditions[name]:.3g}, {spread}.")
    for published in (True, False):
        own = of_reading(rotation, published=published)
        for row in path_summary(own).to_dict("records"):
            how = f"Way `{row['path']}`, {own['basis'].iloc[0]}, {own['encoding'].iloc[0]} latents"
            reached = f"{100 * row['reached']:.1f} % have the label where a stage ends"
            lines.append(f"- {how}: {reached}; diversity at the end {row['diversity']:.2f} of the start's.")
    return lines


def claims(run: Path) -> list[str]:
    """Sentences of the text with what was measured, as Markdown."""
    rows = [
        (
            row["section"],
            row["says"],
            row["quantity"],
            _claimed(row),
            str(row["n"] or markdown.DASH),
            row["verdict"] or markdown.DASH,
        )
        for row in tables.read(run / "statistics/latent_claims.parquet").to_dict("records")
    ]
    return markdown.table(["section", "sentence", "quantity", "measured", "n", "verdict"], rows)


def _claimed(row: dict) -> str:
    ends = (row["value"], row["ci_low"], row["ci_high"])
    value, low, high = (f"{100 * v:.1f} %" if row["unit"] == "share" else f"{v:.3g}" for v in ends)
    return value if pd.isna(row["ci_low"]) else f"{value} [{low}, {high}]"


def directions(run: Path) -> list[str]:
    """How many axes pass which judge, beside random frames, as Markdown; then what else passes."""
    shown = tables.read(run / "statistics/latent_shown.parquet")
    counts = shown_counts(shown)
    words = {"sure": "softmax at least 90 %", "dense": "density", "near": "hull", "shown": "all three"}
    rows = []
    for (basis, axes), part in counts.groupby(["basis", "axes"], sort=False):
        of = part.set_index("judge")
        cells = [
            f"{row['count']}; {row['null']:.1f} [{row['null_low']:.0f}, {row['null_high']:.0f}]"
            for row in (of.loc[judge] for judge in words)
        ]
        rows.append((f"{basis}, {axes} ({of['of'].iloc[0]})", *cells))
    others = [
        (f"{row['kind']} ({row['n']})", *(f"{100 * row[judge]:.1f} %" for judge in words))
        for row in passing(shown).to_dict("records")
    ]
    return [
        *markdown.table(["axes", *words.values()], rows),
        "",
        *markdown.table(["what else passes", *words.values()], others),
    ]


def recipe(run: Path) -> list[str]:
    """In what the trainings differ from the published recipe, as Markdown."""
    config = read_json(run / "configuration.json")["configuration"]
    latent = config["latent"]
    setting = next(name for name, options in latent["settings"].items() if options is not None)
    return markdown.table(["part", "paper", "here"], differences(latent, config["classifier"], setting))


def denoising(run: Path, *, published: bool) -> list[str]:
    """Truncation of noisy images, as Markdown: label kept, PSNR."""
    frame = of_reading(tables.read(run / "statistics/latent_denoising.parquet"), published=published)
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
        "The published recipe, but for what stands here:",
        "",
        *recipe(run),
        "",
        "Sentences of the text, with Gram-Schmidt's axes and sampled latents, as published:",
        "",
        *claims(run),
        "",
        "Directions that show an image of a class: how many pass each judge; after that as many random directions, "
        "mean and 95 % of random orthonormal frames:",
        "",
        *directions(run),
        "",
        "Truncation as a denoiser (label kept by the classifier / PSNR against the clean image), Gram-Schmidt and "
        "sampled latents, as published:",
        "",
        *denoising(run, published=True),
        "",
        "The same, in the basis and encoding that views use:",
        "",
        *denoising(run, published=False),
        "",
        *markdown.pictures(run, folder, PICTURES),
    ]
    return "\n".join(lines)
