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
        code=rests_on("data/prepare_dataset", "phiscope.datasets.readers"),
    message:
        "Read and check the {wildcards.split} images of the data set"
    script:
        "../../scripts/data/prepare_dataset.py"


checkpoint prepare_other_dataset:
    input:
        like=f"{RESULTS}/data/test.safetensors",
    output:
        f"{RESULTS}/data/datasets/{{dataset}}.safetensors",
    log:
        f"{RESULTS}/logs/prepare_other_dataset/{{dataset}}.log",
    wildcard_constraints:
        dataset="[^/]+",
    conda:
        "../../envs/phiscope.yaml"
    params:
        dataset=lambda wildcards: {
            key: value for key, value in config["datasets"][wildcards.dataset].items() if key != "limit"
        },
        seed=config["seed"],
        code=rests_on("data/prepare_other_dataset", "phiscope.datasets.readers"),
    message:
        "Read the images of {wildcards.dataset} and fit them to the classifier's input"
    script:
        "../../scripts/data/prepare_other_dataset.py"
