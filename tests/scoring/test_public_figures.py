"""What everybody may see: no figure points at one person."""

import re
from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from scoring.documents.public_chart import public_chart
from scoring.public_figures import HIDDEN, SMALL, protected, public_tables
from scoring.report import Month


@pytest.mark.parametrize(
    ("counts", "shown", "total_is_shown"),
    [
        ({"a": 10, "b": 7, "c": 0}, {"a": 10, "b": 7, "c": 0}, True),
        ({"a": 10, "b": 7, "c": 1}, {"a": None, "b": 7, "c": None}, True),
        ({"a": 10, "b": 4, "c": 1}, {"a": 10, "b": None, "c": None}, True),
        # Of two small numbers a sum of 8 or of 2 tells both.
        ({"a": 10, "b": 4, "c": 4}, {"a": None, "b": None, "c": None}, True),
        ({"a": 10, "b": 1, "c": 1}, {"a": None, "b": None, "c": None}, True),
        # Beside 5, the least that is not small, a sum of 6 tells the 1.
        ({"a": 5, "b": 1, "c": 9}, {"a": None, "b": None, "c": None}, True),
        ({"a": 5, "b": 5}, {"a": 5, "b": 5}, True),
        ({"a": 3}, {"a": None}, False),
        ({"a": 3, "b": 0}, {"a": None, "b": 0}, False),
        ({"a": 1, "b": 1}, {"a": None, "b": None}, False),
        ({}, {}, True),
    ],
)
def test_small_numbers_are_hidden_and_cannot_be_found_by_subtracting(
    counts: dict[str, int], shown: dict[str, int | None], *, total_is_shown: bool
) -> None:
    found = protected(counts)
    assert (found.cells, found.total_is_shown) == (shown, total_is_shown)


@pytest.mark.parametrize("cells", [1, 2, 3])
def test_who_knows_the_rule_and_all_that_is_shown_finds_no_small_number(cells: int) -> None:
    """Every table up to a size: those that look alike in public differ in each hidden number."""
    top = 13
    alike: dict[tuple[int | None, ...], list[tuple[int, ...]]] = {}
    for numbers in product(range(top), repeat=cells):
        found = protected({str(place): number for place, number in enumerate(numbers)})
        told = (*found.cells.values(), sum(numbers) if found.total_is_shown else None)
        alike.setdefault(told, []).append(numbers)
    looked = 0
    for told, tables in alike.items():
        if max(max(numbers) for numbers in tables) >= top - SMALL:
            continue  # larger numbers, which are not tried here, would look alike too
        for place in range(cells):
            if told[place] is None:
                looked += 1
                assert len({numbers[place] for numbers in tables}) > 1, told
    assert looked


def test_where_the_months_do_not_bear_the_total_the_kinds_do_not_tell_it() -> None:
    tables = public_tables([Month(date(2026, 7, 1), {"dien": 1, "rac": 1, "duong": 1})])
    assert not tables.received_is_shown
    assert [month.received for month in tables.months] == [None]
    assert set(tables.kinds.values()) == {None}
    tables = public_tables([_month(number, 1) for number in range(7, 12)])
    assert not tables.received_is_shown
    assert tables.kinds == {"giaothong": None}


def _month(number: int, received: int, **more: int) -> Month:
    return Month(date(2026, number, 1), {"giaothong": received}, **more)


def test_shares_and_means_of_a_few_are_hidden() -> None:
    few, many, beside = public_tables(
        [
            _month(7, 9, answered=4, on_time=4, rating_count=1, rating_sum=2),
            _month(8, 9, answered=9, on_time=6, rating_count=6, rating_sum=26),
            _month(9, 9, answered=9, on_time=6, rating_count=6, rating_sum=26),
        ]
    ).months
    assert (few.on_time_percent, few.rating) == (None, None)
    # The share of a hidden number would help to find it, however large it is.
    assert (many.answered, many.on_time_percent, many.rating) == (None, None, Decimal("4.33"))
    assert (beside.answered, beside.on_time_percent) == (9, Decimal("66.6"))


def test_kinds_are_added_over_the_months_most_first() -> None:
    months = [
        Month(date(2026, 7, 1), {"dien": 3, "rac": 30, "duong": 5}),
        Month(date(2026, 8, 1), {"dien": 3, "duong": 5}),
    ]
    kinds = public_tables(months).kinds
    assert list(kinds.items()) == [("rac", 30), ("duong", 10), ("dien", 6)]
    months.append(Month(date(2026, 9, 1), {"nuoc": 1, "duong": 20}))
    kinds = public_tables(months).kinds
    # It is beside the first of the kinds that the small one is hidden.
    assert list(kinds.items()) == [("duong", 30), ("rac", 30), ("dien", None), ("nuoc", None)]


def test_the_chart_is_well_formed_and_shows_no_hidden_number() -> None:
    months = public_tables([_month(7, 2), _month(8, 11), _month(9, 30)]).months
    drawn = public_chart(months, "vi")
    words = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    assert HIDDEN in words
    assert "30" in words
    assert "2" not in words
    assert "11" not in words
    assert public_chart([], "vi") == ""


def test_the_pale_column_of_a_hidden_number_is_the_same_for_all() -> None:
    one, four = (
        public_chart(public_tables([_month(7, n), _month(8, 2)]).months, "vi") for n in (1, 4)
    )
    assert one == four
