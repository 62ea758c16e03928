rule render_report:
    input:
        **paths(*PLAN.drawing.of_the_page),
        pictures=PLAN.drawing.in_the_page,
        narrow=PLAN.drawing.narrow(PLAN.drawing.all),
    output:
        **PLAN.drawing.pages,  # not in Snakemake's own report, where they would take two thirds of its size
        # The last lines of the terminal.
        findings=f"{RESULTS}/findings.txt",
    log:
        f"{RESULTS}/logs/render_report.log",
    group:
        "report"
    conda:
        "../../envs/phiscope.yaml"
    resources:
        **asks("render_report"),
    params:
        **PLAN.parameters("render_report"),
    message:
        "Report"
    script:
        "../../scripts/report/render_report.py"


# The last job: where it fails, all else is there. What it only waits for makes it anew as little as it can.
rule require_agreement:
    input:
        disagreements=PLAN.path("disagreements"),
        after=ancient(PLAN.results_to_keep),
    output:
        PLAN.path("second_opinion"),
    log:
        f"{RESULTS}/logs/require_agreement.log",
    conda:
        "../../envs/phiscope.yaml"
    resources:
        **asks("require_agreement"),
    params:
        **PLAN.parameters("require_agreement"),
    message:
        "Whether another solver agrees"
    script:
        "../../scripts/report/require_agreement.py"
