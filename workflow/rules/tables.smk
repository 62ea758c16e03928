rule merge_chunks:
    input:
        lambda wildcards: counted().parts(wildcards.merged),
    output:
        f"{RESULTS}/{{merged}}.parquet",
    log:
        f"{RESULTS}/logs/merge_chunks/{{merged}}.log",
    wildcard_constraints:
        merged="|".join(PLAN.merged_alone),
    group:
        lambda wildcards: merging(wildcards.merged)
    conda:
        "../../envs/phiscope.yaml"
    resources:
        **asks("merge_chunks"),
    params:
        **PLAN.parameters("merge_chunks"),
    message:
        "Table {wildcards.merged}"
    script:
        "../../scripts/tables/merge_chunks.py"


rule tabulate_views:
    input:
        **PLAN.geometry.tabulating().inputs(counted),
    output:
        **outputs(PLAN.geometry.tabulating()),
    log:
        f"{RESULTS}/logs/tabulate_views.log",
    group:
        "report"
    conda:
        "../../envs/phiscope.yaml"
    threads: PLAN.geometry.tabulating().threads
    resources:
        **asks(PLAN.geometry.tabulating()),
    params:
        parts=PLAN.geometry.tabulating().described,
    message:
        "Tables of all views, and what detectors say of their samples"
    script:
        "../../scripts/chain/run_chain.py"
