rule render_report:
    input:
        **paths(*PLAN.drawing.of_the_page),
        pictures=PLAN.drawing.in_the_page,
        narrow=PLAN.drawing.narrow(PLAN.drawing.all),
    output:
        **{
            name: report(
                path,
                category="Report",
                caption="../report/captions/report.rst",
                labels={"page": PLAN.drawing.titles[name]},
            )
            for name, path in PLAN.drawing.pages.items()
        },
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
