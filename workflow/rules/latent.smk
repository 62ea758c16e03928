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
            threads: THREADS
            params:
                **PLAN.parameters("train_gan"),
            message:
                "Train the generator"
            script:
                "../../scripts/latent/train_gan.py"

    for setting in PLAN.latent.loaded:

        rule:
            name:
                f"load_encoder_{setting}"
            input:
                images=PLAN.prepared("train"),
            output:
                f"{RESULTS}/models/encoder-{setting}-{{training}}.safetensors",
                description=f"{RESULTS}/models/encoder-{setting}-{{training}}.json",
            log:
                f"{RESULTS}/logs/load_encoder/{setting}-{{training}}.log",
            conda:
                "../../envs/phiscope.yaml"
            params:
                **PLAN.parameters("load_encoder", setting=setting),
            message:
                f"Load the encoder {setting}"
            script:
                "../../scripts/latent/load_latent_network.py"

    rule train_encoder:
        input:
            images=PLAN.prepared("train"),
            generator=PLAN.path("generator"),
            classifier=PLAN.path("classifier"),
        output:
            f"{RESULTS}/models/encoder-{{setting}}-{{training}}.safetensors",
            description=f"{RESULTS}/models/encoder-{{setting}}-{{training}}.json",
            log=f"{RESULTS}/models/encoder-{{setting}}-{{training}}.log.csv",
            samples=directory(f"{RESULTS}/models/encoder-{{setting}}-{{training}}.samples"),
        log:
            f"{RESULTS}/logs/train_encoder/{{setting}}-{{training}}.log",
        wildcard_constraints:
            setting="|".join(PLAN.latent.trained) or "none",
        conda:
            "../../envs/phiscope.yaml"
        threads: 1  # encoders are trained side by side
        params:
            **PLAN.parameters("train_encoder"),
        message:
            "Train the encoder {wildcards.setting}, seed {wildcards.training}"
        script:
            "../../scripts/latent/train_encoder.py"

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
        threads: THREADS
        params:
            **PLAN.parameters("sample_latents"),
        message:
            "Draw latents and label them through generator and classifier"
        script:
            "../../scripts/latent/sample_latents.py"

    rule encode_dataset:
        input:
            train=PLAN.prepared("train"),
            test=PLAN.prepared("test"),
            encoder=f"{RESULTS}/models/encoder-{{setting}}-{{training}}.safetensors",
            generator=PLAN.path("generator"),
            classifier=PLAN.path("classifier"),
        output:
            f"{RESULTS}/latent/{{setting}}-{{training}}/encoded.safetensors",
        log:
            f"{RESULTS}/logs/encode_dataset/{{setting}}-{{training}}.log",
        conda:
            "../../envs/phiscope.yaml"
        threads: THREADS
        params:
            **PLAN.parameters("encode_dataset"),
        message:
            "Encode the images with {wildcards.setting}, seed {wildcards.training}"
        script:
            "../../scripts/latent/encode_dataset.py"

    rule build_basis:
        input:
            encoded=f"{RESULTS}/latent/{{setting}}-{{training}}/encoded.safetensors",
            drawn=PLAN.latent.drawn,
        output:
            f"{RESULTS}/latent/{{setting}}-{{training}}/bases.safetensors",
            numbers=f"{RESULTS}/latent/{{setting}}-{{training}}/basis_numbers.parquet",
        log:
            f"{RESULTS}/logs/build_basis/{{setting}}-{{training}}.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("build_basis"),
        message:
            "An axis for every label, {wildcards.setting}, seed {wildcards.training}"
        script:
            "../../scripts/latent/build_basis.py"
