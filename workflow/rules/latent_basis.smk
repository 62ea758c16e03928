# Encoded and drawn latents, and the axes made of them.
if LATENT:

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
            code=rests_on("latent/sample_latents"),
        message:
            "Draw latents and label them through generator and classifier"
        script:
            "../../scripts/latent/sample_latents.py"

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
            code=rests_on("latent/encode_dataset"),
        message:
            "Encode the images with {wildcards.setting}, seed {wildcards.training}"
        script:
            "../../scripts/latent/encode_dataset.py"

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
            code=rests_on("latent/build_basis"),
        message:
            "An axis for every label, {wildcards.setting}, seed {wildcards.training}"
        script:
            "../../scripts/latent/build_basis.py"
