DENOISING_FIGURES = [
    *(["denoising", "denoised", "filter_inversion"] if DENOISING else []),
    *(["lecture"] if STUDY else []),
]

if DENOISING_FIGURES:

    rule draw_denoising:
        input:
            **({"study_summary": statistic("study_summary")} if STUDY else {}),
            filter_inversion=statistic("filter_inversion"),
            denoising_summary=statistic("denoising_summary"),
            denoised=[f"{RESULTS}/exhibits/denoising/{name}.safetensors" for name in BENCHES],
        output:
            **drawn(DENOISING_FIGURES),
        log:
            f"{RESULTS}/logs/draw_denoising.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            names=DENOISING_FIGURES,
            benches=list(BENCHES.values()),
            code=rests_on_figures("denoising/draw_denoising", DENOISING_FIGURES),
        message:
            "Figures of denoising"
        script:
            "../../scripts/denoising/draw_denoising.py"
