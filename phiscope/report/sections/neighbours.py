"""Which classes are neighbours."""

TITLE = "Which classes are neighbours?"
NUMBERS = ()
NEEDS = ()
OPTIONAL = ()
