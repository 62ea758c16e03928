# Images drawn as functions of position: which there are, in which chunks.

IMPLICIT = config.get("implicit")
IMPLICIT_TABLE = [f"{RESULTS}/tables/implicit.parquet"] if IMPLICIT else []
IMPLICIT_IMAGES = f"{RESULTS}/implicit/images.safetensors"


def implicit_chunks():
    """Names of the chunks of images; how many images there are, the config says."""
    count = sum(redraw.count_of(spec) for spec in IMPLICIT["images"])
    return chunks.names(count, IMPLICIT["chunk_size"])


def implicit_parts(pattern):
    return [f"{RESULTS}/{pattern.format(chunk=name)}" for name in implicit_chunks()] if IMPLICIT else []
