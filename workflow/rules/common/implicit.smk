# Images drawn as functions of position: which there are, in which chunks.

IMPLICIT = config["implicit"]
IMPLICIT_TABLE = [f"{RESULTS}/tables/implicit.parquet"] if IMPLICIT else []
IMPLICIT_IMAGES = f"{RESULTS}/implicit/images.safetensors"


def implicit_chunks():
    """Names of the chunks of images; how many images there are, the config says."""
    count = sum(redraw.count_of(spec) for spec in IMPLICIT["images"])
    return chunks.names(count, IMPLICIT["chunk_size"])


def implicit_parts(pattern):
    return [f"{RESULTS}/{pattern.format(chunk=name)}" for name in implicit_chunks()]


def implicit_main():
    """The group of images that answers speak of: that of the picture, or the first."""
    if not IMPLICIT:
        return None
    return (IMPLICIT["picture"] or redraw.group_of(IMPLICIT["images"][0])).partition("/")[0]


IMPLICIT_MAIN = implicit_main()
IMPLICIT_STATISTICS = [
    f"implicit_{name}" for name in ("tuned", "by_k", "contrasts", "powers", "bases", "scales", "answers")
]


def implicit_figures():
    """Names of the figures that the configured fits give rise to."""
    if not IMPLICIT:
        return []
    models = {fit["model"] for fit in IMPLICIT["fits"]}
    drawn = [name for name, model in (("k", "mlp"), ("spectrum", "mlp"), ("bases", "largest")) if model in models]
    scales = any(fit["encoding"] == "gaussian" and isinstance(fit.get("sigma"), list) for fit in IMPLICIT["fits"])
    drawn += ["scale"] if scales else []
    drawn += ["decoders"] if IMPLICIT["decoders"] else []
    drawn += ["waves"] if latent_decoders() else []
    return [f"implicit_{name}" for name in (*drawn, *(["pictures"] if IMPLICIT["picture"] else []))]


def redrawn_views():
    """How each view of that kind draws its samples again, and from which view it takes them."""
    kind = {name: view for name, view in config["views"].items() if view["kind"] == "implicit"}
    return {
        name: {"encoding": view["encoding"], "k": view.get("k") or 0, "of": parent_of(name)}
        for name, view in kind.items()
    }


def latent_decoders():
    """The run's networks that decode latents, by name: of these the response to latent directions is looked at."""
    autoencoder = "phiscope.models.denoiser:autoencoder"
    found = {"generator": GENERATOR} if LATENT else {}
    if DENOISING and DENOISING["network"]["factory"] == autoencoder:
        found["autoencoder"] = DENOISER
    return found if IMPLICIT else {}


LATENT_DECODERS = latent_decoders()
LATENT_WAVES = {"latent_waves": f"{RESULTS}/statistics/latent_waves.parquet"} if LATENT_DECODERS else {}
# Trainings of small autoencoders that differ in their decoder.
DECODERS = IMPLICIT["decoders"] if IMPLICIT else None
DECODER_STATISTIC = {"implicit_decoders": f"{RESULTS}/statistics/implicit_decoders.parquet"} if DECODERS else {}
