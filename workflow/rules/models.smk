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
    params:
        parts=PLAN.geometry.fitting().described,
    message:
        "Train the classifier" if PLAN.geometry.is_trained else "Load the classifier"
    script:
        "../../scripts/chain/run_chain.py"
