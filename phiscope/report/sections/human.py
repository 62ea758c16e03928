"""Whether people find the same samples ambiguous."""

TITLE = "Do people find the same samples ambiguous?"
NUMBERS = ("human_ambiguity", "human_confidence", "human_difference")
NEEDS = ()
OPTIONAL = ()
