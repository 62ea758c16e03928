# Denoising: which images are compared under which noise, and which tables there are.

DENOISING = config["denoising"]


def benches():
    """Name -> (set of images, noise): every set under every noise; `test` is the data set's own test split."""
    if DENOISING is None:
        return {}
    bench = DENOISING["bench"]
    return {
        f"{name}-{noise['noise']}-{noise['level']:g}": (name, noise)
        for name in bench["sets"] or ["test"]
        for noise in bench["noises"]
    }


def training_images():
    """Input of rules that need the images a denoiser is trained on: a folder is read as it is, and is no input."""
    return [] if DENOISING["images"] else [f"{RESULTS}/data/train.safetensors"]


BENCHES = benches()
STUDY = DENOISING["study"] if DENOISING and DENOISING["study"]["seeds"] else None
# What follows from the weight decays tried: the best one, retrained.
STUDIED = [*STUDY["experiments"], *(["retrained"] if "weight_decay" in STUDY["experiments"] else [])] if STUDY else []
DENOISING_TABLES = [
    *([f"{RESULTS}/tables/denoising.parquet"] if DENOISING else []),
    *([f"{RESULTS}/tables/denoising_study.parquet"] if STUDY else []),
    *([f"{RESULTS}/tables/denoised.parquet"] if DENOISING and DENOISING["folder"] else []),
]
DENOISING_STATISTICS = ["denoising_summary", "views"] if DENOISING else []
FILTER_STATISTICS = ["filter_inversion", "denoiser_layers"] if DENOISING else []
STUDY_STATISTICS = ["study_summary", "held_out_choice"] if STUDY else []
