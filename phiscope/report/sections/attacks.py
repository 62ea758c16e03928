"""Whether attacked images stand out."""

TITLE = "Do attacked images stand out?"
NUMBERS = (
    "deepfool_rate_success",
    "deepfool_rate_success_8bit",
    "deepfool_towards_hull_success",
    "deepfool_closer_to_boundary_success",
    "deepfool_below_genuine_success",
)
NEEDS = ()
OPTIONAL = ()
