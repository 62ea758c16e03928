# Latent space: which encoders there are, and where what is made with them lies.

LATENT = config["latent"]
GENERATOR = f"{RESULTS}/models/generator.safetensors"
DRAWN = f"{RESULTS}/latent/drawn.safetensors"
SETTINGS = present(LATENT["settings"]) if LATENT else {}
SEEDS = LATENT["seeds"] if LATENT else []
# Where views and operators look: the first setting where none is named, and its first training.
MAIN = next(iter(SETTINGS), None)
FIRST = next(iter(SEEDS), None)


wildcard_constraints:
    setting=r"\w+",
    training=r"\d+",


def encoder_of(setting):
    return f"{RESULTS}/models/encoder-{setting}-{FIRST}.safetensors"


def of_encoder(setting, name):
    """What was made with the encoder that views and operators look at."""
    return f"{RESULTS}/latent/{setting}-{FIRST}/{name}"


def of_all_encoders(name):
    """A file of each encoder, by setting and training seed."""
    return [f"{RESULTS}/latent/{setting}-{seed}/{name}" for setting in SETTINGS for seed in SEEDS]


def encoder_options(wildcards):
    """What the training of an encoder is told: what all share, and what its setting says."""
    own = SETTINGS[wildcards.setting]
    return LATENT["encoder"] | {key: value for key, value in own.items() if key not in ("heads", "weights")}


EXHIBITED = ["tiles", "densities", "products"]
TRAINED = [name for name, options in SETTINGS.items() if not options.get("weights")]
ENCODER_LOGS = [(name, f"{RESULTS}/models/encoder-{name}-{seed}.log.csv") for name in TRAINED for seed in SEEDS]
GAN_TRAINED = LATENT and not LATENT["gan"].get("weights")
GAN_LOG = {"gan_log": f"{RESULTS}/models/generator.log.csv"} if GAN_TRAINED else {}
OPERATORS = ["rotation", "linearity", "metric", "denoising", "axes"]
LATENT_TABLES = [f"{RESULTS}/tables/{name}.parquet" for name in ("latent", "spectra")] if LATENT else []
