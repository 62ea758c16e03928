"""Which images are ambiguous to the classifier."""

TITLE = "Which images are ambiguous to the classifier?"
NUMBERS = ()
NEEDS = ()
OPTIONAL = ()
