"""phiscope: from a data set and a model to tables, statistics, figures and one report."""

from snakemake.utils import min_version

min_version("9.0")


configfile: "config.yaml"


report: "workflow/report/workflow.rst"


# What all rules share: functions and names, no rules.
include: "workflow/rules/common/config.smk"
include: "workflow/rules/common/chunks.smk"
include: "workflow/rules/common/views.smk"
include: "workflow/rules/common/latent.smk"
include: "workflow/rules/common/inversions.smk"
include: "workflow/rules/common/denoise.smk"
include: "workflow/rules/common/implicit.smk"
include: "workflow/rules/common/tables.smk"
include: "workflow/rules/common/figures.smk"
# In the order in which data flows.
include: "workflow/rules/data.smk"
include: "workflow/rules/models.smk"
include: "workflow/rules/latent.smk"
include: "workflow/rules/latent_basis.smk"
include: "workflow/rules/views.smk"
include: "workflow/rules/locate.smk"
include: "workflow/rules/invert.smk"
include: "workflow/rules/implicit.smk"
include: "workflow/rules/statistics.smk"
include: "workflow/rules/latent_measures.smk"
include: "workflow/rules/denoise.smk"
include: "workflow/rules/inversion_figures.smk"
include: "workflow/rules/denoise_figures.smk"
include: "workflow/rules/implicit_figures.smk"
include: "workflow/rules/latent_figures.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        f"{RESULTS}/report.html",
        [f"{RESULTS}/tables/attacks.parquet"] if ATTACKS else [],
        INVERSION_TABLE,
        DENOISING_TABLES,
        [statistic(name) for name in DENOISING_STATISTICS],
        IMPLICIT_TABLE,
        LATENT_TABLES,
        [f"{RESULTS}/figures/{name}.{kind}" for name in ALL_FIGURES for kind in ("svg", "png")],


onsuccess:
    print(f"Report: {RESULTS}/report.html")
