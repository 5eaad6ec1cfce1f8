"""Estimates: what is known of them by hand, and what must hold for all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.estimates import mean, share


def test_wilson_s_interval_is_that_of_the_books() -> None:
    found = share(8, 10)
    assert found.part == 0.8
    assert (round(found.low, 3), round(found.high, 3)) == (0.490, 0.943)
    assert found.coverage is None


def test_whoever_asks_everybody_estimates_nothing() -> None:
    found = share(3, 4, 4)
    assert found.complete
    assert (found.low, found.part, found.high) == (0.75, 0.75, 0.75)


def test_without_an_answer_nothing_is_known() -> None:
    found = share(0, 0, 100)
    assert found.part is None
    assert (found.low, found.high, found.coverage) == (0.0, 1.0, 0.0)


def test_more_yes_than_answers_is_refused() -> None:
    with pytest.raises(ValueError, match="no share"):
        share(3, 2)


@given(st.integers(1, 500), st.data())
def test_the_share_lies_in_its_interval_and_more_coverage_narrows_it(
    answers: int, data: st.DataObject
) -> None:
    yes = data.draw(st.integers(0, answers))
    of = answers + data.draw(st.integers(1, 5000))
    open_, known = share(yes, answers), share(yes, answers, of)
    for found in (open_, known):
        assert found.part is not None
        assert 0 <= found.low <= found.part + 1e-9
        assert found.part - 1e-9 <= found.high <= 1
    assert known.high - known.low <= open_.high - open_.low + 1e-9


def test_a_mean_stays_within_its_scale() -> None:
    assert mean([]).mean is None
    assert (mean([4]).low, mean([4]).high) == (1, 5)
    found = mean([5, 5, 4, 5])
    assert found.mean == 4.75
    assert found.high == 5
    assert round(found.low, 2) == 4.26
