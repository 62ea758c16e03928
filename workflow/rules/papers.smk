rule compare_with_paper:
    input:
        **paths(*PLAN.geometry.compared),
    output:
        PLAN.path("paper_comparison"),
    log:
        f"{RESULTS}/logs/compare_with_paper.log",
    conda:
        "../../envs/phiscope.yaml"
    params:
        **PLAN.parameters("compare_with_paper"),
    message:
        "Comparison with Yousefzadeh 2022 and Toledo-Marín and Glazier 2021"
    script:
        "../../scripts/papers/compare_with_paper.py"
