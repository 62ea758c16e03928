# Deep LSD: a generator and encoders into it, trained or loaded; encoded and drawn latents, and the axes made of them.
if PLAN.latent:

    if not PLAN.latent.generator_is_trained:

        rule load_generator:
            input:
                images=PLAN.prepared("train"),
            output:
                PLAN.path("generator"),
                description=f"{RESULTS}/models/generator.json",
            log:
                f"{RESULTS}/logs/load_generator.log",
            conda:
                "../../envs/phiscope.yaml"
            params:
                **PLAN.parameters("load_generator"),
            message:
                "Load the generator"
            script:
                "../../scripts/latent/load_latent_network.py"

    else:

        rule train_gan:
            input:
                images=PLAN.prepared("train"),
            output:
                PLAN.path("generator"),
                description=f"{RESULTS}/models/generator.json",
                log=f"{RESULTS}/models/generator.log.csv",
                samples=directory(f"{RESULTS}/models/generator.samples"),
            log:
                f"{RESULTS}/logs/train_gan.log",
            conda:
                "../../envs/phiscope.yaml"
            threads: PLAN.threads
            params:
                **PLAN.parameters("train_gan"),
            message:
                "Train the generator"
            script:
                "../../scripts/latent/train_gan.py"

    rule sample_latents:
        input:
            generator=PLAN.path("generator"),
            classifier=PLAN.path("classifier"),
            images=PLAN.prepared("test"),
        output:
            PLAN.latent.drawn,
        log:
            f"{RESULTS}/logs/sample_latents.log",
        conda:
            "../../envs/phiscope.yaml"
        threads: PLAN.threads
        params:
            **PLAN.parameters("sample_latents"),
        message:
            "Draw latents and label them through generator and classifier"
        script:
            "../../scripts/latent/sample_latents.py"

    for setting, training in PLAN.latent.encoders:
        encoding = PLAN.latent.encoding(setting, training)

        rule:
            name:
                f"encode_{setting}_{training}"
            input:
                **encoding.inputs(counted),
            output:
                **{
                    name: update(directory(path) if path.endswith(".samples") else path)
                    for name, path in encoding.outputs.items()
                },
            log:
                f"{RESULTS}/logs/encode_{setting}_{training}.log",
            conda:
                "../../envs/phiscope.yaml"
            threads: encoding.threads
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
        params:
            parts=PLAN.latent.measuring().described,
        message:
            "Table latent, rotation, truncation and the metric in latent space"
        script:
            "../../scripts/chain/run_chain.py"
