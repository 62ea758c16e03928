"""How far responses of filter banks can be turned back into images, and what each layer of the denoiser sees."""

from phiscope.arrays import unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.denoising.filters import IMAGES, measure
from phiscope.models.loading import load_network
from phiscope.workflow.frames import write_frames
from phiscope.workflow.job import job

if "snakemake" in globals():
    with job(snakemake):
        inputs, params = snakemake.input, snakemake.params
        images = unit_range(open_prepared(inputs.test).images(slice(0, IMAGES)))
        frames = measure(images, load_network(inputs.denoiser).network, params.side, params.seed)
        write_frames(frames, snakemake.output, snakemake.config)
