IMPLICIT_FIGURES = implicit_figures()

if IMPLICIT_FIGURES:

    rule draw_implicit:
        input:
            **{name: statistic(name) for name in IMPLICIT_STATISTICS},
            **LATENT_WAVES,
            **DECODER_STATISTIC,
            drawn=implicit_parts("implicit/{chunk}.safetensors"),
        output:
            **drawn(IMPLICIT_FIGURES),
        log:
            f"{RESULTS}/logs/draw_implicit.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            names=IMPLICIT_FIGURES,
            main=IMPLICIT_MAIN,
            picture=IMPLICIT["picture"],
            code=rests_on_figures("implicit/draw_implicit", IMPLICIT_FIGURES),
        message:
            "Figures of images as functions of position"
        script:
            "../../scripts/implicit/draw_implicit.py"
