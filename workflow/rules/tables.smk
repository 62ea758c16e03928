rule merge_chunks:
    input:
        lambda wildcards: counted().parts(wildcards.merged),
    output:
        f"{RESULTS}/{{merged}}.parquet",
    log:
        f"{RESULTS}/logs/merge_chunks/{{merged}}.log",
    wildcard_constraints:
        merged="|".join([r"features/[^/]+/(?:train|test)", *of_each("tables/{}", PLAN.merged)]),
    conda:
        "../../envs/phiscope.yaml"
    params:
        **PLAN.parameters("merge_chunks"),
    message:
        "Put {wildcards.merged} together"
    script:
        "../../scripts/tables/merge_chunks.py"
