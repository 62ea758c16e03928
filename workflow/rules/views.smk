for name, prepared in PLAN.views.slices.items():

    rule:
        name:
            f"slice_{name}"
        input:
            prepared,
        output:
            PLAN.views.images(name) if PLAN.views.kept(name) else temp(PLAN.views.images(name)),
        log:
            f"{RESULTS}/logs/slice_{name}/{{split}}/{{chunk}}.log",
        group:
            "slices"
        conda:
            "../../envs/phiscope.yaml"
        resources:
            **asks("slice_dataset"),
        params:
            **PLAN.parameters("slice_dataset"),
        message:
            f"Images of {name}, {{wildcards.split}} samples {{wildcards.chunk}}"
        script:
            "../../scripts/views/slice_dataset.py"


for name, split in PLAN.views.made:
    if (name, split) not in PLAN.views.made_where_placed:
        making = PLAN.chain(PLAN.views.making(name, split))

        rule:
            name:
                f"make_{name}" if split == "test" else f"process_{name}"
            input:
                **making.inputs(counted),
            output:
                **outputs(making),
            log:
                f"{RESULTS}/logs/{'make' if split == 'test' else 'process'}_{name}/{{chunk}}.log",
            conda:
                "../../envs/phiscope.yaml"
            resources:
                **asks(making),
            params:
                parts=making.described,
            message:
                f"Images of {name}, {split} samples {{wildcards.chunk}}"
            script:
                "../../scripts/chain/run_chain.py"


if PLAN.drawing.exhibited:

    rule pick_samples:
        input:
            lambda wildcards: counted().drawing.images_of_exhibited,
        output:
            of_each(PLAN.path("exhibits", view="{}"), PLAN.drawing.exhibited),
        log:
            f"{RESULTS}/logs/pick_samples.log",
        group:
            "report"
        conda:
            "../../envs/phiscope.yaml"
        resources:
            **asks("pick_samples"),
        params:
            **PLAN.parameters("pick_samples"),
        message:
            "Images of the samples in the report"
        script:
            "../../scripts/views/pick_samples.py"
