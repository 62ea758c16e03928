"""How far the closest image on the decision boundary is."""

TITLE = "How far is the closest image of another class?"
NUMBERS = (
    "closest_found",
    "closest_distance",
    "closest_levels",
    "closest_over_deepfool",
    "closest_within_attacks",
    "closest_stationary",
    "closest_same_class",
    "closest_margin_correlation",
)
NEEDS = ()
OPTIONAL = ()
