rule slice_dataset:
    message:
        "original, {wildcards.split} samples {wildcards.chunk}"
    input:
        f"{RESULTS}/data/{{split}}.safetensors",
    output:
        temp_unless_kept("original")(f"{RESULTS}/views/original/{{split}}/{{chunk}}.safetensors"),
    params:
        code=rests_on("slice_dataset"),
    conda:
        "../../envs/phiscope.yaml"
    script:
        script("slice_dataset")


for name, view in DERIVED.items():

    rule:
        name:
            f"make_{name}"
        message:
            f"{name}, samples {{wildcards.chunk}}"
        input:
            **needs_of(name),
            source=f"{RESULTS}/views/{parent_of(name)}/{{split}}/{{chunk}}.safetensors",
        output:
            temp_unless_kept(name)(f"{RESULTS}/views/{name}/{{split}}/{{chunk}}.safetensors"),
        params:
            kind=view["kind"],
            parameters=parameters_of(name),
            code=rests_on("make_view", VIEWS[view["kind"]].module),
        conda:
            "../../envs/phiscope.yaml"
        script:
            script("make_view")
