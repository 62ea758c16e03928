if config["classifier"]["weights"]:

    rule load_classifier:
        message:
            "Load the classifier"
        output:
            CLASSIFIER,
            description=f"{RESULTS}/models/classifier.json",
        params:
            classifier=lookup("classifier", within=config),
            code=rests_on("load_classifier"),
        conda:
            "../../envs/phiscope.yaml"
        script:
            script("load_classifier")

else:

    rule train_classifier:
        message:
            "Train the classifier"
        input:
            images=f"{RESULTS}/data/train.safetensors",
        output:
            CLASSIFIER,
            description=f"{RESULTS}/models/classifier.json",
            log=f"{RESULTS}/models/classifier.log.csv",
        params:
            classifier={key: config["classifier"].get(key) for key in ("factory", "arguments", "normalise")},
            options=config["classifier"]["training"],
            limit=limit("train"),
            seed=config["seed"],
            code=rests_on("train_classifier"),
        threads: workflow.cores or 1
        conda:
            "../../envs/phiscope.yaml"
        script:
            script("train_classifier")


rule split_classifier:
    message:
        "Find the linear head of the classifier"
    input:
        classifier=CLASSIFIER,
        images=f"{RESULTS}/data/test.safetensors",
    output:
        HEAD,
    params:
        head=config["classifier"].get("head"),
        lower_bound=config["classifier"].get("lower_bound", "detect"),
        code=rests_on("split_classifier"),
    conda:
        "../../envs/phiscope.yaml"
    script:
        script("split_classifier")
