from phiscope.papers import decision_boundaries, deep_lsd
from phiscope.papers.references import REFERENCES


def test_what_texts_state_names_texts_that_have_a_reference():
    stated = [*decision_boundaries.STATED.values(), *deep_lsd.STATED.values()]
    named = {each.paper for each in stated} - {""}
    assert named == {decision_boundaries.PAPER, deep_lsd.PAPER}
    assert named < REFERENCES.keys()
