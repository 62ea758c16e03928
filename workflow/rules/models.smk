# The classifier is looked at as soon as there are images: what is doubtful is said within seconds. Nothing waits for that
# or rests on it, so that a better sentence makes nothing anew; what cannot be used is refused by fit_classifier too.


if PLAN.geometry.is_trained:

    rule check_before_training:
        input:
            test_images=PLAN.prepared("test"),
            training_images=PLAN.prepared("train"),
        output:
            PLAN.path("check_before_training"),
        log:
            f"{RESULTS}/logs/check_before_training.log",
        priority: 200
        conda:
            "../../envs/phiscope.yaml"
        resources:
            **asks("check_before_training"),
        params:
            **PLAN.parameters("check_before_training"),
        message:
            "Look at the network before it is trained"
        script:
            "../../scripts/models/check_classifier.py"

    rule check_trained_classifier:
        input:
            test_images=PLAN.prepared("test"),
            training_images=PLAN.prepared("train"),
            classifier=PLAN.path("classifier"),
        output:
            PLAN.path("check"),
        log:
            f"{RESULTS}/logs/check_trained_classifier.log",
        priority: 200
        conda:
            "../../envs/phiscope.yaml"
        resources:
            **asks("check_trained_classifier"),
        params:
            **PLAN.parameters("check_trained_classifier"),
        message:
            "Look at the classifier"
        script:
            "../../scripts/models/check_classifier.py"

elif PLAN.holds_images:

    rule check_loaded_classifier:
        input:
            test_images=PLAN.prepared("test"),
            training_images=PLAN.prepared("train"),
        output:
            PLAN.path("check"),
        log:
            f"{RESULTS}/logs/check_loaded_classifier.log",
        priority: 200
        conda:
            "../../envs/phiscope.yaml"
        resources:
            **asks("check_loaded_classifier"),
        params:
            **PLAN.parameters("check_loaded_classifier"),
        message:
            "Look at the classifier"
        script:
            "../../scripts/models/check_classifier.py"


rule fit_classifier:
    input:
        **PLAN.geometry.fitting().inputs(counted),
    output:
        **outputs(PLAN.geometry.fitting()),
    log:
        f"{RESULTS}/logs/fit_classifier.log",
    priority: 100  # the estimate waits for it
    conda:
        "../../envs/phiscope.yaml"
    threads: PLAN.geometry.fitting().threads
    resources:
        **asks(PLAN.geometry.fitting()),
    params:
        parts=PLAN.geometry.fitting().described,
    message:
        PLAN.geometry.fitting_in_words
    script:
        "../../scripts/chain/run_chain.py"
