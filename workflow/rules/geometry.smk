rule locate:
    input:
        images=f"{RESULTS}/views/{{view}}/{{split}}/{{chunk}}.safetensors",
        classifier=PLAN.path("classifier"),
        head=PLAN.path("head"),
    output:
        features=f"{RESULTS}/chunks/features/{{view}}/{{split}}/{{chunk}}.parquet",
        margins=f"{RESULTS}/chunks/margins/{{view}}/{{split}}/{{chunk}}.parquet",
    log:
        f"{RESULTS}/logs/locate/{{view}}/{{split}}/{{chunk}}.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        **PLAN.parameters("locate"),
    message:
        "Features and margins of {wildcards.view}, {wildcards.split} samples {wildcards.chunk}"
    script:
        "../../scripts/geometry/locate.py"


rule project_feature_hull:
    input:
        features=f"{RESULTS}/chunks/features/{{view}}/{{split}}/{{chunk}}.parquet",
        training=PLAN.path("training_features"),
        head=PLAN.path("head"),
    output:
        f"{RESULTS}/chunks/hulls/feature/{{view}}/{{split}}/{{chunk}}.parquet",
    log:
        f"{RESULTS}/logs/project_feature_hull/{{view}}/{{split}}/{{chunk}}.log",
    conda:
        "../../envs/phiscope.yaml"
    threads: THREADS
    params:
        **PLAN.parameters("project_feature_hull"),
    message:
        "Project {wildcards.view}, {wildcards.split} samples {wildcards.chunk}, onto the hull in feature space"
    script:
        "../../scripts/geometry/project_feature_hull.py"


rule project_processed_hull:
    input:
        features=f"{RESULTS}/chunks/features/{{view}}/{{split}}/{{chunk}}.parquet",
        training=lambda wildcards: PLAN.views.training_features(PLAN.views.hulls_of[wildcards.view]),
        head=PLAN.path("head"),
    output:
        f"{RESULTS}/chunks/hulls/processed/{{view}}/{{split}}/{{chunk}}.parquet",
    log:
        f"{RESULTS}/logs/project_processed_hull/{{view}}/{{split}}/{{chunk}}.log",
    conda:
        "../../envs/phiscope.yaml"
    threads: THREADS
    params:
        **PLAN.parameters("project_processed_hull"),
    message:
        "Project {wildcards.view}, {wildcards.split} samples {wildcards.chunk}, onto the hull of {params.hull_of}"
    script:
        "../../scripts/geometry/project_feature_hull.py"


rule project_pixel_hull:
    input:
        images=f"{RESULTS}/views/{{view}}/{{split}}/{{chunk}}.safetensors",
        located=f"{RESULTS}/chunks/features/{{view}}/{{split}}/{{chunk}}.parquet",
        training=PLAN.prepared("train"),
    output:
        f"{RESULTS}/chunks/hulls/pixel/{{view}}/{{split}}/{{chunk}}.parquet",
    log:
        f"{RESULTS}/logs/project_pixel_hull/{{view}}/{{split}}/{{chunk}}.log",
    conda:
        "../../envs/phiscope.yaml"
    threads: THREADS
    params:
        **PLAN.parameters("project_pixel_hull"),
    message:
        "Project {wildcards.view}, {wildcards.split} samples {wildcards.chunk}, onto the hull in pixel space"
    script:
        "../../scripts/geometry/project_pixel_hull.py"


rule verify_hulls:
    input:
        **paths("hulls", *PLAN.geometry.processed),
        features=PLAN.views.features(),
        processed=[PLAN.views.training_features(view) for view in PLAN.geometry.spanning],
        training=PLAN.path("training_features"),
        test_images=PLAN.prepared("test"),
        train_images=PLAN.prepared("train"),
    output:
        **paths("verification"),
    log:
        f"{RESULTS}/logs/verify_hulls.log",
    conda:
        "../../envs/phiscope.yaml"
    threads: THREADS
    params:
        **PLAN.parameters("verify_hulls"),
    message:
        "Look again at the hull projections"
    script:
        "../../scripts/geometry/verify_hulls.py"


rule count_balls:
    input:
        located=[f"{RESULTS}/features/{view}/{split}.parquet" for view, split in PLAN.geometry.with_balls],
        train=PLAN.path("located_train"),
        test=PLAN.path("located_test"),
    output:
        PLAN.path("balls"),
    log:
        f"{RESULTS}/logs/count_balls.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        **PLAN.parameters("count_balls"),
    message:
        "Samples inside the balls"
    script:
        "../../scripts/geometry/count_balls.py"


rule compute_statistics:
    input:
        **paths("hulls", "balls", "head", *PLAN.geometry.scores, *PLAN.geometry.processed),
        features=PLAN.views.features(),
        test=PLAN.path("located_test"),
        train=PLAN.path("located_train"),
    output:
        **paths(*PLAN.geometry.statistics),
    log:
        f"{RESULTS}/logs/compute_statistics.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        **PLAN.parameters("compute_statistics"),
    message:
        "Statistics"
    script:
        "../../scripts/geometry/compute_statistics.py"
