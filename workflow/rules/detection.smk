rule score_samples:
    input:
        features=f"{RESULTS}/features/{{view}}/test.parquet",
        hulls=lambda wildcards: counted().geometry.hull_chunks(wildcards.view),
        training=PLAN.path("training_features"),
        head=PLAN.path("head"),
    output:
        f"{RESULTS}/chunks/scores/{{view}}.parquet",
    log:
        f"{RESULTS}/logs/score_samples/{{view}}.log",
    conda:
        "../../envs/phiscope.yaml"
    threads: THREADS
    params:
        **PLAN.parameters("score_samples"),
    message:
        "Scores of every detector, {wildcards.view}"
    script:
        "../../scripts/detection/score_samples.py"


if PLAN.geometry.detection:

    rule compute_detection:
        input:
            **paths("standing", *PLAN.geometry.scores, *PLAN.geometry.attacks),
            train=PLAN.path("located_train"),
        output:
            **paths(*PLAN.geometry.detection),
        log:
            f"{RESULTS}/logs/compute_detection.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("compute_detection"),
        message:
            "Detection of attacked and foreign samples"
        script:
            "../../scripts/detection/compute_detection.py"
