# Tables and statistics: which files they are made of.

SORT = {
    "margins": ["view", "split", "sample", "other_class"],
    "hulls": ["view", "space", "sample"],
    "processed_hulls": ["view", "sample"],
    "attacks": ["view", "sample"],
    "scores": ["view", "sample", "detector"],
}


def parts_of_table(wildcards):
    """Every chunk of a table, over all views."""
    if wildcards.table == "scores":  # detectors look at a whole view at once
        return [f"{RESULTS}/chunks/scores/{view}.parquet" for view in scored_views()]
    if wildcards.table == "processed_hulls":
        return processed_hull_chunks()
    views = config["views"]
    chunked = {
        "margins": [("margins", view, split) for view in views for split in splits_of(view)],
        "hulls": [(f"hulls/{space}", view, "test") for view in views for space in spaces_of(view)],
        "attacks": [("attacks", view, "test") for view in attacks(views)],
    }
    return [part for which in chunked[wildcards.table] for part in chunks_of(*which)]


PROCESSED_HULLS = {"processed_hulls": f"{RESULTS}/tables/processed_hulls.parquet"} if HULLS_OF else {}


def statistic(name):
    return f"{RESULTS}/statistics/{name}.parquet"


def features_of(views):
    return [f"{RESULTS}/features/{view}/test.parquet" for view in views]
