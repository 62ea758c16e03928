checkpoint prepare_dataset:
    output:
        f"{RESULTS}/data/{{split}}.safetensors",
    log:
        f"{RESULTS}/logs/prepare_dataset/{{split}}.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        dataset={
            key: value for key, value in config["dataset"].items() if key not in ("limit", "is_papers", "human_labels")
        },
        seed=config["seed"],
        code=rests_on("prepare_dataset", "phiscope.datasets.readers"),
    message:
        "Read and check the {wildcards.split} images of the data set"
    script:
        "../../scripts/prepare_dataset.py"
