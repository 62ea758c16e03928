"""Whether people find the same images ambiguous."""

TITLE = "Do people find the same images ambiguous?"
NUMBERS = ("human_ambiguity", "human_confidence", "human_difference")
NEEDS = ()
OPTIONAL = ()
