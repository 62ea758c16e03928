if PLAN.holds_images:

    rule make_thumbnails:
        input:
            unpack(lambda wildcards: counted().explorer.pictures()),
        output:
            thumbnails=PLAN.path("thumbnails"),
        log:
            f"{RESULTS}/logs/make_thumbnails.log",
        group:
            "report"
        conda:
            "../../envs/phiscope.yaml"
        resources:
            **asks("make_thumbnails"),
        params:
            **PLAN.parameters("make_thumbnails"),
        message:
            "Thumbnails of all images"
        script:
            "../../scripts/explorer/make_thumbnails.py"
