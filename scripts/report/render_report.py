"""Put tables and figures into the page that people read."""

import datetime
import json
from pathlib import Path

import pandas as pd
import yaml

from phiscope import stats, tables
from phiscope.datasets import open_prepared
from phiscope.head import Head
from phiscope.report.implicit import gathered
from phiscope.report.latent import LatentPage, latent_page
from phiscope.report.page import NUMBERS, Estimate, ReportData, SamplePage, render
from phiscope.views import in_words
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def numbers_of(comparison: pd.DataFrame) -> dict[str, Estimate]:
    """The rows of the comparison that the page has a place for."""
    known = comparison[comparison["key"].isin(NUMBERS)]
    return {row["key"]: Estimate.of(row) for row in known.to_dict("records")}


def left_out(config: dict, trained: bool, denoising: pd.DataFrame | None) -> list[str]:
    """What a reader might expect of this run and does not find; denoising: the statistic denoising_summary."""
    pixel = config["hulls"]["pixel"]["samples"]
    found = []
    if pixel is not None:
        found.append(f"Pixel space: the first {pixel:,} test samples of the stratified order were projected, not all.")
    if any(config["dataset"].get("limit", {}).values()):
        found.append(f"The data set was limited: {config['dataset']['limit']}.")
    if not config["dataset"].get("human_labels"):
        found.append("No human labels were configured, so nothing is said about people.")
    judged = [name for name, view in config["views"].items() if view["kind"] == "denoise" and not view.get("hull_of")]
    if judged:
        found.append(f"Judged against the hull of training images as they are, not denoised: {', '.join(judged)}.")
    named = [] if denoising is None else config["denoising"]["bench"]["methods"]
    if "bm3d" in named and "bm3d" not in set(denoising["method"]):
        found.append("BM3D, though configured, was not compared: its package was not installed.")
    if not trained:
        found.append("The classifier was loaded, not trained here, so there is no training curve.")
    if config["inversions"]["samples"] == 0:
        found.append("Images of points in feature space (the inverse problem of sections 4 and 5) were not sought.")
    return found


def latent_of(inputs, setting: str | None, config: dict, classes) -> LatentPage | None:
    """What is said of latent space, where the run looked at one."""
    if setting is None:
        return None
    names = ("axes", "basis", "rotation", "denoising", "views")
    frames = {name: tables.read(inputs[f"latent_{name}"]) for name in names}
    return latent_page(frames, config["latent"], setting, classes)


def implicit_of(inputs, confidence: float) -> pd.DataFrame | None:
    names = {"implicit_answers": "implicit"} | {name: name for name in ("redrawn", "latent_waves", "implicit_decoders")}
    frames = {name: tables.read(inputs[key]) for name, key in names.items() if inputs.get(key)}
    return gathered(frames, confidence)


def all_hulls(inputs, hulls: pd.DataFrame) -> pd.DataFrame:
    """The projections onto the training set's hull, and those onto hulls of processed training images."""
    if not inputs.get("processed_hulls"):
        return hulls
    return pd.concat([hulls, stats.named_after_hull(tables.read(inputs.processed_hulls))], ignore_index=True)


def report_data(inputs, samples: list[int], latent_setting: str | None, config: dict) -> ReportData:
    head, test = Head.load(inputs.head), open_prepared(inputs.test_images)
    standing, comparison = tables.read(inputs.standing), tables.read(inputs.comparison)
    margins, hulls, balls = (tables.read(inputs[name]) for name in ("margins", "hulls", "balls"))
    lipschitz = tables.read(inputs.lipschitz).iloc[0]
    original = {
        name: frame[(frame["view"] == "original") & (frame["split"] == "test")]
        for name, frame in {"standing": standing, "margins": margins, "balls": balls}.items()
    }
    figures = {path.stem: path for path in map(Path, inputs.figures)}
    classifier = json.loads(Path(inputs.classifier).read_text())
    pixel = hulls[(hulls["space"] == "pixel") & (hulls["view"] == "original")]
    trained = "training" in classifier
    denoising = tables.read(inputs.denoising_summary) if inputs.get("denoising_summary") else None
    return ReportData(
        title=config["report"]["title"],
        dataset=config["dataset"]["path"],
        classifier=classifier["factory"].partition(":")[2] + (", trained here" if trained else ", loaded"),
        class_names=test.classes,
        train_count=int((balls["split"] == "train").sum()),
        test_count=len(original["standing"]),
        feature_count=len(head.weight),
        date=datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        config=yaml.safe_dump(config, sort_keys=False, allow_unicode=True),
        provenance=provenance(config),
        lower_bound=head.lower_bound,
        trained=trained,
        pixel_count=len(pixel),
        lipschitz=(lipschitz["constant"], lipschitz["largest_ratio"]),
        numbers=numbers_of(comparison),
        figures={name: path.read_bytes() for name, path in figures.items() if not name.startswith("sample-")},
        views={name: in_words(view) for name, view in config["views"].items()},
        samples=[
            SamplePage.of(number, original, test.classes, figures[f"sample-{number}"].read_bytes())
            for number in samples
        ],
        latent=latent_of(inputs, latent_setting, config, test.classes),
        comparison=comparison,
        denoising=denoising,
        layers=tables.read(inputs.denoiser_layers) if inputs.get("denoiser_layers") else None,
        view_rows=tables.read(inputs.views) if inputs.get("views") else None,
        certificates=stats.certificates(margins, all_hulls(inputs, hulls), tables.read(inputs.verification)),
        implicit=implicit_of(inputs, config["statistics"]["confidence"]),
        left_out=left_out(config, trained, denoising),
    )


if "snakemake" in globals():
    with job(snakemake.log[0]):
        parameters = snakemake.params
        page = render(
            report_data(snakemake.input, parameters.samples, parameters.latent_setting, snakemake.config),
            Path(snakemake.input.template),
        )
        temporary = Path(snakemake.output[0] + ".tmp")
        temporary.write_text(page)
        temporary.replace(snakemake.output[0])
