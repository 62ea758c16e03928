"""Sentences of Toledo-Marín and Glazier 2021 beside what was measured, as published: which hold."""

from phiscope import tables
from phiscope.exhibits.latent import of_reading, of_setting, sampled_spectra
from phiscope.papers.deep_lsd_claims import claims_table
from phiscope.stats.intervals import Resampling
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance


def check(inputs, setting: str, is_papers: bool, options: Resampling):
    frames = {name: tables.read(inputs[name]) for name in inputs.keys()}  # noqa: SIM118 (snakemake's inputs)
    own = {name: of_setting(frames[name], setting) for name in ("numbers", "latent")}
    published = {name: of_reading(frames[name], published=True) for name in ("truncated", "rotation", "axes")}
    spectra = sampled_spectra(frames["spectra"], setting)
    return claims_table(
        spectra=spectra, shown=frames["shown"], options=options, dataset_is_papers=is_papers, **own, **published
    )


if "snakemake" in globals():
    with job(snakemake):
        params = snakemake.params
        rows = check(snakemake.input, params.setting, params.is_papers, Resampling(**params.options, seed=params.seed))
        tables.write_frame(rows, snakemake.output[0], provenance(snakemake.config))
