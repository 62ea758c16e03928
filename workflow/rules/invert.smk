# Images that map to chosen points of feature space: per sample, in chunks of their own.


rule invert:
    input:
        features=f"{RESULTS}/features/original/test.parquet",
        hulls=lambda wildcards: hull_chunks_of("original"),
        training=TRAINING_FEATURES,
        test_images=f"{RESULTS}/data/test.safetensors",
        classifier=CLASSIFIER,
        head=HEAD,
    output:
        table=f"{RESULTS}/chunks/inversions/{{target}}/{{chunk}}.parquet",
        images=f"{RESULTS}/inversions/{{target}}/{{chunk}}.safetensors",
    log:
        f"{RESULTS}/logs/invert/{{target}}/{{chunk}}.log",
    wildcard_constraints:
        target="flip|hull",
    conda:
        "../../envs/phiscope.yaml"
    params:
        options=SOLVER,
        code=rests_on("inversion/invert"),
    message:
        "Images that map to the {wildcards.target} points of test samples {wildcards.chunk}"
    script:
        "../../scripts/inversion/invert.py"


rule explore_ball:
    input:
        features=f"{RESULTS}/features/original/test.parquet",
        training=TRAINING_FEATURES,
        test_images=f"{RESULTS}/data/test.safetensors",
        train_images=f"{RESULTS}/data/train.safetensors",
        classifier=CLASSIFIER,
        head=HEAD,
    output:
        table=f"{RESULTS}/chunks/inversions/ball-{{number}}.parquet",
        shown=f"{RESULTS}/inversions/ball-{{number}}.safetensors",
    log:
        f"{RESULTS}/logs/explore_ball/{{number}}.log",
    wildcard_constraints:
        number=r"\d+",
    conda:
        "../../envs/phiscope.yaml"
    params:
        references=INVERSIONS["references"],
        options=SOLVER,
        code=rests_on("inversion/explore_ball"),
    message:
        "The ball around test sample {wildcards.number}: its perimeter, a morph, a path"
    script:
        "../../scripts/inversion/explore_ball.py"


rule edit_sample:
    input:
        training=TRAINING_FEATURES,
        test_images=f"{RESULTS}/data/test.safetensors",
        classifier=CLASSIFIER,
        head=HEAD,
        mask=lambda wildcards: mask_of(EDITS[int(wildcards.number)]),
    output:
        sides=f"{RESULTS}/chunks/edits/{{number}}.parquet",
        shown=f"{RESULTS}/inversions/edit-{{number}}.safetensors",
    log:
        f"{RESULTS}/logs/edit_sample/{{number}}.log",
    wildcard_constraints:
        number=r"\d+",
    conda:
        "../../envs/phiscope.yaml"
    params:
        what=lambda wildcards: {key: value for key, value in EDITS[int(wildcards.number)].items() if key != "sample"},
        code=rests_on("inversion/edit_sample"),
    message:
        "Test sample {wildcards.number} and its edited copy"
    script:
        "../../scripts/inversion/edit_sample.py"


rule merge_inversions:
    input:
        parts_of_inversions,
    output:
        f"{RESULTS}/tables/inversions.parquet",
    log:
        f"{RESULTS}/logs/merge_inversions.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        sort_by=["view", "target", "sample", "radius"],
        code=rests_on("tables/merge_chunks"),
    message:
        "Table inversions"
    script:
        "../../scripts/tables/merge_chunks.py"
