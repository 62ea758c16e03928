rule merge_chunks:
    input:
        lambda wildcards: counted().parts(wildcards.merged),
    output:
        f"{RESULTS}/{{merged}}.parquet",
    log:
        f"{RESULTS}/logs/merge_chunks/{{merged}}.log",
    wildcard_constraints:
        merged="|".join(PLAN.merged_alone),
    conda:
        "../../envs/phiscope.yaml"
    params:
        **PLAN.parameters("merge_chunks"),
    message:
        "Put {wildcards.merged} together"
    script:
        "../../scripts/tables/merge_chunks.py"


rule merge_views:
    input:
        **PLAN.geometry.merging().inputs(counted),
    output:
        **outputs(PLAN.geometry.merging()),
    log:
        f"{RESULTS}/logs/merge_views.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        parts=PLAN.geometry.merging().described,
    message:
        "Put the tables of all views together"
    script:
        "../../scripts/chain/run_chain.py"
