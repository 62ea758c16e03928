# A network that takes noise away, what it is compared with, and images of the user's.

if DENOISING and DENOISING["network"]["weights"]:

    rule load_denoiser:
        output:
            DENOISER,
            description=f"{RESULTS}/models/denoiser.json",
        log:
            f"{RESULTS}/logs/load_denoiser.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            classifier={"normalise": None} | DENOISING["network"],
            code=rests_on("models/load_classifier", "phiscope.models.denoiser"),
        message:
            "Load the denoiser"
        script:
            "../../scripts/models/load_classifier.py"


if TRAINED_DENOISERS:

    rule train_denoiser:
        input:
            training_images(),
        output:
            f"{RESULTS}/models/{{denoiser}}.safetensors",
            description=f"{RESULTS}/models/{{denoiser}}.json",
            log=f"{RESULTS}/models/{{denoiser}}.log.csv",
        log:
            f"{RESULTS}/logs/train_denoiser/{{denoiser}}.log",
        wildcard_constraints:
            denoiser="|".join(TRAINED_DENOISERS),
        conda:
            "../../envs/phiscope.yaml"
        threads: THREADS
        params:
            folder=DENOISING["images"],
            samples=at_most(DENOISING["samples"] or 10**9, limit("train")),
            network=lambda wildcards: TRAINED_DENOISERS[wildcards.denoiser]["network"],
            options=lambda wildcards: TRAINED_DENOISERS[wildcards.denoiser]["training"],
            seed=config["seed"],
            code=rests_on("denoising/train_denoiser", "phiscope.models.denoiser"),
        message:
            "Train {wildcards.denoiser}"
        script:
            "../../scripts/denoising/train_denoiser.py"


if DENOISING:

    rule score_denoisers:
        input:
            training_images(),
            denoiser=DENOISER,
            others=[f"{RESULTS}/models/denoiser-{name}.safetensors" for name in OTHERS],
            test=f"{RESULTS}/data/test.safetensors",
        output:
            table=f"{RESULTS}/chunks/denoising/{{bench}}.parquet",
            shown=f"{RESULTS}/exhibits/denoising/{{bench}}.safetensors",
        log:
            f"{RESULTS}/logs/score_denoisers/{{bench}}.log",
        wildcard_constraints:
            bench="[^/]+",
        conda:
            "../../envs/phiscope.yaml"
        params:
            dataset=lambda wildcards: BENCHES[wildcards.bench][0],
            noise=lambda wildcards: BENCHES[wildcards.bench][1],
            # Not all of it: another set or noise must not make this comparison anew.
            bench={key: DENOISING["bench"][key] for key in ("samples", "tuning", "methods", "clip")},
            folder=lambda wildcards: DENOISING["bench"]["sets"].get(BENCHES[wildcards.bench][0]),
            others=list(OTHERS),
            training_folder=DENOISING["images"],
            limits=[limit("train"), limit("test")],
            seed=config["seed"],
            code=rests_on("denoising/score_denoisers", "phiscope.models.denoiser"),
        message:
            "Compare denoisers: {wildcards.bench}"
        script:
            "../../scripts/denoising/score_denoisers.py"

    rule merge_denoising:
        input:
            [f"{RESULTS}/chunks/denoising/{name}.parquet" for name in BENCHES],
        output:
            f"{RESULTS}/tables/denoising.parquet",
        log:
            f"{RESULTS}/logs/merge_denoising.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            sort_by=["dataset", "noise", "level", "method", "image"],
            code=rests_on("tables/merge_chunks"),
        message:
            "Table denoising"
        script:
            "../../scripts/tables/merge_chunks.py"

    rule compute_denoising:
        input:
            denoising=f"{RESULTS}/tables/denoising.parquet",
            standing=statistic("standing"),
        output:
            **{name: statistic(name) for name in DENOISING_STATISTICS},
        log:
            f"{RESULTS}/logs/compute_denoising.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            options=config["statistics"],
            seed=config["seed"],
            code=rests_on("denoising/compute_denoising"),
        message:
            "Statistics of denoising, and of all views"
        script:
            "../../scripts/denoising/compute_denoising.py"

    rule measure_filters:
        input:
            denoiser=DENOISER,
            test=f"{RESULTS}/data/test.safetensors",
        output:
            **{name: statistic(name) for name in FILTER_STATISTICS},
        log:
            f"{RESULTS}/logs/measure_filters.log",
        conda:
            "../../envs/phiscope.yaml"
        params:
            side=DENOISING["training"]["patch"],
            seed=config["seed"],
            code=rests_on("denoising/measure_filters", "phiscope.models.denoiser"),
        message:
            "What filters keep of an image, and what layers see"
        script:
            "../../scripts/denoising/measure_filters.py"

    if STUDY:

        rule study_denoising:
            input:
                train=f"{RESULTS}/data/train.safetensors",
                test=f"{RESULTS}/data/test.safetensors",
            output:
                f"{RESULTS}/chunks/denoising_study/{{experiment}}/{{seed}}.parquet",
            log:
                f"{RESULTS}/logs/study_denoising/{{experiment}}/{{seed}}.log",
            wildcard_constraints:
                experiment="|".join(STUDY["experiments"]),
                seed=r"\d+",
            conda:
                "../../envs/phiscope.yaml"
            params:
                samples=STUDY["samples"],
                options=STUDY_OPTIONS,
                code=rests_on("denoising/study_denoising"),
            message:
                "The lecture's experiment {wildcards.experiment}, seed {wildcards.seed}"
            script:
                "../../scripts/denoising/study_denoising.py"

        rule retrain_denoiser:
            input:
                study=f"{RESULTS}/chunks/denoising_study/weight_decay/{{seed}}.parquet",
                train=f"{RESULTS}/data/train.safetensors",
            output:
                f"{RESULTS}/chunks/denoising_study/retrained/{{seed}}.parquet",
            log:
                f"{RESULTS}/logs/retrain_denoiser/{{seed}}.log",
            wildcard_constraints:
                seed=r"\d+",
            conda:
                "../../envs/phiscope.yaml"
            params:
                samples=STUDY["samples"],
                options=STUDY_OPTIONS,
                code=rests_on("denoising/retrain_denoiser"),
            message:
                "Retrain with the chosen weight decay, seed {wildcards.seed}"
            script:
                "../../scripts/denoising/retrain_denoiser.py"

        rule merge_study:
            input:
                [
                    f"{RESULTS}/chunks/denoising_study/{experiment}/{seed}.parquet"
                    for experiment in STUDIED
                    for seed in STUDY["seeds"]
                ],
            output:
                f"{RESULTS}/tables/denoising_study.parquet",
            log:
                f"{RESULTS}/logs/merge_study.log",
            conda:
                "../../envs/phiscope.yaml"
            params:
                sort_by=["seed"],  # settings stay in their order
                code=rests_on("tables/merge_chunks"),
            message:
                "Table denoising_study"
            script:
                "../../scripts/tables/merge_chunks.py"

        rule sum_up_study:
            input:
                f"{RESULTS}/tables/denoising_study.parquet",
            output:
                **{name: statistic(name) for name in STUDY_STATISTICS},
            log:
                f"{RESULTS}/logs/sum_up_study.log",
            conda:
                "../../envs/phiscope.yaml"
            params:
                confidence=config["statistics"]["confidence"],
                code=rests_on("denoising/sum_up_study"),
            message:
                "The lecture's experiments over seeds"
            script:
                "../../scripts/denoising/sum_up_study.py"

    if DENOISING["folder"]:

        rule denoise_folder:
            input:
                denoiser=DENOISER if DENOISING["folder"]["method"] == "network" else [],
            output:
                table=f"{RESULTS}/tables/denoised.parquet",
                images=directory(f"{RESULTS}/denoised"),
            log:
                f"{RESULTS}/logs/denoise_folder.log",
            conda:
                "../../envs/phiscope.yaml"
            threads: THREADS
            params:
                options=DENOISING["folder"],
                code=rests_on("denoising/denoise_folder", "phiscope.models.denoiser"),
            message:
                "Denoise the images of {params.options[path]}"
            script:
                "../../scripts/denoising/denoise_folder.py"
