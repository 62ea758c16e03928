# Neural image representations: images as functions of position, from nothing before the network to a complete basis.

if PLAN.implicit and PLAN.implicit.gathered_alone:

    rule gather_images:
        input:
            test=PLAN.prepared("test"),
        output:
            PLAN.implicit.gathered,
        log:
            f"{RESULTS}/logs/gather_images.log",
        conda:
            "../../envs/phiscope.yaml"
        resources:
            **asks("gather_images"),
        params:
            **PLAN.parameters("gather_images"),
        message:
            "Gather the images that are drawn as functions of position"
        script:
            "../../scripts/implicit/gather_images.py"


if PLAN.implicit:

    rule fit_implicit:
        input:
            **PLAN.implicit.fitting().inputs(counted),
        output:
            **outputs(PLAN.implicit.fitting()),
        log:
            f"{RESULTS}/logs/fit_implicit/{PLAN.implicit.drawn_chunk}.log",
        conda:
            "../../envs/phiscope.yaml"
        resources:
            **asks(PLAN.implicit.fitting()),
        params:
            parts=PLAN.implicit.fitting().described,
        message:
            f"Draw images {PLAN.implicit.drawn_chunk} as functions of position".replace("{chunk}", "{wildcards.chunk}")
        script:
            "../../scripts/chain/run_chain.py"

    rule sum_up_implicit:
        input:
            **PLAN.implicit.summing_up().inputs(counted),
        output:
            **outputs(PLAN.implicit.summing_up()),
        log:
            f"{RESULTS}/logs/sum_up_implicit.log",
        group:
            "report"
        conda:
            "../../envs/phiscope.yaml"
        resources:
            **asks(PLAN.implicit.summing_up()),
        params:
            parts=PLAN.implicit.summing_up().described,
        message:
            "Statistics of images as functions of position"
        script:
            "../../scripts/chain/run_chain.py"


if PLAN.implicit and PLAN.implicit.decoding:

    rule measure_waves:
        input:
            **PLAN.implicit.measuring_waves().inputs(counted),
        output:
            **outputs(PLAN.implicit.measuring_waves()),
        log:
            f"{RESULTS}/logs/measure_waves.log",
        conda:
            "../../envs/phiscope.yaml"
        resources:
            **asks(PLAN.implicit.measuring_waves()),
        params:
            parts=PLAN.implicit.measuring_waves().described,
        message:
            "Latent directions of the run's networks as waves"
        script:
            "../../scripts/chain/run_chain.py"


if PLAN.implicit and PLAN.implicit.decoders:

    rule train_decoders:
        input:
            **PLAN.implicit.decoding_with_encodings().inputs(counted),
        output:
            **outputs(PLAN.implicit.decoding_with_encodings()),
        log:
            f"{RESULTS}/logs/train_decoders.log",
        conda:
            "../../envs/phiscope.yaml"
        resources:
            **asks(PLAN.implicit.decoding_with_encodings()),
        params:
            parts=PLAN.implicit.decoding_with_encodings().described,
        message:
            "Decoders with and without an encoding inside"
        script:
            "../../scripts/chain/run_chain.py"
