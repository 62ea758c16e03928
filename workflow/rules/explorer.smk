# Scripts with data may lie beside the page, in explorer/data/: which, the page says, and they carry what they hold in
# their names. The page is what other rules and stamps know of.
rule render_explorer:
    input:
        unpack(lambda wildcards: counted().explorer.inputs),
    output:
        page=PLAN.explorer.page,
    log:
        f"{RESULTS}/logs/render_explorer.log",
    group:
        "report"
    conda:
        "../../envs/phiscope.yaml"
    resources:
        **asks("render_explorer"),
    params:
        **PLAN.parameters("render_explorer"),
        told_apart=lambda wildcards: counted().explorer.told_apart,
    message:
        "Explorer"
    script:
        "../../scripts/explorer/render_explorer.py"
