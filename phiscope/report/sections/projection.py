"""Whether answers change on the way to the hull."""

TITLE = "Does the answer change on the way to the training set?"
NUMBERS = (
    "accuracy_before_feature",
    "accuracy_after_feature",
    "accuracy_change_feature",
    "changed_feature",
    "accuracy_before_pixel",
    "accuracy_after_pixel",
    "accuracy_change_pixel",
    "changed_pixel",
)
NEEDS = ()
OPTIONAL = ()
