# Latent space: which encoders there are, and where what is made with them lies.

LATENT = config["latent"]
GENERATOR = f"{RESULTS}/models/generator.safetensors"
DRAWN = f"{RESULTS}/latent/drawn.safetensors"
SETTINGS = present(LATENT["settings"]) if LATENT else {}
SEEDS = LATENT["seeds"] if LATENT else []


wildcard_constraints:
    setting=r"\w+",
    training=r"\d+",


def encoder_of(setting, training=None):
    return f"{RESULTS}/models/encoder-{setting}-{_training(training)}.safetensors"


def bases_of(setting, training=None):
    return f"{RESULTS}/latent/{setting}-{_training(training)}/bases.safetensors"


def of_all_encoders(name):
    """A file of each encoder, by setting and training seed."""
    return [f"{RESULTS}/latent/{setting}-{seed}/{name}" for setting in SETTINGS for seed in SEEDS]


def encoder_options(wildcards):
    """What the training of an encoder is told: what all share, and what its setting says."""
    own = SETTINGS[wildcards.setting]
    return LATENT["encoder"] | {key: value for key, value in own.items() if key not in ("heads", "weights")}


def _training(training):
    return training if training is not None or not SEEDS else SEEDS[0]


# Where views and operators look: the first setting, its first training.
MAIN = next(iter(SETTINGS), None)
OPERATORS = ["rotation", "linearity", "metric", "denoising", "axes"]
