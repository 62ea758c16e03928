SAMPLES = config["report"]["samples"]
FIGURES = [
    *([] if config["classifier"]["weights"] else ["training"]),
    *[
        "distances",
        "distances_by_view",
        "plane",
        "ambiguity",
        "accuracy",
        "support",
        "balls",
        "class_margins",
        "comparison",
    ],
    *(["human"] if config["dataset"].get("human_labels") else []),
    *(["slice"] if SAMPLES else []),  # through the first of them
    *[f"sample-{number}" for number in SAMPLES],
    *(["roc"] if DETECTION else []),
    *(["detection_by_confidence"] if swept_views() else []),
    *(["attack_plane"] if attack_views() else []),
    *([f"adversarial-{number}" for number in SAMPLES] if attack_views() else []),
]
ALL_FIGURES = [*FIGURES, *INVERSION_FIGURES, *DENOISING_FIGURES, *IMPLICIT_FIGURES, *LATENT_FIGURES]
# The attacked images of these samples; without samples there is none to keep.
EXHIBITS = {view: f"{RESULTS}/exhibits/{view}.safetensors" for view in attack_views() if SAMPLES}


rule draw_figures:
    input:
        **{name: statistic(name) for name in (*STATISTICS, *DETECTION)},
        **ATTACKS,
        **({} if config["classifier"]["weights"] else {"log": f"{RESULTS}/models/classifier.log.csv"}),
        test=f"{RESULTS}/features/original/test.parquet",
        train=TRAINING_FEATURES,
        margins=f"{RESULTS}/tables/margins.parquet",
        hulls=f"{RESULTS}/tables/hulls.parquet",
        balls=f"{RESULTS}/tables/balls.parquet",
        comparison=f"{RESULTS}/tables/paper_comparison.parquet",
        head=HEAD,
        test_images=f"{RESULTS}/data/test.safetensors",
        train_images=f"{RESULTS}/data/train.safetensors",
        exhibits=list(EXHIBITS.values()),
    output:
        **drawn(FIGURES),
    log:
        f"{RESULTS}/logs/draw_figures.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        names=FIGURES,
        main_views=["original", *PIXEL_VIEWS.values()],
        slice_sample=SAMPLES[0] if SAMPLES else None,
        exhibits=EXHIBITS,
        code=rests_on_figures("figures/draw_figures", FIGURES),
    message:
        "Figures"
    script:
        "../../scripts/figures/draw_figures.py"
