# Inversions: which samples, in which chunks.

INVERSIONS = config["inversions"]
SOLVER = {key: INVERSIONS[key] for key in ("tolerance", "jacobians", "polishes", "starts", "rescues")}
INVERTING = INVERSIONS["samples"] != 0
EXPLORED = config["report"]["samples"] if INVERTING else []
INVERSION_TABLE = [f"{RESULTS}/tables/inversions.parquet"] if INVERTING else []


def inverted(target):
    """Chunks of the inversions of one target."""
    count = at_most(projected_count("original", "feature"), INVERSIONS["samples"])
    names = chunks.names(count, INVERSIONS["chunk_size"])
    return [f"{RESULTS}/chunks/inversions/{target}/{name}.parquet" for name in names]


def parts_of_inversions(wildcards):
    balls = [f"{RESULTS}/chunks/inversions/ball-{number}.parquet" for number in EXPLORED]
    return [*inverted("flip"), *inverted("hull"), *balls]
