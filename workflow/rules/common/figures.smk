# Figures: `<kind>` or `<kind>-<number>`. Every part of a run has a rule that draws its own.


def kind_of(figure):
    return figure.partition("-")[0]


def drawn(names, category="Figures"):
    """What drawing leaves behind: each figure as svg, which Snakemake's own report shows, and as png."""
    svg = [_shown(name, category) for name in names]
    return {"svg": svg, "png": [f"{RESULTS}/figures/{name}.png" for name in names]}


def _shown(name, category):
    caption = f"../report/captions/{kind_of(name)}.rst"
    labels = {"figure": name.replace("_", " ").replace("-", " ")}
    return report(f"{RESULTS}/figures/{name}.svg", category=category, caption=caption, labels=labels)


def rests_on_figures(script, names):
    """Changes when a line changes in the script that draws these figures, or in a module that draws one of them."""
    return rests_on(script, *{figures.FIGURES[kind_of(name)] for name in names})
