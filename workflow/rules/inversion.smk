# Images that map to chosen points of feature space: per sample, in chunks of their own.


rule invert:
    input:
        features=PLAN.path("located_test"),
        hulls=lambda wildcards: counted().geometry.hull_chunks("original") if wildcards.target == "hull" else [],
        training=PLAN.path("training_features"),
        test_images=PLAN.prepared("test"),
        classifier=PLAN.path("classifier"),
        head=PLAN.path("head"),
    output:
        table=f"{RESULTS}/chunks/inversions/{{target}}/{{chunk}}.parquet",
        images=f"{RESULTS}/inversions/{{target}}/{{chunk}}.safetensors",
    log:
        f"{RESULTS}/logs/invert/{{target}}/{{chunk}}.log",
    wildcard_constraints:
        target="flip|hull",
    conda:
        "../../envs/phiscope.yaml"
    params:
        **PLAN.parameters("invert"),
    message:
        "Images that map to the {wildcards.target} points of test samples {wildcards.chunk}"
    script:
        "../../scripts/inversion/invert.py"


rule explore_ball:
    input:
        features=PLAN.path("located_test"),
        training=PLAN.path("training_features"),
        test_images=PLAN.prepared("test"),
        train_images=PLAN.prepared("train"),
        classifier=PLAN.path("classifier"),
        head=PLAN.path("head"),
    output:
        table=f"{RESULTS}/chunks/inversions/ball-{{number}}.parquet",
        shown=f"{RESULTS}/inversions/ball-{{number}}.safetensors",
    log:
        f"{RESULTS}/logs/explore_ball/{{number}}.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        **PLAN.parameters("explore_ball"),
    message:
        "The ball around test sample {wildcards.number}: its perimeter, a morph, a path"
    script:
        "../../scripts/inversion/explore_ball.py"


rule edit_sample:
    input:
        test_images=PLAN.prepared("test"),
        classifier=PLAN.path("classifier"),
        head=PLAN.path("head"),
        mask=lambda wildcards: PLAN.inversion.mask(int(wildcards.number)),
    output:
        f"{RESULTS}/inversions/edit-{{number}}.safetensors",
    log:
        f"{RESULTS}/logs/edit_sample/{{number}}.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        **PLAN.parameters("edit_sample"),
    message:
        "Test sample {wildcards.number} and its edited copy"
    script:
        "../../scripts/inversion/edit_sample.py"


if PLAN.inversion.statistics:

    rule compute_inversions:
        input:
            **paths("standing", "hulls", *PLAN.geometry.attacks),
            **({"inversions": lambda wildcards: counted().inversion.counted_parts} if PLAN.inversion.any else {}),
            test_images=PLAN.prepared("test"),
            balls=of_each(PLAN.path("explored_balls", number="{}"), PLAN.inversion.explored),
            edits=of_each(PLAN.path("edited_samples", number="{}"), PLAN.inversion.edits),
            head=PLAN.path("head"),
            training=PLAN.path("training_features"),
        output:
            **paths(*PLAN.inversion.statistics, "inversion_summary"),
        log:
            f"{RESULTS}/logs/compute_inversions.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("compute_inversions"),
        message:
            "Statistics of inversions"
        script:
            "../../scripts/inversion/compute_inversions.py"
