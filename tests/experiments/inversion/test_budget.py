"""What a number of processor hours allows: decided from synthetic timings."""

import inspect
from dataclasses import replace

import pytest

from phiscope.errors import ConfigError
from phiscope.experiments.inversion import budget
from phiscope.experiments.inversion.balls import MORPH
from phiscope.experiments.inversion.budget import Asked, SearchCost, decide, seconds_of

COST = SearchCost(0.1, 0.2, 0.01, batch=16, image_bytes=1e6, batch_bytes=2e7, memory=1e9, many=False)
OPTIONS = {"segment": 0, "starts": 1, "backtracks": 2, "references": ["black", "white"]}
ASKED = Asked(6, {87: 0, 12: 9})  # one of the named is among the counted, the other is not


@pytest.mark.parametrize(
    ("given", "seconds"),
    [(1, 3600.0), (0.5, 1800.0), (0, 0.0), ("90 min", 5400.0), ("1.5 h", 5400.0), ("30s", 30.0), (None, None)],
)
def test_budgets_in_seconds(given, seconds):
    assert seconds_of(given) == seconds


@pytest.mark.parametrize("given", ["soon", "1 day", "", "-1 h", "1,5 h"])
def test_a_budget_that_is_no_time_is_said_in_a_sentence(given):
    with pytest.raises(ConfigError, match="inversions.budget: got .* expected hours"):
        seconds_of(given)


def test_no_limit_makes_all():
    decision = decide(ASKED, 10.0, 100.0, None)
    assert (decision.counted, decision.explored, decision.left_out) == (6, (87, 12), [])
    assert decision.places == {0, 1, 2, 3, 4, 5, 9}


def test_a_budget_for_all_of_it_is_no_limit():
    # Seven samples and two balls are 270 seconds, of which the first ball and its sample must fit into half.
    assert decide(ASKED, 10.0, 100.0, 270.0) == decide(ASKED, 10.0, 100.0, None)


def test_the_report_comes_first_up_to_half_then_the_counted():
    decision = decide(ASKED, 10.0, 100.0, 250.0)
    assert (decision.counted, decision.explored) == (6, (87,))
    assert decision.left_out == [9]


def test_what_is_counted_is_always_the_first_of_the_order():
    decision = decide(ASKED, 10.0, 20.0, 90.0)
    assert decision.explored == (87,)
    assert decision.counted == 6
    decision = decide(Asked(6, {12: 4}), 10.0, 5.0, 40.0)
    assert (decision.counted, sorted(decision.places)) == (2, [0, 1, 4])


def test_one_sample_and_no_ball():
    decision = decide(ASKED, 10.0, 100.0, 15.0)
    assert (decision.counted, decision.places, decision.explored) == (1, {0}, ())
    assert decision.left_out == [1, 2, 3, 4, 5, 9]


@pytest.mark.parametrize("seconds", [0.0, 9.9])
def test_a_budget_below_one_sample_leaves_all_out(seconds):
    decision = decide(ASKED, 10.0, 100.0, seconds)
    assert (decision.counted, decision.places, decision.explored) == (0, frozenset(), ())


def test_no_memory_for_one_image_leaves_all_out():
    decision = decide(ASKED, 0.0, 0.0, None, enough_memory=False)
    assert decision.lacks_memory
    assert (decision.counted, decision.places, decision.explored) == (0, frozenset(), ())


@pytest.mark.parametrize("seconds", [0.0, 10.0, 35.0, 110.0, 125.0, 200.0, 250.0, 1e6])
def test_never_more_than_the_budget(seconds):
    decision = decide(ASKED, 10.0, 100.0, seconds)
    assert 10.0 * len(decision.places) + 100.0 * len(decision.explored) <= seconds
    assert set(range(decision.counted)) <= decision.places


def test_places_of_a_chunk():
    decision = decide(ASKED, 10.0, 100.0, None)
    assert decision.in_chunk(slice(4, 6)) == [4, 5]
    assert decision.in_chunk(slice(9, 10)) == [9]


def test_a_search_costs_what_its_jacobians_cost_and_as_much_as_the_options_ask():
    assert COST.pair(OPTIONS) == pytest.approx(0.1 * 110 * 1.5)
    assert replace(COST, jacobian=0.2).pair(OPTIONS) == pytest.approx(2 * COST.pair(OPTIONS))
    assert COST.pair(OPTIONS | {"backtracks": 0}) == pytest.approx(COST.pair(OPTIONS) / 2)
    assert COST.pair(OPTIONS | {"starts": 3}) == pytest.approx(3 * COST.pair(OPTIONS))
    more = COST.ball(OPTIONS | {"references": ["black"] * 16})
    assert more == pytest.approx(2 * COST.ball(OPTIONS))


def test_a_search_by_gradient_steps_costs_what_was_measured():
    """What eight hull targets of 512 features took: 86 s each, 158 s with a backtrack, at 8 s a Jacobian."""
    cost, once = replace(COST, jacobian=8.0, many=True), OPTIONS | {"backtracks": 0}
    assert cost.pair(once) / 2 == pytest.approx(86, rel=0.05)
    assert cost.pair(once | {"backtracks": 1}) / 2 == pytest.approx(158, rel=0.1)
    assert cost.ball(once | {"segment": 2}) - cost.ball(once) == pytest.approx(2 * 5 * cost.pair(once) / 2)


def test_the_morph_has_as_many_radii_as_are_reckoned_with():
    assert len(MORPH) == budget._MORPH


def test_what_was_measured_is_kept(tmp_path):
    COST.write(tmp_path / "cost.json")
    assert SearchCost.read(tmp_path / "cost.json") == COST


@pytest.mark.parametrize("text", ["", '{"jacobian": 1.0}', "[]"])
def test_what_another_version_wrote_is_as_good_as_absent(tmp_path, text):
    path = tmp_path / "cost.json"
    path.write_text(text)
    with pytest.raises(FileNotFoundError) as error:
        SearchCost.read(path)
    assert error.value.filename == str(path)


def test_deciding_needs_no_network():
    """The plan decides, which must not load what networks run on."""
    assert "torch" not in inspect.getsource(budget)
