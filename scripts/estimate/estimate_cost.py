"""What the long parts of this run will cost, before they begin."""

import time
from dataclasses import asdict

import torch

from phiscope.arrays import choose_device, unit_range
from phiscope.datasets import open_prepared
from phiscope.experiments.inversion.budget import SearchCost
from phiscope.experiments.latent.cost import seconds_of_jobs
from phiscope.experiments.run_cost import as_text, measure, parts_of
from phiscope.files import write_json, write_text
from phiscope.geometry.inversion.memory import MOST, free_memory
from phiscope.head import Head
from phiscope.models import split
from phiscope.models.loading import load_network
from phiscope.words.budget import left_out
from phiscope.workflow.job import job, tell


def main(inputs, work: dict, budget: dict | None, device: str, memory: float, output) -> None:
    startup = time.process_time()
    images = torch.from_numpy(unit_range(open_prepared(inputs.images).images(slice(0, MOST))))
    network = load_network(inputs.classifier)
    feature_map = split(network, images[:2], head=Head.load(inputs.head).layer).to(device)
    rates = measure(feature_map, images.to(device), memory, startup=startup)
    made = (budget["rows"][0]["made"], sum(row["made"] for row in budget["rows"][1:])) if budget else (0, 0)
    search = SearchCost.read(inputs.cost) if budget else None
    latent = seconds_of_jobs(work["latent"], network, rates.shape, device) if work["latent"] else {}
    parts = parts_of(work, rates, search, made, latent)
    text = as_text(parts, work["not_estimated"], left_out(budget["rows"]) if budget else "")
    write_text(text, output.text)
    numbers = {"rates": asdict(rates), "parts": [asdict(part) for part in parts], "seconds_by_rule": latent}
    write_json(numbers, output.numbers)
    tell(text)


if "snakemake" in globals():
    with job(snakemake):
        params = snakemake.params
        device = choose_device(snakemake.config["device"])
        memory = free_memory(device, jobs=snakemake.resources.jobs_at_once)
        main(snakemake.input, params.work, params.get("budget"), device, memory, snakemake.output)
