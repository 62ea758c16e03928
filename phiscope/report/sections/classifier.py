"""How good the classifier is, and how it was trained."""

TITLE = "How good is the classifier?"
NUMBERS = ("accuracy",)
NEEDS = ()
OPTIONAL = ()
