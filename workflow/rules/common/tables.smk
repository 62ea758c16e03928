# Tables and statistics: which files they are made of.

SORT = {
    "margins": ["view", "split", "sample", "other_class"],
    "hulls": ["view", "space", "sample"],
    "attacks": ["view", "sample"],
    "scores": ["view", "sample", "detector"],
}


def parts_of_table(wildcards):
    """Every chunk of a table, over all views."""
    views = config["views"]
    if wildcards.table == "hulls":
        spaces = [(view, f"hulls/{space}") for view in views for space in spaces_of(view)]
        return [part for view, table in spaces for part in chunks_of(table, view, "test")]
    if wildcards.table == "attacks":
        return [part for view in attacks(views) for part in chunks_of("attacks", view, "test")]
    if wildcards.table == "scores":
        return [f"{RESULTS}/chunks/scores/{view}.parquet" for view in scored_views()]
    halves = [(view, split) for view in views for split in splits_of(view)]
    return [part for view, split in halves for part in chunks_of(wildcards.table, view, split)]


def statistic(name):
    return f"{RESULTS}/statistics/{name}.parquet"


def features_of(views):
    return [f"{RESULTS}/features/{view}/test.parquet" for view in views]
