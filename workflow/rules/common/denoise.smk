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


def trained_denoisers():
    """Name of the artifact -> the network and how it is trained: the run's own unless it is loaded, and all others."""
    if DENOISING is None:
        return {}
    own = {} if DENOISING["network"]["weights"] else {"denoiser": {"network": DENOISING["network"], "training": {}}}
    told = own | {f"denoiser-{name}": other for name, other in OTHERS.items()}
    return {
        name: {
            "network": {key: other["network"][key] for key in ("factory", "arguments")},
            "training": DENOISING["training"] | other.get("training", {}),
        }
        for name, other in told.items()
    }


# Further networks, which the comparison alone looks at.
OTHERS = present(DENOISING["others"]) if DENOISING else {}
TRAINED_DENOISERS = trained_denoisers()
BENCHES = benches()
STUDY = DENOISING["study"] if DENOISING and DENOISING["study"]["seeds"] else None
# The data set's own images are small: they are trained on whole, whatever patches the run's network takes of others.
STUDY_OPTIONS = DENOISING["training"] | {"epochs": STUDY["epochs"], "patch": None, "per_image": 1} if STUDY else None
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
