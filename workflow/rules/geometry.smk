for name in PLAN.geometry.placed:
    placing = PLAN.geometry.placing(name)

    rule:
        name:
            name
        input:
            **placing.inputs(counted),
        output:
            **outputs(placing),
        log:
            f"{RESULTS}/logs/{name}/{{chunk}}.log",
        group:
            name
        conda:
            "../../envs/phiscope.yaml"
        threads: placing.threads
        resources:
            **asks(placing),
        params:
            parts=placing.described,
        message:
            PLAN.geometry.placed_in_words(name)
        script:
            "../../scripts/chain/run_chain.py"


rule gather_features:
    input:
        lambda wildcards: counted().geometry.vectors_of(wildcards.view),
    output:
        f"{RESULTS}/features/{{view}}/train.safetensors",
    log:
        f"{RESULTS}/logs/gather_features/{{view}}.log",
    group:
        "gather_features"
    conda:
        "../../envs/phiscope.yaml"
    resources:
        **asks("gather_features"),
    params:
        **PLAN.parameters("gather_features"),
    message:
        "Features of {wildcards.view}, all train samples in one file"
    script:
        "../../scripts/geometry/gather_features.py"


if PLAN.geometry.projecting().parts:

    rule project_original:
        input:
            **PLAN.geometry.projecting().inputs(counted),
        output:
            **outputs(PLAN.geometry.projecting()),
        log:
            f"{RESULTS}/logs/project_original/test/{{chunk}}.log",
        group:
            "project_original"
        conda:
            "../../envs/phiscope.yaml"
        threads: PLAN.geometry.projecting().threads
        resources:
            **asks(PLAN.geometry.projecting()),
        params:
            parts=PLAN.geometry.projecting().described,
        message:
            "Hull distances in feature space of original, test samples {wildcards.chunk}"
        script:
            "../../scripts/chain/run_chain.py"


rule project_pixel_hull:
    input:
        **PLAN.geometry.projecting_pixels().inputs(counted),
    output:
        **outputs(PLAN.geometry.projecting_pixels()),
    log:
        f"{RESULTS}/logs/project_pixel_hull/{{view}}/{{split}}/{{chunk}}.log",
    conda:
        "../../envs/phiscope.yaml"
    threads: PLAN.geometry.projecting_pixels().threads
    resources:
        **asks(PLAN.geometry.projecting_pixels()),
    params:
        parts=PLAN.geometry.projecting_pixels().described,
    message:
        "Hull distances in pixel space of {wildcards.view}, {wildcards.split} samples {wildcards.chunk}"
    script:
        "../../scripts/chain/run_chain.py"


rule sum_up_views:
    input:
        **PLAN.geometry.summing_up().inputs(counted),
    output:
        **outputs(PLAN.geometry.summing_up()),
    log:
        f"{RESULTS}/logs/sum_up_views.log",
    group:
        "report"
    conda:
        "../../envs/phiscope.yaml"
    threads: PLAN.geometry.summing_up().threads
    resources:
        **asks(PLAN.geometry.summing_up()),
    params:
        parts=PLAN.geometry.summing_up().described,
    message:
        "Statistics of all views"
    script:
        "../../scripts/chain/run_chain.py"
