if PLAN.views.scored:

    rule score_views:
        input:
            **PLAN.geometry.scoring().inputs(counted),
        output:
            **outputs(PLAN.geometry.scoring()),
        log:
            f"{RESULTS}/logs/score_views.log",
        conda:
            "../../envs/phiscope.yaml"
        threads: THREADS
        params:
            parts=PLAN.geometry.scoring().described,
        message:
            "Scores of every detector"
        script:
            "../../scripts/chain/run_chain.py"
