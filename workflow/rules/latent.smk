# Deep LSD: a generator and encoders into it, trained or loaded; encoded and drawn latents, and the axes made of them.

if PLAN.latent:

    rule fit_generator:
        input:
            **PLAN.latent.generating().inputs(counted),
        output:
            **outputs(PLAN.latent.generating()),
        log:
            f"{RESULTS}/logs/fit_generator.log",
        conda:
            "../../envs/phiscope.yaml"
        threads: PLAN.latent.generating().threads
        resources:
            **asks(PLAN.latent.generating()),
        params:
            parts=PLAN.latent.generating().described,
        message:
            "The generator, and latents that it is given at random"
        script:
            "../../scripts/chain/run_chain.py"

    for setting, training in PLAN.latent.encoders:
        encoding = PLAN.latent.encoding(setting, training)

        rule:
            name:
                f"encode_{setting}_{training}"
            input:
                **encoding.inputs(counted),
            output:
                **outputs(encoding),
            log:
                f"{RESULTS}/logs/encode_{setting}_{training}.log",
            conda:
                "../../envs/phiscope.yaml"
            threads: encoding.threads
            resources:
                **asks(encoding),
            params:
                parts=encoding.described,
            message:
                f"The encoder {setting}, seed {training}, and what its latents say"
            script:
                "../../scripts/chain/run_chain.py"

    rule measure_latent_space:
        input:
            **PLAN.latent.measuring().inputs(counted),
        output:
            **outputs(PLAN.latent.measuring()),
        log:
            f"{RESULTS}/logs/measure_latent_space.log",
        conda:
            "../../envs/phiscope.yaml"
        threads: PLAN.latent.measuring().threads
        resources:
            **asks(PLAN.latent.measuring()),
        params:
            parts=PLAN.latent.measuring().described,
        message:
            "Measures of latent space: axes, rotation, truncation, metric"
        script:
            "../../scripts/chain/run_chain.py"
