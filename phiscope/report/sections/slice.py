"""The plane through a sample and its closest flip points."""

TITLE = "What does the neighbourhood of one sample look like?"
NUMBERS = ()
NEEDS = ()
OPTIONAL = ()
