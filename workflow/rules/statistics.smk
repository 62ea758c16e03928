STATISTICS = ["standing", "support", "accuracy", "ball_summary", "lipschitz"] + (
    ["entropy", "agreement"] if config["dataset"].get("human_labels") else []
)


rule compute_statistics:
    input:
        features=features_of(config["views"]),
        test=f"{RESULTS}/features/original/test.parquet",
        train=TRAINING_FEATURES,
        hulls=f"{RESULTS}/tables/hulls.parquet",
        balls=f"{RESULTS}/tables/balls.parquet",
        head=HEAD,
    output:
        **{name: statistic(name) for name in STATISTICS},
    log:
        f"{RESULTS}/logs/compute_statistics.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        human_labels=config["dataset"].get("human_labels"),
        pixel_views=PIXEL_VIEWS,
        options=config["statistics"],
        seed=config["seed"],
        code=rests_on("compute_statistics"),
    message:
        "Statistics"
    script:
        "../../scripts/compute_statistics.py"


rule compare_with_paper:
    input:
        **{name: statistic(name) for name in STATISTICS if name not in ("ball_summary", "entropy")},
        hulls=f"{RESULTS}/tables/hulls.parquet",
        balls=f"{RESULTS}/tables/balls.parquet",
    output:
        f"{RESULTS}/tables/paper_comparison.parquet",
    log:
        f"{RESULTS}/logs/compare_with_paper.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        dataset_is_papers=config["dataset"].get("is_papers", False),
        options=config["statistics"],
        seed=config["seed"],
        code=rests_on("compare_with_paper"),
    message:
        "Comparison with the paper"
    script:
        "../../scripts/compare_with_paper.py"
