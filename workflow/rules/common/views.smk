# Views: which there are, what each starts from, and what its transformation needs.

# Views that a transformation makes; the others are cut out of a prepared split.
DERIVED = {name: view for name, view in config["views"].items() if view["kind"] in VIEWS}


def parent_of(view):
    return config["views"][view].get("of", "original")


def dataset_of(view):
    """Name of the other data set that a view starts from, or None."""
    parent = parent_of(view)
    return parent.removeprefix(DATASET) if parent.startswith(DATASET) else None


def source_of(view):
    """Images that a view starts from: those of a view, or a slice of another data set."""
    return images_of(parent_of(view))


def images_of(name):
    """Images of a view, or of what `dataset:<name>` names, which no view can be called."""
    return f"{RESULTS}/views/{name.replace(':', '/')}/{{split}}/{{chunk}}.safetensors"


def slices():
    """What is cut out of a prepared split -> the split: views of kind `original`, and data sets views start from."""
    own = {"original": f"{RESULTS}/data/{{split}}.safetensors"}
    others = {view: dataset_of(view) for view in config["views"] if view != "original" and view not in DERIVED}
    others |= {parent_of(view): dataset_of(view) for view in DERIVED if dataset_of(view)}
    return own | {name: f"{RESULTS}/data/datasets/{dataset}.safetensors" for name, dataset in others.items()}


# View -> the view that holds its projections onto the hull in pixel space.
PIXEL_VIEWS = {parent_of(view): view for view in config["views"] if config["views"][view]["kind"] == "hull-pixel"}


# View -> the view whose training images span the hull that it is also judged against.
HULLS_OF = {name: view["hull_of"] for name, view in config["views"].items() if view.get("hull_of")}


def splits_of(view):
    return ["train", "test"] if view == "original" else ["test"]


def training_features_of(view):
    """Features of the training images under a view."""
    return f"{RESULTS}/features/{view}/train.parquet"


def seed_of(split):
    """Of what a view draws. ASSUME: a training image is not drawn the same noise as the test image of its number."""
    return config["seed"] + (split == "train")


def spaces_of(view):
    return config["views"][view].get("spaces", ["feature"])


def temp_unless_kept(view):
    return (lambda path: path) if config["views"].get(view, {}).get("keep") else temp


def needs_of(view):
    """Rule inputs for the artifacts that a view's transformation wants."""
    files = {
        "pixel_hull": f"{RESULTS}/chunks/hulls/pixel/{parent_of(view)}/{{split}}/{{chunk}}.parquet",
        "training_images": f"{RESULTS}/data/train.safetensors",
        "test_images": f"{RESULTS}/data/test.safetensors",
        "training_features": TRAINING_FEATURES,
        "classifier": CLASSIFIER,
        "head": HEAD,
        "denoiser": DENOISER,
        "generator": GENERATOR,
        "encoder": encoder_of(config["views"][view].get("setting", MAIN)),
        "bases": of_encoder(config["views"][view].get("setting", MAIN), "bases.safetensors"),
    }
    found = {need: files[need] for need in wanted(config["views"][view])}
    mask = mask_of(config["views"][view])
    return found | ({"mask": mask} if mask else {})


def mask_of(inpainted):
    """File of the mask of an inpainting; nothing without one."""
    return os.path.expandvars(inpainted["mask"]) if "mask" in inpainted else []


def parameters_of(view):
    """What the config gives a view beyond what every view has."""
    common = ("kind", "of", "samples", "spaces", "keep", "hull_of", "setting")
    found = {key: value for key, value in config["views"][view].items() if key not in common}
    return {"basis": LATENT["basis"]} | found if view in latent_views() else found


def latent_views():
    """View -> the view it starts from, of those that go through latent space."""
    return {name: parent_of(name) for name, view in DERIVED.items() if "bases" in VIEWS[view["kind"]].needs}


# Attacks are compared with the samples they started from; samples of another data set have no such counterpart.


def origin_of(view):
    """`original`, or the data set that a view and all it starts from begin with."""
    while view in config["views"] and config["views"][view]["kind"] != "original":
        view = parent_of(view)
    return parent_of(view) if view in config["views"] else view


def foreign_views():
    return [view for view in config["views"] if origin_of(view) != "original"]


def attack_views():
    """Views that an attack makes of our own samples."""
    return [view for view in attacks(config["views"]) if view not in foreign_views()]


def scored_views():
    """Views that detectors look at: none if there is nothing to tell them from, and no people to ask."""
    suspicious = [*attack_views(), *foreign_views()]
    return ["original", *suspicious] if suspicious or config["dataset"].get("human_labels") else []


def deepfool_view():
    """The view whose numbers stand beside those of the text, if there is one: DeepFool that stops at the boundary."""
    found = [view for view in attack_views() if config["views"][view]["kind"] == "deepfool"]
    return next((view for view in found if not parameters_of(view).get("confidence")), None)


def swept_views():
    """Parameters, kind included, of the attacks of kinds that the config runs with some confidence beyond the boundary."""
    told = {view: {"kind": config["views"][view]["kind"]} | parameters_of(view) for view in attack_views()}
    kinds = {parameters["kind"] for parameters in told.values() if parameters.get("confidence")}
    return {view: parameters for view, parameters in told.items() if parameters["kind"] in kinds}
