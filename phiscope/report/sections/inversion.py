"""Which images map to chosen points of feature space."""

TITLE = "Which images map to a chosen point of feature space?"
NUMBERS = (
    "inverted_flip_solved",
    "inverted_flip_distance",
    "inverted_flip_levels",
    "inverted_flip_as_demanded",
    "inverted_hull_solved",
    "inverted_hull_distance",
    "inverted_hull_levels",
    "inverted_hull_as_demanded",
    "inverted_flip_path_changes",
    "inverted_hull_path_changes",
    "hull_image_nearer",
    "flip_over_deepfool",
    "flip_image_nearer",
)
NEEDS = ()
OPTIONAL = ()
