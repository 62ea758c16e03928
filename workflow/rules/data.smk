checkpoint prepare_dataset:
    message:
        "Read and check the {wildcards.split} images of the data set"
    output:
        f"{RESULTS}/data/{{split}}.safetensors",
    params:
        dataset={key: value for key, value in config["dataset"].items() if key not in ("limit", "human_labels")},
        seed=config["seed"],
        code=rests_on("prepare_dataset", "phiscope.datasets.readers"),
    conda:
        "../../envs/phiscope.yaml"
    script:
        script("prepare_dataset")
