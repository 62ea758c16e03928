LATENT_FRAMES = [f"latent_{name}" for name in ("axes", "basis", "rotation", "denoising", "views") if PLAN.latent]


rule render_report:
    input:
        **(paths(*PLAN.denoising.statistics) if PLAN.denoising else {}),
        **(paths("denoiser_layers") if PLAN.denoising else {}),
        **({"implicit": PLAN.path("implicit_answers")} if PLAN.implicit else {}),
        **(paths("redrawn") if PLAN.views.redrawn else {}),
        **paths(*(PLAN.implicit.further_statistics if PLAN.implicit else []), *LATENT_FRAMES, *PLAN.geometry.processed),
        template=ROOT / "workflow/report/report.html.j2",
        figures=PLAN.drawing.in_the_page,
        comparison=PLAN.path("paper_comparison"),
        **paths("standing", "lipschitz", "margins", "hulls", "verification", "balls", "head", "test_images"),
        classifier=PLAN.path("classifier_description"),
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
        samples=PLAN.drawing.samples,
        title=config["report"]["title"],
        latent_setting=PLAN.latent.main if PLAN.latent else None,
        code=code.fingerprint(ROOT / "scripts/report/render_report.py"),
    message:
        "Report"
    script:
        "../../scripts/report/render_report.py"
