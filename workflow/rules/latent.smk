# Deep LSD: a generator and encoders into it, trained or loaded.
if LATENT:

    if LATENT["gan"].get("weights"):

        rule load_generator:
            input:
                images=f"{RESULTS}/data/train.safetensors",
            output:
                GENERATOR,
                description=f"{RESULTS}/models/generator.json",
            log:
                f"{RESULTS}/logs/load_generator.log",
            conda:
                "../../envs/phiscope.yaml"
            params:
                factory="phiscope.models.gan:generator",
                arguments={"latent": LATENT["dimension"], "width": LATENT["width"]},
                weights=LATENT["gan"]["weights"],
                code=rests_on("latent/load_latent_network", "phiscope.models.gan"),
            message:
                "Load the generator"
            script:
                "../../scripts/latent/load_latent_network.py"

    else:

        rule train_gan:
            input:
                images=f"{RESULTS}/data/train.safetensors",
            output:
                GENERATOR,
                description=f"{RESULTS}/models/generator.json",
                log=f"{RESULTS}/models/generator.log.csv",
                samples=directory(f"{RESULTS}/models/generator.samples"),
            log:
                f"{RESULTS}/logs/train_gan.log",
            conda:
                "../../envs/phiscope.yaml"
            threads: THREADS
            params:
                arguments={"latent": LATENT["dimension"], "width": LATENT["width"]},
                options={key: value for key, value in LATENT["gan"].items() if key != "weights"},
                limit=limit("train"),
                seed=config["seed"],
                code=rests_on("latent/train_gan"),
            message:
                "Train the generator"
            script:
                "../../scripts/latent/train_gan.py"

    for setting, options in SETTINGS.items():
        if options.get("weights"):

            rule:
                name:
                    f"load_encoder_{setting}"
                input:
                    images=f"{RESULTS}/data/train.safetensors",
                output:
                    f"{RESULTS}/models/encoder-{setting}-{{training}}.safetensors",
                    description=f"{RESULTS}/models/encoder-{setting}-{{training}}.json",
                log:
                    f"{RESULTS}/logs/load_encoder/{setting}-{{training}}.log",
                conda:
                    "../../envs/phiscope.yaml"
                params:
                    factory="phiscope.models.encoder:encoder",
                    arguments={
                        "latent": LATENT["dimension"],
                        "width": LATENT["width"],
                        "heads": options["heads"],
                    },
                    weights=options["weights"],
                    code=rests_on("latent/load_latent_network", "phiscope.models.encoder"),
                message:
                    f"Load the encoder {setting}"
                script:
                    "../../scripts/latent/load_latent_network.py"

    rule train_encoder:
        input:
            images=f"{RESULTS}/data/train.safetensors",
            generator=GENERATOR,
            classifier=CLASSIFIER,
        output:
            f"{RESULTS}/models/encoder-{{setting}}-{{training}}.safetensors",
            description=f"{RESULTS}/models/encoder-{{setting}}-{{training}}.json",
            log=f"{RESULTS}/models/encoder-{{setting}}-{{training}}.log.csv",
            samples=directory(f"{RESULTS}/models/encoder-{{setting}}-{{training}}.samples"),
        log:
            f"{RESULTS}/logs/train_encoder/{{setting}}-{{training}}.log",
        wildcard_constraints:
            setting="|".join(TRAINED) or "none",
        conda:
            "../../envs/phiscope.yaml"
        threads: 1  # encoders are trained side by side
        params:
            arguments=lambda wildcards: {
                "latent": LATENT["dimension"],
                "width": LATENT["width"],
                "heads": SETTINGS[wildcards.setting]["heads"],
            },
            options=encoder_options,
            limit=limit("train"),
            code=rests_on("latent/train_encoder"),
        message:
            "Train the encoder {wildcards.setting}, seed {wildcards.training}"
        script:
            "../../scripts/latent/train_encoder.py"
