STATISTICS = [
    *["standing", "support", "accuracy", "ball_summary", "lipschitz"],
    *(["entropy", "agreement"] if config["dataset"].get("human_labels") else []),
]
DETECTION = [
    *(["detection", "roc_curves"] if attack_views() or foreign_views() else []),
    *(["attack_summary"] if attack_views() else []),
    *(["by_confidence"] if swept_views() else []),
]
SCORES = {"scores": f"{RESULTS}/tables/scores.parquet"} if scored_views() else {}
ATTACKS = {"attacks": f"{RESULTS}/tables/attacks.parquet"} if attack_views() else {}


rule compute_statistics:
    input:
        **SCORES,
        **PROCESSED_HULLS,
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
        code=rests_on("geometry/compute_statistics"),
    message:
        "Statistics"
    script:
        "../../scripts/geometry/compute_statistics.py"


if DETECTION:

    rule compute_detection:
        input:
            **SCORES,
            **ATTACKS,
            standing=statistic("standing"),
            train=TRAINING_FEATURES,
        output:
            **{name: statistic(name) for name in DETECTION},
        log:
            f"{RESULTS}/logs/compute_detection.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            foreign=foreign_views(),
            swept=swept_views(),
            options=config["statistics"],
            seed=config["seed"],
            code=rests_on("detection/compute_detection"),
        message:
            "Detection of attacked and foreign samples"
        script:
            "../../scripts/detection/compute_detection.py"


if PREIMAGES:

    rule compute_inversions:
        input:
            **ATTACKS,
            **({"inversions": counted_inversions} if INVERTING else {}),
            standing=statistic("standing"),
            hulls=f"{RESULTS}/tables/hulls.parquet",
            test_images=f"{RESULTS}/data/test.safetensors",
            balls=[f"{RESULTS}/inversions/ball-{number}.safetensors" for number in EXPLORED],
            edits=[f"{RESULTS}/inversions/edit-{number}.safetensors" for number in EDITS],
            sides=[f"{RESULTS}/chunks/edits/{number}.parquet" for number in EDITS],
        output:
            **{name: statistic(name) for name in PREIMAGES},
            inversion_summary=statistic("inversion_summary"),
        log:
            f"{RESULTS}/logs/compute_inversions.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            deepfool=deepfool_view(),
            explored=EXPLORED,
            edited=list(EDITS),
            options=config["statistics"],
            seed=config["seed"],
            code=rests_on("inversion/compute_inversions"),
        message:
            "Statistics of inversions"
        script:
            "../../scripts/inversion/compute_inversions.py"


rule compare_with_paper:
    input:
        **({"attack_summary": statistic("attack_summary")} if attack_views() else {}),
        **({"inversion_summary": statistic("inversion_summary")} if PREIMAGES else {}),
        **{name: statistic(name) for name in STATISTICS if name not in ("ball_summary", "entropy")},
        **({"latent": f"{RESULTS}/tables/latent.parquet"} if LATENT else {}),
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
        deepfool=deepfool_view(),
        latent_is_papers=LATENT.get("is_papers", False) if LATENT else False,
        options=config["statistics"],
        seed=config["seed"],
        code=rests_on("papers/compare_with_paper"),
    message:
        "Comparison with the paper"
    script:
        "../../scripts/papers/compare_with_paper.py"
