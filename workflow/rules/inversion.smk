# Images that map to chosen points of feature space: per sample, in chunks of their own. What `inversions.budget` allows is
# decided from one measurement; what it leaves out is a job that does nothing.

if PLAN.inversion.any:

    rule time_search:
        input:
            test_images=PLAN.prepared("test"),
            classifier=PLAN.path("classifier"),
            head=PLAN.path("head"),
        output:
            PLAN.path("search_cost"),
        log:
            f"{RESULTS}/logs/time_search.log",
        priority: 100  # the estimate waits for it
        conda:
            "../../envs/phiscope.yaml"
        resources:
            jobs_at_once=AT_ONCE,
        params:
            **PLAN.parameters("time_search"),
        message:
            "Time eight rows of a Jacobian"
        script:
            "../../scripts/inversion/time_search.py"


rule invert:
    input:
        features=PLAN.path("located_test"),
        hulls=lambda wildcards: counted().geometry.hull_chunks("original") if wildcards.target == "hull" else [],
        training=PLAN.path("training_features"),
        test_images=PLAN.prepared("test"),
        classifier=PLAN.path("classifier"),
        head=PLAN.path("head"),
        cost=PLAN.path("search_cost"),
    output:
        table=f"{RESULTS}/chunks/inversions/{{target}}/{{chunk}}.parquet",
        images=f"{RESULTS}/inversions/{{target}}/{{chunk}}.safetensors",
    log:
        f"{RESULTS}/logs/invert/{{target}}/{{chunk}}.log",
    wildcard_constraints:
        target="flip|hull",
    conda:
        "../../envs/phiscope.yaml"
    resources:
        jobs_at_once=AT_ONCE,
    params:
        **PLAN.parameters("invert"),
        allowed=lambda wildcards: PLAN.inversion.allowed(wildcards.chunk),
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
        cost=PLAN.path("search_cost"),
    output:
        table=f"{RESULTS}/chunks/inversions/ball-{{number}}.parquet",
        shown=f"{RESULTS}/inversions/ball-{{number}}.safetensors",
    log:
        f"{RESULTS}/logs/explore_ball/{{number}}.log",
    conda:
        "../../envs/phiscope.yaml"
    resources:
        jobs_at_once=AT_ONCE,
    params:
        **PLAN.parameters("explore_ball"),
        allowed=lambda wildcards: PLAN.inversion.is_explored(int(wildcards.number)),
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
            **({"cost": PLAN.path("search_cost")} if PLAN.inversion.any else {}),
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
            **({"budget": lambda wildcards: PLAN.inversion.budget()} if PLAN.inversion.any else {}),
        message:
            "Statistics of inversions"
        script:
            "../../scripts/inversion/compute_inversions.py"
