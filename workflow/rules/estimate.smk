# What the long parts of a run will cost: as soon as there is a classifier, before all else that waits for it.


rule estimate_cost:
    input:
        images=PLAN.prepared(PLAN.tried),
        test_images=PLAN.prepared("test"),
        training_images=PLAN.prepared("train"),  # of which the plan counts the samples
        datasets=[PLAN.prepared_dataset(name) for name in PLAN.views.datasets],
        classifier=PLAN.path("classifier"),
        head=PLAN.path("head"),
        cost=PLAN.path("search_cost") if PLAN.inversion.any else [],
    output:
        numbers=PLAN.path("estimate"),
        text=PLAN.path("estimate_text"),
    log:
        f"{RESULTS}/logs/estimate_cost.log",
    priority: 100
    conda:
        "../../envs/phiscope.yaml"
    resources:
        **asks("estimate_cost"),
        jobs_at_once=at_once,
    params:
        **PLAN.parameters("estimate_cost"),
        work=lambda wildcards: counted().work,
        budget=lambda wildcards: PLAN.inversion.budget() if PLAN.inversion.any else None,
    message:
        "Estimate what this run will cost"
    script:
        "../../scripts/estimate/estimate_cost.py"
