"""What drawing images from latent space does to their place in feature space, against the view they start from."""

from phiscope import tables
from phiscope.stats.latent import view_effect
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

if "snakemake" in globals():
    with job(snakemake):
        effects = view_effect(tables.read(snakemake.input.standing), snakemake.params.views, snakemake.params.attacks)
        tables.write_frame(effects, snakemake.output[0], provenance(snakemake.config))
