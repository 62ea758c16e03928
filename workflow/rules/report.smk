# Dense pictures go into the page as png, line drawings as svg.
DENSE = (
    *("sample", "ambiguity", "slice", "plane", "attack_plane", "adversarial"),
    *("inverted", "perimeter", "morph", "edit", "pixel_boundary", "denoised"),
    *("implicit_spectrum", "implicit_pictures"),
    *("latent_batches", "latent_sets", "latent_axes", "latent_amplitudes", "latent_truncation", "latent_rotation"),
)
IN_THE_PAGE = [f"{RESULTS}/figures/{name}.{'png' if kind_of(name) in DENSE else 'svg'}" for name in ALL_FIGURES]
LATENT_FRAMES = {
    f"latent_{name}": statistic(f"latent_{name}")
    for name in (["axes", "basis", "rotation", "denoising", "views"] if LATENT else [])
}


rule render_report:
    input:
        **{name: statistic(name) for name in DENOISING_STATISTICS},
        **({"denoiser_layers": statistic("denoiser_layers")} if DENOISING else {}),
        **({"implicit": statistic("implicit_answers")} if IMPLICIT else {}),
        **({"redrawn": statistic("redrawn")} if redrawn_views() else {}),
        **LATENT_WAVES,
        **DECODER_STATISTIC,
        **LATENT_FRAMES,
        **PROCESSED_HULLS,
        template="workflow/report/report.html.j2",
        figures=IN_THE_PAGE,
        comparison=f"{RESULTS}/tables/paper_comparison.parquet",
        standing=statistic("standing"),
        lipschitz=statistic("lipschitz"),
        margins=f"{RESULTS}/tables/margins.parquet",
        hulls=f"{RESULTS}/tables/hulls.parquet",
        verification=statistic("verification"),
        balls=f"{RESULTS}/tables/balls.parquet",
        head=HEAD,
        classifier=f"{RESULTS}/models/classifier.json",
        test_images=f"{RESULTS}/data/test.safetensors",
    output:
        report(
            f"{RESULTS}/report.html",
            category="Report",
            caption="../report/captions/report.rst",
            labels={"page": "the report to read"},
        ),
    log:
        f"{RESULTS}/logs/render_report.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        samples=SAMPLES,
        title=config["report"]["title"],
        latent_setting=MAIN,
        code=rests_on("report/render_report"),
    message:
        "Report"
    script:
        "../../scripts/report/render_report.py"
