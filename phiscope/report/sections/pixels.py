"""Whether the order of distances is the other way round in pixel space."""

TITLE = "Is the order the other way round in pixel space?"
NUMBERS = ("boundary_closer_pixel", "boundary_closer_feature")
NEEDS = ()
OPTIONAL = ()
