# Neural image representations: images as functions of position, from nothing before the network to a complete basis.

if PLAN.implicit:

    rule gather_images:
        input:
            test=PLAN.prepared("test"),
        output:
            PLAN.implicit.gathered,
        log:
            f"{RESULTS}/logs/gather_images.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("gather_images"),
        message:
            "Gather the images that are drawn as functions of position"
        script:
            "../../scripts/implicit/gather_images.py"

    rule fit_implicit:
        input:
            images=PLAN.implicit.gathered,
        output:
            table=f"{RESULTS}/chunks/implicit/{{chunk}}.parquet",
            pictures=f"{RESULTS}/implicit/{{chunk}}.safetensors",
        log:
            f"{RESULTS}/logs/fit_implicit/{{chunk}}.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("fit_implicit"),
        message:
            "Draw images {wildcards.chunk} as functions of position"
        script:
            "../../scripts/implicit/fit_implicit.py"

    rule compute_implicit:
        input:
            PLAN.path("implicit"),
        output:
            **paths(*PLAN.implicit.statistics),
        log:
            f"{RESULTS}/logs/compute_implicit.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("compute_implicit"),
        message:
            "Statistics of images as functions of position"
        script:
            "../../scripts/implicit/compute_implicit.py"


if PLAN.implicit and PLAN.implicit.decoding:

    rule measure_latent_waves:
        input:
            model=lambda wildcards: PLAN.implicit.decoding[wildcards.network],
            test=PLAN.prepared("test"),
        output:
            f"{RESULTS}/implicit/directions-{{network}}.parquet",
        log:
            f"{RESULTS}/logs/measure_latent_waves/{{network}}.log",
        wildcard_constraints:
            network="|".join(PLAN.implicit.decoding),
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("measure_latent_waves"),
        message:
            "Latent directions of the {wildcards.network} as waves"
        script:
            "../../scripts/implicit/measure_latent_waves.py"

    rule compute_latent_waves:
        input:
            PLAN.implicit.directions,
        output:
            **paths("latent_waves"),
        log:
            f"{RESULTS}/logs/compute_latent_waves.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("compute_latent_waves"),
        message:
            "Statistic latent_waves"
        script:
            "../../scripts/implicit/compute_latent_waves.py"


if PLAN.implicit and PLAN.implicit.decoders:

    rule train_decoders:
        input:
            train=PLAN.prepared("train"),
            test=PLAN.prepared("test"),
        output:
            f"{RESULTS}/implicit/decoders-{{seed}}.parquet",
        log:
            f"{RESULTS}/logs/train_decoders/{{seed}}.log",
        wildcard_constraints:
            seed=r"\d+",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("train_decoders"),
        message:
            "Decoders with and without an encoding inside, seed {wildcards.seed}"
        script:
            "../../scripts/implicit/train_decoders.py"

    rule compute_decoders:
        input:
            PLAN.implicit.decoder_parts,
        output:
            **paths("implicit_decoders"),
        log:
            f"{RESULTS}/logs/compute_decoders.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("compute_decoders"),
        message:
            "Statistic implicit_decoders"
        script:
            "../../scripts/implicit/compute_decoders.py"


if PLAN.views.redrawn:

    rule compute_redrawn:
        input:
            **paths("standing"),
        output:
            **paths("redrawn"),
        log:
            f"{RESULTS}/logs/compute_redrawn.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            **PLAN.parameters("compute_redrawn"),
        message:
            "From how many waves on answers come back"
        script:
            "../../scripts/implicit/compute_redrawn.py"
