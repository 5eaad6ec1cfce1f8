from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.languages import say
from scoring.facts import STEP, Decision, Facts
from scoring.periods import Period
from scoring.scheme import Scheme
from scoring.scorecard import ComponentScore, Scorecard, points, score
from tests.scoring.invented import JULY, decided, decimals, invented, scheme_with

FULL = {
    "1.1": "10", "1.2": "6", "1.3": "8", "2.1": "4", "2.2": "5",
    "2.3": "15", "3.1": "12.5", "3.2": "13.5", "4.1": "6", "4.2": "20",
}  # fmt: skip
"""Every maximum of the invented scheme: 24 + 24 + 26 + 26 = 100."""

WORKED = Facts(
    counts={
        "feedback": {"received": 9, "answered": 8, "answered_on_time": 7, "late": 1},
        "letter": {"thanks": 2},
        "survey": {"answered": 17},
        "dossier": {"due": 400, "on_time": 399, "late": 1},
        "guidance": {"shown": 60, "scanned": 40},
    },
    publication_days=frozenset(date(2026, 7, 1) + timedelta(days=n) for n in range(20)),
    rating_sum=22,
    rating_count=5,
    decisions={"3.2": decided("12.5")},
    evidence={"feedback.received": 9, "feedback.answered": 8, "letter.thanks": 2, "other": 5},
    filed={"1.1": 1, "4.2": 3},
    today=date(2026, 8, 3),
)
"""Facts of July whose scores are worked out by hand in `BY_HAND`."""

BY_HAND = {
    "1.1": "8.75",  # 7 of 8 on time = 87.5 % of 10
    "1.2": "0",  # 20 of 31 days, every day needed
    "1.3": "6.25",  # 20/31 = 64.51 % of the 80 % needed = 80.64 % of 8 = 6.45, cut to quarters
    "2.1": "0",  # 2 letters, 3 needed, all or nothing
    "2.2": "2.75",  # 17 of 30 = 56.66 % of 5 = 2.83, cut to quarters
    "2.3": "9",  # 399 of 400 = 99.75 %: the step from 99.5 % gives 60 % of 15
    "3.1": "6.25",  # 22 / 5 = 4.4: the step from 3.5 gives 50 % of 12.5
    "3.2": "12.5",  # decided by a person
    "4.1": "6",  # 60 + 40 = 100, 100 needed
    "4.2": None,  # a person decides and has not
}


def parts(card: Scorecard) -> dict[str, ComponentScore]:
    return {part.component.id: part for each in card.criteria for part in each.components}


def all_decided(last: str) -> Facts:
    """Give every component its maximum, 80 points together, but the last, 4.2, some of its 20."""
    return Facts(decisions={name: decided(most) for name, most in (FULL | {"4.2": last}).items()})


def test_the_invented_scheme_scores_as_worked_out_by_hand() -> None:
    card = score(WORKED, invented(), JULY)
    assert {name: part.score for name, part in parts(card).items()} == {
        name: None if by_hand is None else Decimal(by_hand) for name, by_hand in BY_HAND.items()
    }
    assert [(each.min, each.max) for each in card.criteria] == [
        (Decimal("15.00"), Decimal("15.00")),  # 8.75 + 0 + 6.25
        (Decimal("11.75"), Decimal("11.75")),  # 0 + 2.75 + 9
        (Decimal("18.75"), Decimal("18.75")),  # 6.25 + 12.5
        (Decimal("6.00"), Decimal("26.00")),  # 6, and 20 not scored yet
    ]
    # 15 + 11.75 + 18.75 + 6, and 20 more
    assert (card.min, card.max, card.unknown) == decimals("51.5 71.5 20")


def test_all_decided_at_the_maximum_is_the_whole_total() -> None:
    card = score(all_decided("20"), invented(), JULY)
    assert (card.min, card.max, card.unknown) == decimals("100 100 0")
    assert not any(part.provisional for part in parts(card).values())
    assert say(card.unknown_sentence) == "Đã chấm đủ 100 điểm."


def test_no_facts_leave_what_needs_data_open_and_lose_what_was_not_done() -> None:
    card = score(Facts(), invented(), JULY)
    # Not done: 2.1, 2.2, 4.1 = 4 + 5 + 6 = 15 points. Too little data or a person is needed: 1.1,
    # 1.2, 1.3, 2.3, 3.1, 3.2, 4.2 = 10 + 6 + 8 + 15 + 12.5 + 13.5 + 20 = 85.
    assert (card.min, card.max, card.unscored) == decimals("0 85 85")


def test_an_unknown_maximum_opens_the_range_by_what_no_maximum_covers() -> None:
    scheme = scheme_with({'max = 15\nmax_source = "decision"\n': ""})
    card = score(WORKED, scheme, JULY)
    second = card.criteria[1]
    # Known: 0 of 4 and 2.75 of 5. The other 24 - 9 = 15 points may be all or nothing.
    assert (second.min, second.max, second.unscored) == decimals("2.75 17.75 0")
    part = parts(card)["2.3"]
    assert (part.score, part.proposed, part.provisional) == (None, None, True)
    assert say(part.reason) == (
        "Đạt 99,7% (399/400) hồ sơ giải quyết trước và đúng hạn. "
        "Chưa biết điểm tối đa của thành phần này."
    )
    # 15 + 2.75 + 18.75 + 6 = 42.5; 42.5 + 15 + 20 = 77.5
    assert (card.min, card.max) == (Decimal("42.5"), Decimal("77.5"))
    assert say(card.unknown_sentence) == (
        "Trong 100 điểm còn 35 điểm chưa biết: 20 điểm của các thành phần chưa chấm, "
        "15 điểm của các thành phần chưa biết điểm tối đa."
    )


@pytest.mark.parametrize(
    ("last", "total", "level", "source"),
    [
        ("4.75", "84.75", None, "unknown"),
        ("5", "85", 2, "report"),
        ("9.75", "89.75", 2, "report"),
        ("10", "90", 1, "inferred"),
        ("20", "100", 1, "inferred"),
    ],
)
def test_a_level_begins_at_its_bound_and_ends_below_the_next(
    last: str, total: str, level: int | None, source: str
) -> None:
    card = score(all_decided(last), invented(), JULY)
    assert card.min == card.max == Decimal(total)
    assert (card.lowest and card.lowest.id) == level
    assert (card.highest and card.highest.id) == level
    assert card.level_source == source


def test_the_level_is_told_for_both_ends_and_by_its_weakest_source() -> None:
    some = {name: decided(points) for name, points in FULL.items() if name != "2.2"}
    some["4.2"] = decided("10")  # 100 - 5 - 10 = 85 so far, 2.2 has 5 more: 90
    facts = Facts(decisions=some, today=JULY.end)
    card = score(facts, invented(), JULY)
    assert (card.min, card.max) == decimals("85 90")
    assert card.lowest is not None
    assert card.highest is not None
    assert (card.lowest.id, card.highest.id, card.level_source) == (2, 1, "inferred")


def test_a_decision_counts_and_the_proposal_stays_beside_it() -> None:
    facts = Facts(
        counts={"letter": {"thanks": 3}},
        decisions={"2.1": decided("1.5", "two letters went to the wrong address")},
    )
    part = parts(score(facts, invented(), JULY))["2.1"]
    assert (part.score, part.proposed) == decimals("1.5 4")
    assert not part.provisional
    assert say(part.reason) == (
        "Trần Thị Mai chấm ngày 04/08/2026: two letters went to the wrong address "
        "(Máy đề xuất 4 điểm: Có 3 thư cảm ơn, cần ít nhất 3.) Được 1,5/4 điểm."
    )


def test_the_words_of_a_decision_are_never_read_as_a_format() -> None:
    facts = Facts(decisions={"3.2": decided("1", "{0} {max} %s {")})
    assert "{0} {max} %s {" in say(parts(score(facts, invented(), JULY))["3.2"].reason)


def test_a_decision_above_the_maximum_does_not_count() -> None:
    facts = Facts(counts={"letter": {"thanks": 3}}, decisions={"2.1": decided("4.25")})
    part = parts(score(facts, invented(), JULY))["2.1"]
    assert part.score == 4
    assert part.provisional
    assert part.decision is None
    assert "4,25" in say(part.reason)
    at_most = Facts(decisions={"2.1": decided("4")})
    assert not parts(score(at_most, invented(), JULY))["2.1"].provisional


def test_a_decision_waits_while_the_maximum_is_unknown() -> None:
    scheme = scheme_with({'max = 15\nmax_source = "decision"\n': ""})
    card = score(Facts(decisions={"2.3": decided("15")}), scheme, JULY)
    part = parts(card)["2.3"]
    assert (part.score, part.provisional) == (None, True)
    assert "15" in say(part.reason)
    assert card.criteria[1].max <= 24


def test_evidence_of_a_component_is_its_kinds_and_what_people_filed() -> None:
    found = parts(score(WORKED, invented(), JULY))
    assert {name: part.evidence for name, part in found.items() if part.evidence} == {
        "1.1": 18,  # 9 received, 8 answered, 1 filed by hand
        "2.1": 2,
        "4.2": 3,
    }


def test_scores_without_a_person_are_provisional() -> None:
    found = parts(score(WORKED, invented(), JULY))
    assert [name for name, part in found.items() if not part.provisional] == ["3.2"]


@pytest.mark.parametrize(
    ("part", "maximum", "expected"),
    [
        (Fraction(1, 3), "2", "0.5"),  # 0.66
        (Fraction(3, 8), "2", "0.75"),
        (Fraction(37499, 100_000), "2", "0.5"),  # 0.74998
        (Fraction(999, 1000), "2", "1.75"),
        (Fraction(1), "2", "2"),
        (Fraction(1), "12.5", "12.5"),
        (Fraction(1), "0", "0"),
    ],
)
def test_points_are_cut_to_quarters_never_rounded_up(
    part: Fraction, maximum: str, expected: str
) -> None:
    assert points(part, Decimal(maximum)) == Decimal(expected)


@pytest.mark.parametrize("bad", ["-0.25", "0.1", "NaN", "Infinity"])
def test_a_decision_is_no_odd_number(bad: str) -> None:
    with pytest.raises(ValueError, match="steps of"):
        decided(bad)


def test_a_decision_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        Decision(Decimal(1), "", "", decided("1").at.replace(tzinfo=None))


def test_a_reader_is_told_what_limits_the_figures() -> None:
    def remarks(period: Period, today: date | None = None) -> list[str]:
        return [say(each) for each in score(Facts(today=today), invented(), period).remarks]

    assert remarks(JULY) == []
    assert remarks(JULY, JULY.end + timedelta(days=1)) == []
    assert remarks(JULY, JULY.end) == ["Kỳ chưa kết thúc; số liệu tính đến ngày 31/07/2026."]
    early = Period("", date(2025, 12, 31), date(2026, 1, 1))
    assert remarks(early) == ["Bộ tiêu chí chỉ có hiệu lực từ ngày 01/01/2026."]
    late = Period("", date(2027, 12, 31), date(2028, 1, 1))
    assert remarks(late) == ["Bộ tiêu chí chỉ có hiệu lực đến hết ngày 31/12/2027."]
    # The first day and the last one belong to it.
    assert remarks(Period("whole", date(2026, 1, 1), date(2027, 12, 31))) == []


def hide(scheme: Scheme, hidden: frozenset[str]) -> Scheme:
    """Give the scheme with some maxima unknown."""
    criteria = tuple(
        criterion.model_copy(
            update={
                "components": tuple(
                    part.model_copy(update={"max": None}) if part.id in hidden else part
                    for part in criterion.components
                )
            }
        )
        for criterion in scheme.criteria
    )
    return scheme.model_copy(update={"criteria": criteria})


SCHEME = invented()
QUARTERS = st.integers(0, 100).map(lambda n: n * STEP)


@given(
    decisions=st.dictionaries(st.sampled_from(sorted(FULL)), QUARTERS),
    hidden=st.frozensets(st.sampled_from(sorted(FULL))),
    thanks=st.integers(0, 5),
    on_time=st.integers(0, 10),
    late=st.integers(0, 10),
    ratings=st.lists(st.integers(1, 5)),
    today=st.sampled_from([None, JULY.start, JULY.end, JULY.end + timedelta(days=1)]),
)
def test_a_range_never_leaves_its_criterion(
    decisions: Mapping[str, Decimal],
    hidden: frozenset[str],
    thanks: int,
    on_time: int,
    late: int,
    ratings: list[int],
    today: date | None,
) -> None:
    facts = Facts(
        counts={
            "letter": {"thanks": thanks},
            "feedback": {"answered_on_time": on_time, "late": late},
        },
        rating_sum=sum(ratings),
        rating_count=len(ratings),
        decisions={name: decided(str(points)) for name, points in decisions.items()},
        today=today,
    )
    card = score(facts, hide(SCHEME, hidden), JULY)
    for each in card.criteria:
        assert 0 <= each.min <= each.max <= each.criterion.max
        known = [part for part in each.components if part.component.max is not None]
        assert all(part.score is None for part in each.components if part not in known)
        # The contract's formula, written out once more from the parts.
        least = sum(part.score for part in known if part.score is not None)
        open_maxima = sum(part.component.max or 0 for part in known if part.score is None)
        covered = sum(part.component.max or 0 for part in known)
        assert each.min == least
        assert each.max == least + open_maxima + each.criterion.max - covered
        assert not any((part.score or 0) % STEP for part in known)
    assert card.min == sum(each.min for each in card.criteria)
    assert card.max == sum(each.max for each in card.criteria)
    assert score(facts, hide(SCHEME, hidden), JULY) == card
