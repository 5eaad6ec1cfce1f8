import re
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from messages.languages import say
from scoring.estimates import share
from scoring.facts import COUNTED, DERIVED, Facts, by_subject, count_names
from scoring.labels import LABELS
from scoring.measures import EVENT_COUNTS, MEASURES, Rule, percent
from scoring.periods import Period
from tests.scoring.invented import JULY

AFTER = date(2026, 8, 1)


def measure(name: str, **params: object) -> Rule:
    return MEASURES[name].model_validate({"name": name, **params})


def part(rule: Rule, facts: Facts, period: Period = JULY) -> Fraction | None:
    return rule.find(facts, period).part


def told(rule: Rule, facts: Facts, period: Period = JULY) -> str:
    return say(rule.find(facts, period).reason)


def dossiers(on_time: int, due: int) -> Facts:
    return Facts(counts={"dossier": {"on_time": on_time, "due": due}})


def thanks(number: int, today: date | None = None) -> Facts:
    return Facts(counts={"letter": {"thanks": number}}, today=today)


def published(days: int, *, before: int = 0, today: date | None = None) -> Facts:
    first = JULY.start - timedelta(days=before)
    return Facts(
        publication_days=frozenset(first + timedelta(days=n) for n in range(days)), today=today
    )


LINEAR = measure("share", numerator=["dossier.on_time"], denominator=["dossier.due"])
STEPS = measure(
    "share",
    numerator=["dossier.on_time"],
    denominator=["dossier.due"],
    scale="steps",
    steps=[{"at_least": 100, "part": 100}, {"at_least": 95, "part": 40}],
)


@pytest.mark.parametrize(
    ("on_time", "due", "expected"),
    [(0, 3, Fraction(0)), (1, 3, Fraction(1, 3)), (3, 3, Fraction(1)), (4, 3, Fraction(1))],
)
def test_a_linear_share_is_the_share_and_never_more_than_all(
    on_time: int, due: int, expected: Fraction
) -> None:
    assert part(LINEAR, dossiers(on_time, due)) == expected


@pytest.mark.parametrize(
    ("on_time", "due", "expected"),
    [
        (949, 1000, Fraction(0)),
        (950, 1000, Fraction(2, 5)),
        (951, 1000, Fraction(2, 5)),
        (999, 1000, Fraction(2, 5)),
        (1000, 1000, Fraction(1)),
        (9_999_999, 10_000_000, Fraction(2, 5)),
    ],
)
def test_a_share_in_steps_earns_the_first_step_it_reaches(
    on_time: int, due: int, expected: Fraction
) -> None:
    assert part(STEPS, dossiers(on_time, due)) == expected


def test_a_share_of_nothing_is_not_known() -> None:
    assert part(LINEAR, dossiers(0, 0)) is None
    assert part(STEPS, dossiers(5, 0)) is None
    assert told(LINEAR, dossiers(0, 0)) == ("Chưa đủ để đo: mới có 0 hồ sơ đến hạn, cần ít nhất 1.")


def test_a_share_of_too_few_is_not_known() -> None:
    rule = measure("share", numerator=["dossier.on_time"], denominator=["dossier.due"], minimum=10)
    assert part(rule, dossiers(9, 9)) is None
    assert "9" in told(rule, dossiers(9, 9))
    assert "10" in told(rule, dossiers(9, 9))
    assert part(rule, dossiers(10, 10)) == 1
    assert part(rule, dossiers(10, 11)) == Fraction(10, 11)


def test_a_share_adds_up_several_counts() -> None:
    rule = measure(
        "share",
        numerator=["feedback.answered_on_time"],
        denominator=["feedback.answered_on_time", "feedback.late"],
    )
    facts = Facts(counts={"feedback": {"answered_on_time": 3, "late": 1}})
    assert part(rule, facts) == Fraction(3, 4)
    assert told(rule, facts) == "Đạt 75% (3/4) phản ánh được trả lời đúng hạn."


def test_a_share_just_short_of_all_is_not_told_as_all() -> None:
    assert percent(Fraction(9999, 10_000)) < 100
    assert "99,9%" in told(LINEAR, dossiers(9999, 10_000))
    assert "100%" in told(LINEAR, dossiers(10_000, 10_000))


@pytest.mark.parametrize(
    ("number", "whole", "by_parts"),
    [
        (0, Fraction(0), Fraction(0)),
        (2, Fraction(0), Fraction(2, 3)),
        (3, Fraction(1), Fraction(1)),
        (4, Fraction(1), Fraction(1)),
    ],
)
def test_a_count_is_earned_when_reached_or_by_parts(
    number: int, whole: Fraction, by_parts: Fraction
) -> None:
    all_or_nothing = measure("count", counts=["letter.thanks"], at_least=3)
    proportional = measure("count", counts=["letter.thanks"], at_least=3, proportional=True)
    assert part(all_or_nothing, thanks(number)) == whole
    assert part(proportional, thanks(number)) == by_parts


def test_a_count_not_reached_is_lost_only_when_the_period_is_over() -> None:
    rule = measure("count", counts=["letter.thanks"], at_least=3)
    assert part(rule, thanks(2, today=JULY.end)) is None
    assert told(rule, thanks(2, today=JULY.end)) == (
        "Đến nay có 2 thư cảm ơn, cần ít nhất 3 cho đến hết ngày 31/07/2026."
    )
    assert part(rule, thanks(3, today=JULY.end)) == 1
    assert part(rule, thanks(2, today=AFTER)) == 0
    assert told(rule, thanks(2, today=AFTER)) == "Có 2 thư cảm ơn, cần ít nhất 3."


@pytest.mark.parametrize(
    ("days", "every", "most", "by_parts"),
    [
        (0, None, None, None),  # a notice on a wall is not known to the service
        (24, Fraction(0), Fraction(0), Fraction(24 * 100, 31 * 80)),
        (25, Fraction(0), Fraction(1), Fraction(1)),  # 80 % of 31 days is 24.8
        (30, Fraction(0), Fraction(1), Fraction(1)),
        (31, Fraction(1), Fraction(1), Fraction(1)),
    ],
)
def test_presence_counts_days_of_the_period(
    days: int, every: Fraction | None, most: Fraction | None, by_parts: Fraction | None
) -> None:
    assert part(measure("presence"), published(days)) == every
    assert part(measure("presence", days=80), published(days)) == most
    assert part(measure("presence", days=80, proportional=True), published(days)) == by_parts


def test_presence_overlooks_days_outside_the_period_and_after_today() -> None:
    rule = measure("presence")
    assert part(rule, published(33, before=2)) == 1
    assert part(rule, published(32, before=2)) == 0
    assert part(rule, published(10, today=date(2026, 7, 10))) == 1
    assert part(rule, published(9, today=date(2026, 7, 10))) == 0
    assert "9/10 ngày" in told(rule, published(9, today=date(2026, 7, 10)))
    assert part(rule, published(31, today=AFTER)) == 1


def test_presence_says_nothing_of_a_period_that_has_not_begun() -> None:
    assert part(measure("presence"), published(1, today=date(2026, 6, 30))) is None
    assert part(measure("presence"), published(1, today=date(2026, 7, 1))) == 1


RATED = measure(
    "average_rating",
    minimum=5,
    steps=[{"at_least": 4, "part": 100}, {"at_least": 3, "part": 50}],
)


@pytest.mark.parametrize(
    ("total", "number", "expected"),
    [
        (0, 0, None),
        (20, 4, None),
        (20, 5, Fraction(1)),
        (399, 100, Fraction(1, 2)),
        (400, 100, Fraction(1)),
        (300, 100, Fraction(1, 2)),
        (299, 100, Fraction(0)),
        (3_999_999, 1_000_000, Fraction(1, 2)),
    ],
)
def test_an_average_of_enough_ratings_earns_the_first_step_it_reaches(
    total: int, number: int, expected: Fraction | None
) -> None:
    assert part(RATED, Facts(rating_sum=total, rating_count=number)) == expected


def test_an_average_is_told_cut_not_rounded() -> None:
    assert "3,99/5" in told(RATED, Facts(rating_sum=3999, rating_count=1000))
    assert "4" in told(RATED, Facts(rating_sum=16, rating_count=4))
    assert "5" in told(RATED, Facts(rating_sum=16, rating_count=4))


def test_nothing_is_measured_where_a_person_decides() -> None:
    assert part(measure("manual"), dossiers(5, 5)) is None


def test_what_was_counted_may_stand_beside_what_a_person_decides() -> None:
    rule = measure("manual", shows=["dossier.on_time", "dossier.due"])
    assert part(rule, dossiers(4, 5)) is None
    assert "4 hồ sơ giải quyết trước và đúng hạn, 5 hồ sơ đến hạn" in told(rule, dossiers(4, 5))


HOUSEHOLDS = measure("estimate", of="smart_app", at_least=90)


def asked(yes: int, answers: int, of: int | None = None, today: date | None = None) -> Facts:
    return Facts(estimates={"smart_app": share(yes, answers, of)}, today=today)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(today=AFTER), None),
        (asked(0, 0, 10), None),
        # Everybody was asked: nothing is estimated any more.
        (asked(9, 10, 10), Fraction(1)),
        (asked(8, 10, 10), Fraction(0)),
        (asked(9, 10, 10, JULY.end), Fraction(1)),
        (asked(8, 10, 10, JULY.end), None),
        # All that were asked have it, which proves nothing of the others.
        (asked(9, 9, 10), None),
        (asked(9, 9), None),
        # Even the upper end of the interval is too low.
        (asked(10, 40, 1000), Fraction(0)),
        (asked(10, 40, None), Fraction(0)),
        (asked(10, 40, 1000, JULY.end), None),
        (asked(34, 40, 1000), None),
    ],
)
def test_an_estimate_earns_nothing_and_only_everybodys_answer_does(
    facts: Facts, expected: Fraction | None
) -> None:
    assert part(HOUSEHOLDS, facts) == expected


def test_an_estimate_is_told_as_one_with_interval_coverage_and_gap() -> None:
    said = told(HOUSEHOLDS, asked(10, 40, 200))
    for piece in ("ƯỚC TÍNH", "25% số hộ (10/40 hộ trả lời)", "đã hỏi: 20%", "còn thiếu 65 điểm"):
        assert piece in said, said
    assert re.search(r"khoảng 15,\d–38,\d%", said)
    assert "tỷ lệ hộ đã hỏi: chưa rõ" in told(HOUSEHOLDS, asked(10, 40)), said
    complete = told(HOUSEHOLDS, asked(8, 10, 10))
    assert "ƯỚC TÍNH" not in complete
    assert "còn thiếu 10 điểm" in complete
    assert "cần đạt 90%" in told(HOUSEHOLDS, Facts())


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_is_found_by_its_own_name_only(name: str) -> None:
    for other in MEASURES:
        refused = {"type": "literal_error", "loc": ("name",)}
        with pytest.raises(ValidationError) as caught:
            MEASURES[other].model_validate({"name": name, "unknown": 1})
        wrong = [{"type": error["type"], "loc": error["loc"]} for error in caught.value.errors()]
        assert (refused in wrong) == (name != other)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("share", {"numerator": [], "denominator": ["dossier.due"]}),
        ("share", {"numerator": ["dossier.due"], "denominator": ["dossier.paid"]}),
        ("share", {"numerator": ["rating.average"], "denominator": ["dossier.due"]}),
        ("share", {"numerator": "dossier.due", "denominator": ["dossier.due"]}),
        ("count", {"counts": ["letter.thanks"], "at_least": 0}),
        ("count", {"counts": ["letter.thanks"], "at_least": "3"}),
        ("count", {"counts": ["letter.thanks"], "at_least": True}),
        ("count", {"counts": ["letter.thanks"], "at_least": 1, "proportional": 1}),
        ("presence", {"days": 0}),
        ("presence", {"days": 101}),
        ("presence", {"days": 99.5}),  # a binary fraction cannot come from the file
        ("average_rating", {"steps": []}),
        ("average_rating", {"steps": [{"at_least": 6, "part": 100}]}),
        ("average_rating", {"steps": [{"at_least": 0, "part": 100}]}),
        (
            "average_rating",
            {"steps": [{"at_least": 3, "part": 50}, {"at_least": 4, "part": 100}]},
        ),
        (
            "average_rating",
            {"steps": [{"at_least": 4, "part": 50}, {"at_least": 3, "part": 100}]},
        ),
        ("manual", {"minimum": 3}),
        ("manual", {"shows": ["dossier.paid"]}),
        ("estimate", {"of": "hearts"}),
        ("estimate", {"of": "smart_app", "at_least": 0}),
        ("estimate", {"of": "smart_app", "at_least": 101}),
    ],
)
def test_parameters_that_make_no_sense_are_refused(name: str, params: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        measure(name, **params)


@given(
    number=st.integers(0, 50),
    more=st.integers(0, 50),
    needed=st.integers(1, 40),
    proportional=st.booleans(),
)
def test_more_of_what_is_counted_never_earns_less(
    number: int, more: int, needed: int, *, proportional: bool
) -> None:
    rule = measure("count", counts=["letter.thanks"], at_least=needed, proportional=proportional)
    for today in (None, JULY.end, AFTER):
        before = part(rule, thanks(number, today)) or 0
        assert before <= (part(rule, thanks(number + more, today)) or 0)


@given(
    st.dictionaries(st.sampled_from(sorted(EVENT_COUNTS - DERIVED)), st.integers(0, 10**9)),
    st.integers(0, 200),
    st.sampled_from([None, JULY.start, JULY.end, AFTER]),
)
def test_a_part_lies_between_nothing_and_all(
    numbers: Mapping[str, int], days: int, today: date | None
) -> None:
    facts = Facts(
        counts=by_subject(numbers),
        publication_days=published(days).publication_days,
        rating_sum=days * 3,
        rating_count=days,
        today=today,
    )
    for rule in (LINEAR, STEPS, RATED, measure("presence", days=50, proportional=True)):
        found = part(rule, facts)
        assert found is None or 0 <= found <= 1


def test_every_count_has_a_name_in_sentences() -> None:
    assert set(LABELS) == set(count_names())


def test_kinds_of_evidence_become_counts_and_others_are_left_out() -> None:
    kinds = {"letter.thanks": 2, "letter.apology": 1, "rating.count": 9, "photo": 4}
    assert by_subject(kinds) == {"letter": {"thanks": 2, "apology": 1}}
    assert Facts(counts=by_subject(kinds)).number("letter.thanks") == 2


def test_facts_take_no_count_that_is_not_in_the_list() -> None:
    for counts in (
        {"feedback": {"recieved": 1}},
        {"letters": {"thanks": 1}},
        {"rating": {"count": 1}},
        {"publication": {"days": 1}},
        {"feedback": {"received": -1}},
    ):
        with pytest.raises(ValueError, match=r"\w+\.\w+"):
            Facts(counts=counts)


@pytest.mark.parametrize(("total", "number"), [(1, 0), (4, 5), (26, 5), (-1, 0)])
def test_facts_take_no_ratings_that_cannot_be(total: int, number: int) -> None:
    with pytest.raises(ValueError, match="ratings"):
        Facts(rating_sum=total, rating_count=number)


def test_facts_handed_in_by_nobody_are_zero() -> None:
    assert {name: Facts().number(name) for name in EVENT_COUNTS} == dict.fromkeys(EVENT_COUNTS, 0)
    assert sum(len(counts) for counts in COUNTED.values()) == len(EVENT_COUNTS) + 1
    with pytest.raises(KeyError):
        Facts().number("rating.average")
    with pytest.raises(KeyError):
        Facts().number("feedback.lost")
