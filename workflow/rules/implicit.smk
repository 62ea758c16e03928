# Neural image representations: images as functions of position, from nothing before the network to a complete basis.

if IMPLICIT:

    rule gather_images:
        input:
            test=f"{RESULTS}/data/test.safetensors",
        output:
            IMPLICIT_IMAGES,
        log:
            f"{RESULTS}/logs/gather_images.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            images=IMPLICIT["images"],
            seed=config["seed"],
            code=rests_on("implicit/gather_images"),
        message:
            "Gather the images that are drawn as functions of position"
        script:
            "../../scripts/implicit/gather_images.py"

    rule fit_implicit:
        input:
            images=IMPLICIT_IMAGES,
        output:
            table=f"{RESULTS}/chunks/implicit/{{chunk}}.parquet",
            pictures=f"{RESULTS}/implicit/{{chunk}}.safetensors",
        log:
            f"{RESULTS}/logs/fit_implicit/{{chunk}}.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            options={key: value for key, value in IMPLICIT.items() if key not in ("images", "chunk_size")},
            code=rests_on("implicit/fit_implicit"),
        message:
            "Draw images {wildcards.chunk} as functions of position"
        script:
            "../../scripts/implicit/fit_implicit.py"

    rule merge_implicit:
        input:
            implicit_parts("chunks/implicit/{chunk}.parquet"),
        output:
            f"{RESULTS}/tables/implicit.parquet",
        log:
            f"{RESULTS}/logs/merge_implicit.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            sort_by=["image", "model", "encoding", "k", "seed"],
            code=rests_on("tables/merge_chunks"),
        message:
            "Table implicit"
        script:
            "../../scripts/tables/merge_chunks.py"

    rule compute_implicit:
        input:
            f"{RESULTS}/tables/implicit.parquet",
        output:
            **{name: statistic(name) for name in IMPLICIT_STATISTICS},
        log:
            f"{RESULTS}/logs/compute_implicit.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            main=IMPLICIT_MAIN,
            options=config["statistics"],
            seed=config["seed"],
            code=rests_on("implicit/compute_implicit"),
        message:
            "Statistics of images as functions of position"
        script:
            "../../scripts/implicit/compute_implicit.py"


if LATENT_DECODERS:

    rule measure_latent_waves:
        input:
            model=lambda wildcards: LATENT_DECODERS[wildcards.network],
            test=f"{RESULTS}/data/test.safetensors",
        output:
            f"{RESULTS}/implicit/directions-{{network}}.parquet",
        log:
            f"{RESULTS}/logs/measure_latent_waves/{{network}}.log",
        wildcard_constraints:
            network="|".join(LATENT_DECODERS),
        conda:
            "../../envs/phiscope.yaml"
        params:
            seed=config["seed"],
            code=rests_on("implicit/measure_latent_waves", "phiscope.models.denoiser"),
        message:
            "Latent directions of the {wildcards.network} as waves"
        script:
            "../../scripts/implicit/measure_latent_waves.py"

    rule compute_latent_waves:
        input:
            [f"{RESULTS}/implicit/directions-{name}.parquet" for name in LATENT_DECODERS],
        output:
            **LATENT_WAVES,
        log:
            f"{RESULTS}/logs/compute_latent_waves.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            options=config["statistics"],
            seed=config["seed"],
            code=rests_on("implicit/compute_latent_waves"),
        message:
            "Statistic latent_waves"
        script:
            "../../scripts/implicit/compute_latent_waves.py"


if DECODERS:

    rule train_decoders:
        input:
            train=f"{RESULTS}/data/train.safetensors",
            test=f"{RESULTS}/data/test.safetensors",
        output:
            f"{RESULTS}/implicit/decoders-{{seed}}.parquet",
        log:
            f"{RESULTS}/logs/train_decoders/{{seed}}.log",
        wildcard_constraints:
            seed=r"\d+",
        conda:
            "../../envs/phiscope.yaml"
        params:
            options={key: value for key, value in DECODERS.items() if key != "seeds"},
            code=rests_on("implicit/train_decoders"),
        message:
            "Decoders with and without an encoding inside, seed {wildcards.seed}"
        script:
            "../../scripts/implicit/train_decoders.py"

    rule compute_decoders:
        input:
            [f"{RESULTS}/implicit/decoders-{seed}.parquet" for seed in DECODERS["seeds"]],
        output:
            **DECODER_STATISTIC,
        log:
            f"{RESULTS}/logs/compute_decoders.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            confidence=config["statistics"]["confidence"],
            code=rests_on("implicit/compute_decoders"),
        message:
            "Statistic implicit_decoders"
        script:
            "../../scripts/implicit/compute_decoders.py"


if redrawn_views():

    rule compute_redrawn:
        input:
            standing=statistic("standing"),
        output:
            redrawn=statistic("redrawn"),
        log:
            f"{RESULTS}/logs/compute_redrawn.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            views=redrawn_views(),
            options=config["statistics"],
            seed=config["seed"],
            code=rests_on("implicit/compute_redrawn"),
        message:
            "From how many waves on answers come back"
        script:
            "../../scripts/implicit/compute_redrawn.py"
