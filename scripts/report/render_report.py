"""Put tables and figures into the pages that people read, and what was found into a few sentences."""

from pathlib import Path

from phiscope.exhibits.run import Run
from phiscope.files import write_shown, write_text
from phiscope.report import page
from phiscope.report.findings import findings
from phiscope.workflow.artifacts import opened
from phiscope.workflow.job import job
from phiscope.workflow.provenance import summary

if "snakemake" in globals():
    with job(snakemake):
        config = snakemake.config
        context = snakemake.params.context | {
            "config": config,
            "provenance": summary(config),
            **{
                shown: {Path(path).stem: Path(path).read_bytes() for path in snakemake.input[shown]}
                for shown in ("pictures", "narrow")
            },
        }
        run = Run(opened(snakemake.input, {}), context)
        gathered = page.gather(run)
        write_text("\n".join([*findings(run), ""]), snakemake.output.findings)
        for name, path in snakemake.output.items():
            if name != "findings":
                write_shown(page.render(gathered, name).encode(), path)
