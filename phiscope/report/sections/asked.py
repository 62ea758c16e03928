"""What the page asks, in words that need no other text."""

TITLE = "What was asked"
NUMBERS = ()
NEEDS = ()
OPTIONAL = ()
