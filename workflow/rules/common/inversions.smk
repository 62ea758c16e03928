# Inversions: which samples, in which chunks.

INVERSIONS = config["inversions"]
SOLVER = {key: INVERSIONS[key] for key in ("tolerance", "jacobians", "polishes", "starts", "rescues", "retreats")}
INVERTING = INVERSIONS["samples"] != 0
EXPLORED = config["report"]["samples"] if INVERTING else []
INVERSION_TABLE = [f"{RESULTS}/tables/inversions.parquet"] if INVERTING else []


EDITS = {edit["sample"]: edit for edit in INVERSIONS["edits"]}
# DeepFool's images stand beside the inverted ones, its distances beside those to the hull in pixel space.
BESIDE_HULL = deepfool_view() and "pixel" in spaces_of("original")
PREIMAGES = [
    *(["inversion_distances"] if INVERTING else []),
    *(["pixel_boundary"] if BESIDE_HULL else []),
    *(["edits"] if EDITS else []),
]


@cache
def order_of_samples():
    """Test samples of the run by their place in the prepared order."""
    prepared = open_prepared(checkpoints.prepare_dataset.get(split="test").output[0])
    return prepared.samples[: sample_count("original", "test")].tolist()


def inverted_chunks():
    """Chunks of the samples that the config counts, first of the stratified order."""
    count = at_most(projected_count("original", "feature"), INVERSIONS["samples"])
    return chunks.names(count, INVERSIONS["chunk_size"])


def named_chunks():
    """Chunks of one sample each for those the report names, where they are not among the counted."""
    order, counted = order_of_samples(), chunks.span(inverted_chunks()[-1]).stop
    places = [order.index(number) for number in EXPLORED if number in order]
    return [f"{place:07d}-{place + 1:07d}" for place in places if place >= counted]


def inversion_parts(target, names, folder="chunks/inversions", kind="parquet"):
    return [f"{RESULTS}/{folder}/{target}/{name}.{kind}" for name in names]


def counted_inversions(wildcards):
    """What statistics are of: nobody chose these samples."""
    return [part for target in ("flip", "hull") for part in inversion_parts(target, inverted_chunks())]


def parts_of_inversions(wildcards):
    names = [*inverted_chunks(), *named_chunks()]
    balls = [f"{RESULTS}/chunks/inversions/ball-{number}.parquet" for number in EXPLORED]
    return [*inversion_parts("flip", names), *inversion_parts("hull", names), *balls]


def inverted_images(wildcards):
    """Files with the images that the column `image` of the table names."""
    names = [*inverted_chunks(), *named_chunks()]
    return [part for target in ("flip", "hull") for part in inversion_parts(target, names, "inversions", "safetensors")]
