# How many samples there are is known once the data set is prepared, hence the checkpoint.


@cache
def prepared_count(path):
    return len(open_prepared(path))


def limit(split):
    return config["dataset"].get("limit", {}).get(split)


def at_most(count, most):
    return count if most is None else min(count, most)


def sample_count(view, split):
    """Samples of a view: those of the view or data set it starts from, or the first of them."""
    if view == "original":
        count = at_most(prepared_count(checkpoints.prepare_dataset.get(split=split).output[0]), limit(split))
    elif dataset := dataset_of(view):
        prepared = checkpoints.prepare_other_dataset.get(dataset=dataset).output[0]
        count = at_most(prepared_count(prepared), config["datasets"][dataset].get("limit", {}).get("test"))
    elif "pixel_hull" in VIEWS[config["views"][view]["kind"]].needs:
        count = projected_count(parent_of(view), "pixel")
    else:
        count = sample_count(parent_of(view), split)
    return count if split == "train" else at_most(count, config["views"][view].get("samples"))


def projected_count(view, space):
    """Samples of a view that are projected onto the hull in a space."""
    return at_most(sample_count(view, "test"), config["hulls"][space]["samples"])


def chunks_of(table, view, split):
    """Files of a table's chunks: `features`, `margins`, `hulls/feature` or `hulls/pixel`."""
    space = table.removeprefix("hulls/")
    count = sample_count(view, split) if space == table else projected_count(view, space)
    names = chunks.names(count, config["chunk_size"])
    return [f"{RESULTS}/chunks/{table}/{view}/{split}/{name}.parquet" for name in names]


def hull_chunks_of(view):
    """Chunks of a view's projections in feature space: none where the config asks for none."""
    return chunks_of("hulls/feature", view, "test") if "feature" in spaces_of(view) else []


def processed_hull_chunks():
    """Chunks of projections onto hulls of training images that went through a view."""
    return [
        f"{RESULTS}/chunks/hulls/processed/{view}/test/{name}.parquet"
        for view in HULLS_OF
        for name in chunks.names(projected_count(view, "feature"), config["chunk_size"])
    ]


def image_chunks_of(view):
    """Chunks of a view's images."""
    names = chunks.names(sample_count(view, "test"), config["chunk_size"])
    return [images_of(view).format(split="test", chunk=name) for name in names]
