"""How far a certain answer reaches."""

TITLE = "How far does a certain answer reach?"
NUMBERS = ("balls_train_nonempty", "balls_test_nonempty", "balls_mean", "balls_most", "in_union")
NEEDS = ()
OPTIONAL = ()
