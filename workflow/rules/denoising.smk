# A network that takes noise away, what it is compared with, and images of the user's.

if PLAN.denoising and PLAN.denoising.is_loaded:

    rule load_denoiser:
        output:
            PLAN.path("denoiser"),
            description=f"{RESULTS}/models/denoiser.json",
        log:
            f"{RESULTS}/logs/load_denoiser.log",
        conda:
            "../../envs/phiscope.yaml"
        resources:
            **asks("load_denoiser"),
        params:
            **PLAN.parameters("load_denoiser"),
        message:
            "Load the denoiser"
        script:
            "../../scripts/models/load_classifier.py"


if PLAN.denoising and PLAN.denoising.trained:

    rule train_denoisers:
        input:
            **PLAN.denoising.training().inputs(counted),
        output:
            **outputs(PLAN.denoising.training()),
        log:
            f"{RESULTS}/logs/train_denoisers.log",
        conda:
            "../../envs/phiscope.yaml"
        threads: PLAN.denoising.training().threads
        resources:
            **asks(PLAN.denoising.training()),
        params:
            parts=PLAN.denoising.training().described,
        message:
            "Train the denoising networks"
        script:
            "../../scripts/chain/run_chain.py"


if PLAN.denoising:

    for images_of_set in PLAN.denoising.sets:
        comparing = PLAN.denoising.comparing(images_of_set)

        rule:
            name:
                f"score_denoisers_{images_of_set}"
            input:
                **comparing.inputs(counted),
            output:
                **outputs(comparing),
            log:
                f"{RESULTS}/logs/score_denoisers_{images_of_set}.log",
            conda:
                "../../envs/phiscope.yaml"
            resources:
                **asks(comparing),
            params:
                parts=comparing.described,
            message:
                f"Compare denoisers on images of {images_of_set}"
            script:
                "../../scripts/chain/run_chain.py"

    if PLAN.denoising.study:

        rule study_denoising:
            input:
                train=PLAN.prepared("train"),
                test=PLAN.prepared("test"),
            output:
                f"{RESULTS}/chunks/denoising_study/{{experiment}}/{{seed}}.parquet",
            log:
                f"{RESULTS}/logs/study_denoising/{{experiment}}/{{seed}}.log",
            wildcard_constraints:
                experiment="|".join(PLAN.denoising.study["experiments"]),
                seed=r"\d+",
            conda:
                "../../envs/phiscope.yaml"
            resources:
                **asks("study_denoising"),
            params:
                **PLAN.parameters("study_denoising"),
            message:
                "Experiment of the denoising lecture: {wildcards.experiment}, seed {wildcards.seed}"
            script:
                "../../scripts/denoising/study_denoising.py"

        rule retrain_denoiser:
            input:
                study=f"{RESULTS}/chunks/denoising_study/penalty/{{seed}}.parquet",
                train=PLAN.prepared("train"),
            output:
                f"{RESULTS}/chunks/denoising_study/retrained/{{seed}}.parquet",
            log:
                f"{RESULTS}/logs/retrain_denoiser/{{seed}}.log",
            wildcard_constraints:
                seed=r"\d+",
            conda:
                "../../envs/phiscope.yaml"
            resources:
                **asks("retrain_denoiser"),
            params:
                **PLAN.parameters("retrain_denoiser"),
            message:
                "Retrain with the chosen penalty, seed {wildcards.seed}"
            script:
                "../../scripts/denoising/retrain_denoiser.py"

        rule sum_up_study:
            input:
                f"{RESULTS}/tables/denoising_study.parquet",
            output:
                **paths(*PLAN.denoising.study_statistics),
            log:
                f"{RESULTS}/logs/sum_up_study.log",
            conda:
                "../../envs/phiscope.yaml"
            resources:
                **asks("sum_up_study"),
            params:
                **PLAN.parameters("sum_up_study"),
            message:
                "The experiments of the denoising lecture over seeds"
            script:
                "../../scripts/denoising/sum_up_study.py"

    if PLAN.denoising.options["folder"]:

        rule denoise_folder:
            input:
                denoiser=PLAN.path("denoiser") if PLAN.denoising.options["folder"]["method"] == "network" else [],
            output:
                table=f"{RESULTS}/tables/denoised.parquet",
                images=directory(f"{RESULTS}/denoised"),
            log:
                f"{RESULTS}/logs/denoise_folder.log",
            conda:
                "../../envs/phiscope.yaml"
            threads: PLAN.threads
            resources:
                **asks("denoise_folder"),
            params:
                **PLAN.parameters("denoise_folder"),
            message:
                "Denoise the images of {params.options[path]}"
            script:
                "../../scripts/denoising/denoise_folder.py"
