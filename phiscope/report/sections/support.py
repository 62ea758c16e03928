"""Which training samples a test sample rests on."""

TITLE = "Which training samples does a test sample rest on?"
NUMBERS = (
    "same_label_feature_pooled",
    "same_label_feature_query",
    "same_label_feature_weighted",
    "same_label_pixel_pooled",
    "same_label_pixel_query",
    "same_label_pixel_weighted",
)
NEEDS = ()
OPTIONAL = ()
