rule slice_dataset:
    input:
        f"{RESULTS}/data/{{split}}.safetensors",
    output:
        temp_unless_kept("original")(f"{RESULTS}/views/original/{{split}}/{{chunk}}.safetensors"),
    log:
        f"{RESULTS}/logs/slice_dataset/{{split}}/{{chunk}}.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        code=rests_on("slice_dataset"),
    message:
        "original, {wildcards.split} samples {wildcards.chunk}"
    script:
        "../../scripts/slice_dataset.py"


for name, view in DERIVED.items():

    rule:
        name:
            f"make_{name}"
        input:
            **needs_of(name),
            source=f"{RESULTS}/views/{parent_of(name)}/{{split}}/{{chunk}}.safetensors",
        output:
            temp_unless_kept(name)(f"{RESULTS}/views/{name}/{{split}}/{{chunk}}.safetensors"),
        log:
            f"{RESULTS}/logs/make_{name}/{{split}}/{{chunk}}.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            kind=view["kind"],
            parameters=parameters_of(name),
            code=rests_on("make_view", VIEWS[view["kind"]].module),
        message:
            f"{name}, samples {{wildcards.chunk}}"
        script:
            "../../scripts/make_view.py"


rule pick_samples:
    input:
        lambda wildcards: images_of(wildcards.view),
    output:
        f"{RESULTS}/exhibits/{{view}}.safetensors",
    log:
        f"{RESULTS}/logs/pick_samples/{{view}}.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        samples=config["report"]["samples"],
        code=rests_on("pick_samples"),
    message:
        "Images of the samples in the report, {wildcards.view}"
    script:
        "../../scripts/pick_samples.py"
