# What latents tell of labels, and what can be done to images along the axes.
if LATENT:

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
            code=rests_on("latent/measure_latent"),
        message:
            "What latents say of the test images, {wildcards.setting}, seed {wildcards.training}"
        script:
            "../../scripts/latent/measure_latent.py"

    rule merge_spectra:
        input:
            [of_encoder(setting, "spectra.parquet") for setting in SETTINGS],
        output:
            f"{RESULTS}/tables/spectra.parquet",
        log:
            f"{RESULTS}/logs/merge_spectra.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            sort_by=["setting", "basis", "trial", "sample"],
            code=rests_on("tables/merge_chunks"),
        message:
            "Table spectra"
        script:
            "../../scripts/tables/merge_chunks.py"

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
            code=rests_on("latent/compute_latent"),
        message:
            "Table latent"
        script:
            "../../scripts/latent/compute_latent.py"

    rule measure_operators:
        input:
            test=f"{RESULTS}/data/test.safetensors",
            encoded=of_encoder(MAIN, "encoded.safetensors"),
            bases=of_encoder(MAIN, "bases.safetensors"),
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
            code=rests_on("latent/measure_operators"),
        message:
            "Rotation, truncation and the metric in latent space"
        script:
            "../../scripts/latent/measure_operators.py"

    rule exhibit_latent:
        input:
            test=f"{RESULTS}/data/test.safetensors",
            encoded=of_encoder(MAIN, "encoded.safetensors"),
            bases=of_encoder(MAIN, "bases.safetensors"),
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
            code=rests_on("latent/exhibit_latent"),
        message:
            "Images that the figures of latent space show"
        script:
            "../../scripts/latent/exhibit_latent.py"

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
            code=rests_on("latent/compare_latent_views"),
        message:
            "What latent space does to the place of samples"
        script:
            "../../scripts/latent/compare_latent_views.py"
