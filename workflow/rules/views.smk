for name, prepared in slices().items():

    rule:
        name:
            f"slice_{name}"
        input:
            prepared,
        output:
            temp_unless_kept(name)(images_of(name)),
        log:
            f"{RESULTS}/logs/slice_{name}/{{split}}/{{chunk}}.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            code=rests_on("views/slice_dataset"),
        message:
            f"{name}, {{wildcards.split}} samples {{wildcards.chunk}}"
        script:
            "../../scripts/views/slice_dataset.py"


for name, view in DERIVED.items():

    rule:
        name:
            f"make_{name}"
        input:
            **needs_of(name),
            source=source_of(name),
        output:
            temp_unless_kept(name)(images_of(name)),
        log:
            f"{RESULTS}/logs/make_{name}/{{split}}/{{chunk}}.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            kind=view["kind"],
            parameters=parameters_of(name),
            seed=lambda wildcards: seed_of(wildcards.split),
            code=rests_on("views/make_view", VIEWS[view["kind"]].module),
        message:
            f"{name}, samples {{wildcards.chunk}}"
        script:
            "../../scripts/views/make_view.py"


rule judge_attack:
    input:
        original=lambda wildcards: source_of(wildcards.view).format(split=wildcards.split, chunk=wildcards.chunk),
        attacked=f"{RESULTS}/views/{{view}}/{{split}}/{{chunk}}.safetensors",
        classifier=CLASSIFIER,
        denoiser=lambda wildcards: DENOISER if "denoiser" in wanted(config["views"][wildcards.view]) else [],
    output:
        f"{RESULTS}/chunks/attacks/{{view}}/{{split}}/{{chunk}}.parquet",
    log:
        f"{RESULTS}/logs/judge_attack/{{view}}/{{split}}/{{chunk}}.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        confidence=lambda wildcards: config["views"][wildcards.view].get("confidence", 0.0),
        code=rests_on("attacks/judge_attack"),
    message:
        "Judge the attack {wildcards.view}, {wildcards.split} samples {wildcards.chunk}"
    script:
        "../../scripts/attacks/judge_attack.py"


rule pick_samples:
    input:
        lambda wildcards: image_chunks_of(wildcards.view),
    output:
        f"{RESULTS}/exhibits/{{view}}.safetensors",
    log:
        f"{RESULTS}/logs/pick_samples/{{view}}.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        samples=config["report"]["samples"],
        code=rests_on("views/pick_samples"),
    message:
        "Images of the samples in the report, {wildcards.view}"
    script:
        "../../scripts/views/pick_samples.py"
