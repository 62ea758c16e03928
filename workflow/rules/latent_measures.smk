# What latents tell of labels, and what can be done to images along the axes.
if PLAN.latent:

    rule measure_latent:
        input:
            train=PLAN.prepared("train"),
            test=PLAN.prepared("test"),
            encoded=f"{RESULTS}/latent/{{setting}}-{{training}}/encoded.safetensors",
            bases=f"{RESULTS}/latent/{{setting}}-{{training}}/bases.safetensors",
            generator=PLAN.path("generator"),
            classifier=PLAN.path("classifier"),
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
            **PLAN.parameters("measure_latent"),
        message:
            "What latents say of the test images, {wildcards.setting}, seed {wildcards.training}"
        script:
            "../../scripts/latent/measure_latent.py"

    rule compute_latent:
        input:
            readings=PLAN.latent.of_all("readings.parquet"),
            trials=PLAN.latent.of_all("trials.parquet"),
            numbers=PLAN.latent.of_all("basis_numbers.parquet"),
        output:
            latent=PLAN.path("latent"),
            trials=PLAN.path("latent_trials"),
            numbers=PLAN.path("latent_basis"),
        log:
            f"{RESULTS}/logs/compute_latent.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("compute_latent"),
        message:
            "Table latent"
        script:
            "../../scripts/latent/compute_latent.py"

    rule measure_operators:
        input:
            test=PLAN.prepared("test"),
            encoded=PLAN.path("encoded", **PLAN.latent.encoder()),
            bases=PLAN.path("bases", **PLAN.latent.encoder()),
            encoder=PLAN.path("encoder", **PLAN.latent.encoder()),
            generator=PLAN.path("generator"),
            classifier=PLAN.path("classifier"),
        output:
            **{name: PLAN.path(f"latent_{name}") for name in PLAN.latent.operators},
        log:
            f"{RESULTS}/logs/measure_operators.log",
        conda:
            "../../envs/phiscope.yaml"
        threads: THREADS
        params:
            **PLAN.parameters("measure_operators"),
        message:
            "Rotation, truncation and the metric in latent space"
        script:
            "../../scripts/latent/measure_operators.py"

    rule exhibit_latent:
        input:
            test=PLAN.prepared("test"),
            encoded=PLAN.path("encoded", **PLAN.latent.encoder()),
            bases=PLAN.path("bases", **PLAN.latent.encoder()),
            drawn=PLAN.latent.drawn,
            generator=PLAN.path("generator"),
            classifier=PLAN.path("classifier"),
        output:
            **{name: PLAN.path(f"latent_{name}") for name in PLAN.latent.exhibits},
        log:
            f"{RESULTS}/logs/exhibit_latent.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("exhibit_latent"),
        message:
            "Images that the figures of latent space show"
        script:
            "../../scripts/latent/exhibit_latent.py"

    rule compare_latent_views:
        input:
            **paths("standing"),
        output:
            PLAN.path("latent_views"),
        log:
            f"{RESULTS}/logs/compare_latent_views.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("compare_latent_views"),
        message:
            "What latent space does to the place of samples"
        script:
            "../../scripts/latent/compare_latent_views.py"
