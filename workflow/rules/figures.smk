def named_inputs(group):
    """Name of the artifact -> its file, or files, of all that the figures of a group are drawn from."""
    drawing = counted().drawing
    files = {name: drawing.files(name) for name in drawing.artifacts(drawing.groups[group])}
    return {name: list(f.values()) if isinstance(f, dict) else f for name, f in files.items()}


def keys_of_inputs(group):
    """Of artifacts of which there are several, what tells them apart."""
    drawing = counted().drawing
    files = {name: drawing.files(name) for name in drawing.artifacts(drawing.groups[group])}
    return {name: list(f) for name, f in files.items() if isinstance(f, dict)}


def shown(name):
    """A figure in Snakemake's own report; its caption is written with it."""
    about = figures.about(figures.kind_of(name))
    labels = {"figure": name.replace("_", " ").replace("-", " ")}
    caption = Path(PLAN.drawing.drawn([name], "rst")[0]).absolute()
    return report(PLAN.drawing.drawn([name], "svg")[0], category=about.category, caption=caption, labels=labels)


for group, names in PLAN.drawing.groups.items():

    rule:
        name:
            f"draw_{group}"
        input:
            unpack(lambda wildcards, group=group: named_inputs(group)),
        output:
            svg=[shown(name) for name in names],
            png=PLAN.drawing.drawn(names, "png"),
            captions=PLAN.drawing.drawn(names, "rst"),
            narrow=PLAN.drawing.narrow(names),
        log:
            f"{RESULTS}/logs/draw_{group}.log",
        group:
            "report"
        conda:
            "../../envs/phiscope.yaml"
        resources:
            **asks("draw_figures"),
        params:
            **PLAN.parameters("draw_figures", group=group),
            told_apart=lambda wildcards, group=group: keys_of_inputs(group),
        message:
            f"Figures: {PLAN.drawing.words[group]}"
        script:
            "../../scripts/figures/draw_figures.py"
