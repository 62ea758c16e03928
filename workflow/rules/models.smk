if config["classifier"]["weights"]:

    rule load_classifier:
        output:
            CLASSIFIER,
            description=f"{RESULTS}/models/classifier.json",
        log:
            f"{RESULTS}/logs/load_classifier.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            classifier=lookup("classifier", within=config),
            code=rests_on("models/load_classifier"),
        message:
            "Load the classifier"
        script:
            "../../scripts/models/load_classifier.py"

else:

    rule train_classifier:
        input:
            images=f"{RESULTS}/data/train.safetensors",
        output:
            CLASSIFIER,
            description=f"{RESULTS}/models/classifier.json",
            log=f"{RESULTS}/models/classifier.log.csv",
        log:
            f"{RESULTS}/logs/train_classifier.log",
        conda:
            "../../envs/phiscope.yaml"
        threads: THREADS
        params:
            classifier={key: config["classifier"].get(key) for key in ("factory", "arguments", "normalise")},
            options=config["classifier"]["training"],
            limit=limit("train"),
            seed=config["seed"],
            code=rests_on("models/train_classifier"),
        message:
            "Train the classifier"
        script:
            "../../scripts/models/train_classifier.py"


rule split_classifier:
    input:
        classifier=CLASSIFIER,
        images=f"{RESULTS}/data/test.safetensors",
    output:
        HEAD,
    log:
        f"{RESULTS}/logs/split_classifier.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        head=config["classifier"].get("head"),
        lower_bound=config["classifier"].get("lower_bound", "detect"),
        code=rests_on("models/split_classifier"),
    message:
        "Find the linear head of the classifier"
    script:
        "../../scripts/models/split_classifier.py"
