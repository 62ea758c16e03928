EACH_EXPLORED = ("inverted", "perimeter", "morph", "path")
INVERSION_FIGURES = [
    *[name for name in ("inversion_distances", "pixel_boundary") if name in PREIMAGES],
    *[f"{kind}-{number}" for number in EXPLORED for kind in EACH_EXPLORED],
    *[f"edit-{number}" for number in EDITS],
]
# DeepFool's images of these samples, where there are any.
DEEPFOOL_SHOWN = [f"{RESULTS}/exhibits/{deepfool_view()}.safetensors"] if deepfool_view() and EXPLORED else []

if INVERSION_FIGURES:

    rule draw_inversions:
        input:
            **ATTACKS,
            **{name: statistic(name) for name in PREIMAGES},
            **({"inversions": INVERSION_TABLE, "images": inverted_images} if INVERTING else {}),
            standing=statistic("standing"),
            test_images=f"{RESULTS}/data/test.safetensors",
            head=HEAD,
            balls=[f"{RESULTS}/inversions/ball-{number}.safetensors" for number in EXPLORED],
            edited=[f"{RESULTS}/inversions/edit-{number}.safetensors" for number in EDITS],
            deepfool=DEEPFOOL_SHOWN,
        output:
            **drawn(INVERSION_FIGURES),
        log:
            f"{RESULTS}/logs/draw_inversions.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            names=INVERSION_FIGURES,
            explored=EXPLORED,
            edited=list(EDITS),
            deepfool=deepfool_view(),
            code=rests_on_figures("inversion/draw_inversions", INVERSION_FIGURES),
        message:
            "Figures of inverted samples"
        script:
            "../../scripts/inversion/draw_inversions.py"
