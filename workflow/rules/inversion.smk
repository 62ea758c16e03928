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
            **asks("time_search"),
            jobs_at_once=at_once,
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
        **asks("invert"),
        jobs_at_once=at_once,
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
        **asks("explore_ball"),
        jobs_at_once=at_once,
    params:
        **PLAN.parameters("explore_ball"),
        allowed=lambda wildcards: PLAN.inversion.is_explored(wildcards.number),
    message:
        "Perimeter, a morph and a path in the ball of a test sample: {wildcards.number}"
    script:
        "../../scripts/inversion/explore_ball.py"


rule find_closest:
    input:
        attacked=lambda wildcards: counted().closest.attacked,
        training=PLAN.path("training_features"),
        test_images=PLAN.prepared("test"),
        train_images=PLAN.prepared("train"),
        classifier=PLAN.path("classifier"),
    output:
        table=f"{RESULTS}/chunks/closest_images/{{chunk}}.parquet",
        images=PLAN.path("closest_files"),
    log:
        f"{RESULTS}/logs/find_closest/{{chunk}}.log",
    conda:
        "../../envs/phiscope.yaml"
    resources:
        **asks("find_closest"),
    params:
        **PLAN.parameters("find_closest"),
    message:
        "Closest images on the decision boundary of test samples {wildcards.chunk}"
    script:
        "../../scripts/inversion/find_closest.py"


rule sum_up_run:
    input:
        **PLAN.inversion.summing_up().inputs(counted),
    output:
        **outputs(PLAN.inversion.summing_up()),
    log:
        f"{RESULTS}/logs/sum_up_run.log",
    group:
        "report"
    conda:
        "../../envs/phiscope.yaml"
    resources:
        **asks(PLAN.inversion.summing_up()),
    params:
        parts=PLAN.inversion.summing_up().described,
    message:
        "What inverted and edited samples say, and the comparison with the texts"
    script:
        "../../scripts/chain/run_chain.py"
