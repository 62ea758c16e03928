# Deep LSD: a generator, encoders into it, bases of its latent space, and what they are good for.
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
                code=rests_on("load_latent_network", "phiscope.models.gan"),
            message:
                "Load the generator"
            script:
                "../../scripts/load_latent_network.py"

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
                code=rests_on("train_gan"),
            message:
                "Train the generator"
            script:
                "../../scripts/train_gan.py"

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
                    code=rests_on("load_latent_network", "phiscope.models.encoder"),
                message:
                    f"Load the encoder {setting}"
                script:
                    "../../scripts/load_latent_network.py"

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
            setting="|".join(name for name, options in SETTINGS.items() if not options.get("weights")) or "none",
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
            code=rests_on("train_encoder"),
        message:
            "Train the encoder {wildcards.setting}, seed {wildcards.training}"
        script:
            "../../scripts/train_encoder.py"

    rule sample_latents:
        input:
            generator=GENERATOR,
            classifier=CLASSIFIER,
            images=f"{RESULTS}/data/test.safetensors",
        output:
            DRAWN,
        log:
            f"{RESULTS}/logs/sample_latents.log",
        conda:
            "../../envs/phiscope.yaml"
        threads: THREADS
        params:
            size=LATENT["set_size"],
            seed=config["seed"],
            code=rests_on("sample_latents"),
        message:
            "Draw latents and label them through generator and classifier"
        script:
            "../../scripts/sample_latents.py"

    rule encode_dataset:
        input:
            train=f"{RESULTS}/data/train.safetensors",
            test=f"{RESULTS}/data/test.safetensors",
            encoder=f"{RESULTS}/models/encoder-{{setting}}-{{training}}.safetensors",
            generator=GENERATOR,
            classifier=CLASSIFIER,
        output:
            f"{RESULTS}/latent/{{setting}}-{{training}}/encoded.safetensors",
        log:
            f"{RESULTS}/logs/encode_dataset/{{setting}}-{{training}}.log",
        conda:
            "../../envs/phiscope.yaml"
        threads: THREADS
        params:
            limits={split: limit(split) for split in ("train", "test")},
            seed=config["seed"],
            code=rests_on("encode_dataset"),
        message:
            "Encode the images with {wildcards.setting}, seed {wildcards.training}"
        script:
            "../../scripts/encode_dataset.py"

    rule build_basis:
        input:
            encoded=f"{RESULTS}/latent/{{setting}}-{{training}}/encoded.safetensors",
            drawn=DRAWN,
        output:
            f"{RESULTS}/latent/{{setting}}-{{training}}/bases.safetensors",
            numbers=f"{RESULTS}/latent/{{setting}}-{{training}}/basis_numbers.parquet",
        log:
            f"{RESULTS}/logs/build_basis/{{setting}}-{{training}}.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            size=LATENT["set_size"],
            seed=config["seed"],
            code=rests_on("build_basis"),
        message:
            "An axis for every label, {wildcards.setting}, seed {wildcards.training}"
        script:
            "../../scripts/build_basis.py"

    rule measure_latent:
        input:
            train=f"{RESULTS}/data/train.safetensors",
            test=f"{RESULTS}/data/test.safetensors",
            encoded=f"{RESULTS}/latent/{{setting}}-{{training}}/encoded.safetensors",
            bases=f"{RESULTS}/latent/{{setting}}-{{training}}/bases.safetensors",
            generator=GENERATOR,
            classifier=CLASSIFIER,
        output:
            readings=f"{RESULTS}/latent/{{setting}}-{{training}}/readings.parquet",
            trials=f"{RESULTS}/latent/{{setting}}-{{training}}/trials.parquet",
            spectra=f"{RESULTS}/latent/{{setting}}-{{training}}/spectra.parquet",
        log:
            f"{RESULTS}/logs/measure_latent/{{setting}}-{{training}}.log",
        conda:
            "../../envs/phiscope.yaml"
        threads: 1  # encoders run side by side
        params:
            limits={split: limit(split) for split in ("train", "test")},
            trials=LATENT["trials"],
            seed=config["seed"],
            code=rests_on("measure_latent"),
        message:
            "What latents say of the test images, {wildcards.setting}, seed {wildcards.training}"
        script:
            "../../scripts/measure_latent.py"

    rule merge_spectra:
        input:
            [f"{RESULTS}/latent/{setting}-{SEEDS[0]}/spectra.parquet" for setting in SETTINGS],
        output:
            f"{RESULTS}/tables/spectra.parquet",
        log:
            f"{RESULTS}/logs/merge_spectra.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            sort_by=["setting", "basis", "trial", "sample"],
            code=rests_on("merge_chunks"),
        message:
            "Table spectra"
        script:
            "../../scripts/merge_chunks.py"

    rule compute_latent:
        input:
            readings=of_all_encoders("readings.parquet"),
            trials=of_all_encoders("trials.parquet"),
            numbers=of_all_encoders("basis_numbers.parquet"),
        output:
            latent=f"{RESULTS}/tables/latent.parquet",
            trials=statistic("latent_trials"),
            numbers=statistic("latent_basis"),
        log:
            f"{RESULTS}/logs/compute_latent.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            encoders=[(setting, seed) for setting in SETTINGS for seed in SEEDS],
            options=config["statistics"],
            seed=config["seed"],
            code=rests_on("compute_latent"),
        message:
            "Table latent"
        script:
            "../../scripts/compute_latent.py"

    rule measure_operators:
        input:
            test=f"{RESULTS}/data/test.safetensors",
            encoded=f"{RESULTS}/latent/{MAIN}-{SEEDS[0]}/encoded.safetensors",
            bases=bases_of(MAIN),
            encoder=encoder_of(MAIN),
            generator=GENERATOR,
            classifier=CLASSIFIER,
        output:
            **{name: statistic(f"latent_{name}") for name in OPERATORS},
        log:
            f"{RESULTS}/logs/measure_operators.log",
        conda:
            "../../envs/phiscope.yaml"
        threads: THREADS
        params:
            limit=limit("test"),
            basis=LATENT["basis"],
            noise=LATENT["noise"],
            seed=config["seed"],
            code=rests_on("measure_operators"),
        message:
            "Rotation, truncation and the metric in latent space"
        script:
            "../../scripts/measure_operators.py"

    rule exhibit_latent:
        input:
            test=f"{RESULTS}/data/test.safetensors",
            encoded=f"{RESULTS}/latent/{MAIN}-{SEEDS[0]}/encoded.safetensors",
            bases=bases_of(MAIN),
            drawn=DRAWN,
            generator=GENERATOR,
            classifier=CLASSIFIER,
        output:
            tiles=statistic("latent_tiles"),
            densities=statistic("latent_densities"),
            products=statistic("latent_products"),
        log:
            f"{RESULTS}/logs/exhibit_latent.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            basis=LATENT["basis"],
            seed=config["seed"],
            code=rests_on("exhibit_latent"),
        message:
            "Images that the figures of latent space show"
        script:
            "../../scripts/exhibit_latent.py"

    rule compare_latent_views:
        input:
            standing=statistic("standing"),
        output:
            statistic("latent_views"),
        log:
            f"{RESULTS}/logs/compare_latent_views.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            views=latent_views(),
            attacks=attack_views(),
            code=rests_on("compare_latent_views"),
        message:
            "What latent space does to the place of samples"
        script:
            "../../scripts/compare_latent_views.py"
