for name, prepared in PLAN.views.slices.items():

    rule:
        name:
            f"slice_{name}"
        input:
            prepared,
        output:
            temp_unless_kept(name)(PLAN.views.images(name)),
        log:
            f"{RESULTS}/logs/slice_{name}/{{split}}/{{chunk}}.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("slice_dataset"),
        message:
            f"{name}, {{wildcards.split}} samples {{wildcards.chunk}}"
        script:
            "../../scripts/views/slice_dataset.py"


for name in PLAN.views.derived:

    rule:
        name:
            f"make_{name}"
        input:
            **PLAN.needs(name),
            source=PLAN.views.source(name),
        output:
            temp_unless_kept(name)(PLAN.views.images(name)),
        log:
            f"{RESULTS}/logs/make_{name}/{{split}}/{{chunk}}.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("make_view", view=name),
            seed=lambda wildcards: PLAN.views.seed(wildcards.split),
        message:
            f"{name}, samples {{wildcards.chunk}}"
        script:
            "../../scripts/views/make_view.py"


rule judge_attack:
    input:
        original=lambda wildcards: PLAN.views.source(wildcards.view).format(**wildcards),
        attacked=f"{RESULTS}/views/{{view}}/{{split}}/{{chunk}}.safetensors",
        classifier=PLAN.path("classifier"),
        denoiser=lambda wildcards: PLAN.needs(wildcards.view).get("denoiser", []),
    output:
        f"{RESULTS}/chunks/attacks/{{view}}/{{split}}/{{chunk}}.parquet",
    log:
        f"{RESULTS}/logs/judge_attack/{{view}}/{{split}}/{{chunk}}.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        **PLAN.parameters("judge_attack"),
    message:
        "Judge the attack {wildcards.view}, {wildcards.split} samples {wildcards.chunk}"
    script:
        "../../scripts/attacks/judge_attack.py"


rule pick_samples:
    input:
        lambda wildcards: counted().views.image_chunks(wildcards.view),
    output:
        f"{RESULTS}/exhibits/{{view}}.safetensors",
    log:
        f"{RESULTS}/logs/pick_samples/{{view}}.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        **PLAN.parameters("pick_samples"),
    message:
        "Images of the samples in the report, {wildcards.view}"
    script:
        "../../scripts/views/pick_samples.py"
