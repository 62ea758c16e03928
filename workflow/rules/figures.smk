def kind_of(figure):
    return figure.partition("-")[0]


def drawn(names, category="Figures"):
    """What drawing leaves behind: each figure as svg, which Snakemake's own report shows, and as png."""
    svg = [_shown(name, category) for name in names]
    return {"svg": svg, "png": [f"{RESULTS}/figures/{name}.png" for name in names]}


def _shown(name, category):
    caption = f"../report/captions/{kind_of(name)}.rst"
    labels = {"figure": name.replace("_", " ").replace("-", " ")}
    return report(f"{RESULTS}/figures/{name}.svg", category=category, caption=caption, labels=labels)


def rests_on_figures(script, names):
    """Changes when a line changes in the script that draws these figures, or in a module that draws one of them."""
    modules = {figures.FIGURES[kind_of(name)] for name in names}
    return code.fingerprint(ROOT / f"scripts/{script}.py", *modules)

if PLAN.drawing.inversion:

    rule draw_inversions:
        input:
            **paths(*PLAN.geometry.attacks),
            **paths(*PLAN.inversion.statistics),
            **({"inversions": PLAN.path("inversions"), "images": lambda wildcards: counted().inversion.images} if PLAN.inversion.any else {}),
            **paths("standing"),
            test_images=PLAN.prepared("test"),
            head=PLAN.path("head"),
            balls=[f"{RESULTS}/inversions/ball-{number}.safetensors" for number in PLAN.inversion.explored],
            edited=[f"{RESULTS}/inversions/edit-{number}.safetensors" for number in PLAN.inversion.edits],
            deepfool=[PLAN.path("exhibits", view=PLAN.views.of_the_boundary)] if PLAN.views.of_the_boundary and PLAN.inversion.explored else [],
        output:
            **drawn(PLAN.drawing.inversion),
        log:
            f"{RESULTS}/logs/draw_inversions.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            names=PLAN.drawing.inversion,
            explored=PLAN.inversion.explored,
            edited=list(PLAN.inversion.edits),
            deepfool=PLAN.views.of_the_boundary,
            code=rests_on_figures("inversion/draw_inversions", PLAN.drawing.inversion),
        message:
            "Figures of inverted samples"
        script:
            "../../scripts/inversion/draw_inversions.py"

if PLAN.drawing.denoising:

    rule draw_denoising:
        input:
            **paths(*[name for name in PLAN.denoising.study_statistics if name == "study_summary"]),
            **paths("filter_inversion"),
            **paths("denoising_summary"),
            denoised=[f"{RESULTS}/exhibits/denoising/{name}.safetensors" for name in PLAN.denoising.benches],
        output:
            **drawn(PLAN.drawing.denoising),
        log:
            f"{RESULTS}/logs/draw_denoising.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            names=PLAN.drawing.denoising,
            benches=list(PLAN.denoising.benches.values()),
            code=rests_on_figures("denoising/draw_denoising", PLAN.drawing.denoising),
        message:
            "Figures of denoising"
        script:
            "../../scripts/denoising/draw_denoising.py"

if PLAN.drawing.implicit:

    rule draw_implicit:
        input:
            **paths(*PLAN.implicit.statistics),
            **paths(*[name for name in PLAN.implicit.further_statistics if name == "latent_waves"]),
            **paths(*[name for name in PLAN.implicit.further_statistics if name == "implicit_decoders"]),
            drawn=PLAN.implicit.pictures,
        output:
            **drawn(PLAN.drawing.implicit),
        log:
            f"{RESULTS}/logs/draw_implicit.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            names=PLAN.drawing.implicit,
            main=PLAN.implicit.main,
            picture=PLAN.implicit.options["picture"],
            code=rests_on_figures("implicit/draw_implicit", PLAN.drawing.implicit),
        message:
            "Figures of images as functions of position"
        script:
            "../../scripts/implicit/draw_implicit.py"

if PLAN.latent:

    rule draw_latent:
        input:
            **({"gan_log": PLAN.path("generator_log")} if PLAN.latent.generator_is_trained else {}),
            **{name: PLAN.path(f"latent_{name}") for name in (*PLAN.latent.operators, *PLAN.latent.exhibits, "trials")},
            numbers=PLAN.path("latent_basis"),
            latent=PLAN.path("latent"),
            spectra=PLAN.path("spectra"),
            test=PLAN.prepared("test"),
            logs=[path for _, path in PLAN.latent.encoder_logs],
        output:
            **drawn(PLAN.drawing.latent, category="Latent space"),
        log:
            f"{RESULTS}/logs/draw_latent.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            names=PLAN.drawing.latent,
            setting=PLAN.latent.main,
            logs=PLAN.latent.encoder_logs,
            code=rests_on_figures("latent/draw_latent", PLAN.drawing.latent),
        message:
            "Figures of latent space"
        script:
            "../../scripts/latent/draw_latent.py"

rule draw_figures:
    input:
        **paths(*PLAN.geometry.statistics, *PLAN.geometry.detection),
        **paths(*PLAN.geometry.attacks),
        **({"log": PLAN.path("classifier_log")} if PLAN.geometry.is_trained else {}),
        test=PLAN.path("located_test"),
        train=PLAN.path("located_train"),
        margins=f"{RESULTS}/tables/margins.parquet",
        hulls=f"{RESULTS}/tables/hulls.parquet",
        balls=f"{RESULTS}/tables/balls.parquet",
        comparison=f"{RESULTS}/tables/paper_comparison.parquet",
        head=PLAN.path("head"),
        test_images=PLAN.prepared("test"),
        train_images=PLAN.prepared("train"),
        exhibits=[PLAN.path("exhibits", view=view) for view in PLAN.drawing.exhibited],
    output:
        **drawn(PLAN.drawing.figures),
    log:
        f"{RESULTS}/logs/draw_figures.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        names=PLAN.drawing.figures,
        main_views=PLAN.views.main,
        slice_sample=PLAN.drawing.samples[0] if PLAN.drawing.samples else None,
        exhibits={view: PLAN.path("exhibits", view=view) for view in PLAN.drawing.exhibited},
        code=rests_on_figures("figures/draw_figures", PLAN.drawing.figures),
    message:
        "Figures"
    script:
        "../../scripts/figures/draw_figures.py"
