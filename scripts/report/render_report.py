"""Put tables and figures into the page that people read, and what was found into a few sentences."""

from pathlib import Path

from phiscope.exhibits.run import Run
from phiscope.report import page
from phiscope.report.findings import findings
from phiscope.workflow.artifacts import opened
from phiscope.workflow.job import job
from phiscope.workflow.provenance import provenance

if "snakemake" in globals():
    with job(snakemake.log[0]):
        config, pictures = snakemake.config, [Path(path) for path in snakemake.input.pictures]
        context = snakemake.params.context | {
            "config": config,
            "provenance": provenance(config),
            "pictures": {path.stem: path.read_bytes() for path in pictures},
        }
        run = Run(opened(snakemake.input, {}), context)
        html = page.render(page.gather(run))
        Path(snakemake.output.findings).write_text("\n".join([*findings(run), ""]), encoding="utf-8")
        temporary = Path(f"{snakemake.output.page}.tmp")
        temporary.write_text(html, encoding="utf-8")
        temporary.replace(snakemake.output.page)
