if PLAN.geometry.is_trained:

    rule train_classifier:
        input:
            images=PLAN.prepared("train"),
        output:
            PLAN.path("classifier"),
            description=PLAN.path("classifier_description"),
            log=PLAN.path("classifier_log"),
        log:
            f"{RESULTS}/logs/train_classifier.log",
        priority: 100  # the estimate waits for it
        conda:
            "../../envs/phiscope.yaml"
        threads: THREADS
        params:
            **PLAN.parameters("train_classifier"),
        message:
            "Train the classifier"
        script:
            "../../scripts/models/train_classifier.py"

else:

    rule load_classifier:
        output:
            PLAN.path("classifier"),
            description=PLAN.path("classifier_description"),
        log:
            f"{RESULTS}/logs/load_classifier.log",
        priority: 100
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("load_classifier"),
        message:
            "Load the classifier"
        script:
            "../../scripts/models/load_classifier.py"


rule split_classifier:
    input:
        classifier=PLAN.path("classifier"),
        images=PLAN.prepared("test"),
    output:
        PLAN.path("head"),
    log:
        f"{RESULTS}/logs/split_classifier.log",
    priority: 100
    conda:
        "../../envs/phiscope.yaml"
    params:
        **PLAN.parameters("split_classifier"),
    message:
        "Find the linear head of the classifier"
    script:
        "../../scripts/models/split_classifier.py"
