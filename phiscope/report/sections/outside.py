"""Whether test samples lie outside the hull of the training set."""

TITLE = "Are the test samples inside what was trained on?"
NUMBERS = ("outside_feature", "outside_pixel", "within_noise_feature")
NEEDS = ()
OPTIONAL = ()
