rule locate:
    input:
        images=f"{RESULTS}/views/{{view}}/{{split}}/{{chunk}}.safetensors",
        classifier=CLASSIFIER,
        head=HEAD,
    output:
        features=f"{RESULTS}/chunks/features/{{view}}/{{split}}/{{chunk}}.parquet",
        margins=f"{RESULTS}/chunks/margins/{{view}}/{{split}}/{{chunk}}.parquet",
    log:
        f"{RESULTS}/logs/locate/{{view}}/{{split}}/{{chunk}}.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        solver=config["margins"]["solver"],
        code=rests_on("geometry/locate"),
    message:
        "Features and margins of {wildcards.view}, {wildcards.split} samples {wildcards.chunk}"
    script:
        "../../scripts/geometry/locate.py"


rule merge_features:
    input:
        lambda wildcards: chunks_of("features", wildcards.view, wildcards.split),
    output:
        f"{RESULTS}/features/{{view}}/{{split}}.parquet",
    log:
        f"{RESULTS}/logs/merge_features/{{view}}/{{split}}.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        sort_by=["sample"],
        code=rests_on("tables/merge_chunks"),
    message:
        "Features of {wildcards.view}, {wildcards.split}"
    script:
        "../../scripts/tables/merge_chunks.py"


rule project_feature_hull:
    input:
        features=f"{RESULTS}/chunks/features/{{view}}/{{split}}/{{chunk}}.parquet",
        training=TRAINING_FEATURES,
        head=HEAD,
    output:
        f"{RESULTS}/chunks/hulls/feature/{{view}}/{{split}}/{{chunk}}.parquet",
    log:
        f"{RESULTS}/logs/project_feature_hull/{{view}}/{{split}}/{{chunk}}.log",
    conda:
        "../../envs/phiscope.yaml"
    threads: THREADS
    params:
        tolerance=config["hulls"]["feature"]["tolerance"],
        code=rests_on("geometry/project_feature_hull"),
    message:
        "Project {wildcards.view}, {wildcards.split} samples {wildcards.chunk}, onto the hull in feature space"
    script:
        "../../scripts/geometry/project_feature_hull.py"


rule project_processed_hull:
    input:
        features=f"{RESULTS}/chunks/features/{{view}}/{{split}}/{{chunk}}.parquet",
        training=lambda wildcards: training_features_of(HULLS_OF[wildcards.view]),
        head=HEAD,
    output:
        f"{RESULTS}/chunks/hulls/processed/{{view}}/{{split}}/{{chunk}}.parquet",
    log:
        f"{RESULTS}/logs/project_processed_hull/{{view}}/{{split}}/{{chunk}}.log",
    conda:
        "../../envs/phiscope.yaml"
    threads: THREADS
    params:
        tolerance=config["hulls"]["feature"]["tolerance"],
        hull_of=lambda wildcards: HULLS_OF[wildcards.view],
        code=rests_on("geometry/project_feature_hull"),
    message:
        "Project {wildcards.view}, {wildcards.split} samples {wildcards.chunk}, onto the hull of {params.hull_of}"
    script:
        "../../scripts/geometry/project_feature_hull.py"


rule project_pixel_hull:
    input:
        images=f"{RESULTS}/views/{{view}}/{{split}}/{{chunk}}.safetensors",
        located=f"{RESULTS}/chunks/features/{{view}}/{{split}}/{{chunk}}.parquet",
        training=f"{RESULTS}/data/train.safetensors",
    output:
        f"{RESULTS}/chunks/hulls/pixel/{{view}}/{{split}}/{{chunk}}.parquet",
    log:
        f"{RESULTS}/logs/project_pixel_hull/{{view}}/{{split}}/{{chunk}}.log",
    conda:
        "../../envs/phiscope.yaml"
    threads: THREADS
    params:
        tolerance=config["hulls"]["pixel"]["tolerance"],
        limit=limit("train"),
        code=rests_on("geometry/project_pixel_hull"),
    message:
        "Project {wildcards.view}, {wildcards.split} samples {wildcards.chunk}, onto the hull in pixel space"
    script:
        "../../scripts/geometry/project_pixel_hull.py"


rule verify_hulls:
    input:
        **PROCESSED_HULLS,
        hulls=f"{RESULTS}/tables/hulls.parquet",
        features=features_of(config["views"]),
        processed=[training_features_of(view) for view in sorted(set(HULLS_OF.values()))],
        training=TRAINING_FEATURES,
        test_images=f"{RESULTS}/data/test.safetensors",
        train_images=f"{RESULTS}/data/train.safetensors",
    output:
        verification=statistic("verification"),
    log:
        f"{RESULTS}/logs/verify_hulls.log",
    conda:
        "../../envs/phiscope.yaml"
    threads: THREADS
    params:
        views=list(config["views"]),
        hulls_of=sorted(set(HULLS_OF.values())),
        most=config["hulls"]["verified"],
        limits={split: limit(split) for split in ("test", "train")},
        code=rests_on("geometry/verify_hulls"),
    message:
        "Look again at the hull projections"
    script:
        "../../scripts/geometry/verify_hulls.py"


rule count_balls:
    input:
        located=[f"{RESULTS}/features/{view}/{split}.parquet" for view in config["views"] for split in splits_of(view)],
        train=TRAINING_FEATURES,
        test=f"{RESULTS}/features/original/test.parquet",
    output:
        f"{RESULTS}/tables/balls.parquet",
    log:
        f"{RESULTS}/logs/count_balls.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        code=rests_on("geometry/count_balls"),
    message:
        "Samples inside the balls"
    script:
        "../../scripts/geometry/count_balls.py"


rule score_samples:
    input:
        features=f"{RESULTS}/features/{{view}}/test.parquet",
        hulls=lambda wildcards: hull_chunks_of(wildcards.view),
        training=TRAINING_FEATURES,
        head=HEAD,
    output:
        f"{RESULTS}/chunks/scores/{{view}}.parquet",
    log:
        f"{RESULTS}/logs/score_samples/{{view}}.log",
    conda:
        "../../envs/phiscope.yaml"
    threads: THREADS
    params:
        code=rests_on("detection/score_samples"),
    message:
        "Scores of every detector, {wildcards.view}"
    script:
        "../../scripts/detection/score_samples.py"


rule merge_table:
    input:
        parts_of_table,
    output:
        f"{RESULTS}/tables/{{table}}.parquet",
    log:
        f"{RESULTS}/logs/merge_table/{{table}}.log",
    wildcard_constraints:
        table="margins|hulls|processed_hulls|attacks|scores",
    conda:
        "../../envs/phiscope.yaml"
    params:
        sort_by=lambda wildcards: SORT[wildcards.table],
        code=rests_on("tables/merge_chunks"),
    message:
        "Table {wildcards.table}"
    script:
        "../../scripts/tables/merge_chunks.py"
