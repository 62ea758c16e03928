LATENT_FIGURES = [
    f"latent_{name}"
    for name in (
        *("batches", "sets", "axes", "accuracy", "amplitudes", "truncation", "rotation", "way"),
        *("metric", "denoising", "tradeoff", "basis"),
        *(["training"] if ENCODER_LOGS else []),
    )
    if LATENT
]

if LATENT:

    rule draw_latent:
        input:
            **GAN_LOG,
            **{name: statistic(f"latent_{name}") for name in (*OPERATORS, *EXHIBITED, "trials")},
            numbers=statistic("latent_basis"),
            latent=f"{RESULTS}/tables/latent.parquet",
            spectra=f"{RESULTS}/tables/spectra.parquet",
            test=f"{RESULTS}/data/test.safetensors",
            logs=[path for _, path in ENCODER_LOGS],
        output:
            **drawn(LATENT_FIGURES, category="Latent space"),
        log:
            f"{RESULTS}/logs/draw_latent.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            names=LATENT_FIGURES,
            setting=MAIN,
            logs=ENCODER_LOGS,
            code=rests_on_figures("latent/draw_latent", LATENT_FIGURES),
        message:
            "Figures of latent space"
        script:
            "../../scripts/latent/draw_latent.py"
