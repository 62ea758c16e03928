# Checkpoints: how many samples there are is known once the data are prepared. A split says in its file what made it.


checkpoint prepare_dataset:
    output:
        f"{RESULTS}/data/{{split}}.safetensors",
    log:
        f"{RESULTS}/logs/prepare_dataset/{{split}}.log",
    conda:
        "../../envs/phiscope.yaml"
    resources:
        **asks("prepare_dataset"),
    params:
        **PLAN.parameters("prepare_dataset"),
        origin=lambda wildcards: PLAN.fingerprint("prepare_dataset", split=wildcards.split),
    message:
        f"Read and check the {{wildcards.split}} {PLAN.kind_of_samples} of the data set"
    script:
        "../../scripts/data/prepare_dataset.py"


checkpoint prepare_other_dataset:
    input:
        like=PLAN.prepared("test"),
    output:
        f"{RESULTS}/data/datasets/{{dataset}}.safetensors",
    log:
        f"{RESULTS}/logs/prepare_other_dataset/{{dataset}}.log",
    wildcard_constraints:
        dataset="[^/]+",
    conda:
        "../../envs/phiscope.yaml"
    resources:
        **asks("prepare_other_dataset"),
    params:
        **PLAN.parameters("prepare_other_dataset"),
        origin=lambda wildcards: PLAN.fingerprint("prepare_other_dataset", dataset=wildcards.dataset),
    message:
        "Read the images of {wildcards.dataset} and fit them to the classifier's input"
    script:
        "../../scripts/data/prepare_other_dataset.py"
