"""What everybody may see: no figure points at one person."""

import re
from datetime import date
from decimal import Decimal

import pytest

from scoring.documents.public_chart import public_chart
from scoring.public_figures import HIDDEN, protected, public_kinds, public_months
from scoring.report import Month


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 10, "b": 7, "c": 0}, {"a": 10, "b": 7, "c": 0}),
        ({"a": 10, "b": 7, "c": 1}, {"a": 10, "b": None, "c": None}),
        ({"a": 10, "b": 4, "c": 1}, {"a": 10, "b": None, "c": None}),
        ({"a": 5, "b": 5}, {"a": 5, "b": 5}),
        ({"a": 3}, {"a": None}),
        ({"a": 3, "b": 0}, {"a": None, "b": 0}),
        ({}, {}),
    ],
)
def test_small_numbers_are_hidden_and_cannot_be_found_by_subtracting(
    counts: dict[str, int], shown: dict[str, int | None]
) -> None:
    assert protected(counts) == shown


def _month(number: int, received: int, **more: int) -> Month:
    return Month(date(2026, number, 1), {"giaothong": received}, **more)


def test_shares_and_means_of_a_few_are_hidden() -> None:
    few, many = public_months(
        [
            _month(7, 9, answered=4, on_time=4, rating_count=1, rating_sum=2),
            _month(8, 9, answered=9, on_time=6, rating_count=6, rating_sum=26),
        ]
    )
    assert (few.on_time_percent, few.rating) == (None, None)
    assert many.on_time_percent == Decimal("66.6")
    assert many.rating == Decimal("4.33")


def test_kinds_are_added_over_the_months_most_first() -> None:
    months = [
        Month(date(2026, 7, 1), {"dien": 3, "rac": 30, "duong": 5}),
        Month(date(2026, 8, 1), {"dien": 3, "duong": 5}),
    ]
    assert list(public_kinds(months).items()) == [("rac", 30), ("duong", 10), ("dien", 6)]
    months.append(Month(date(2026, 9, 1), {"nuoc": 1}))
    assert public_kinds(months) == {"rac": 30, "duong": 10, "dien": None, "nuoc": None}


def test_the_chart_is_well_formed_and_shows_no_hidden_number() -> None:
    months = public_months([_month(7, 2), _month(8, 30), _month(9, 11)])
    drawn = public_chart(months, "vi")
    words = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    assert HIDDEN in words
    assert "30" in words
    assert "2" not in words
    assert "11" not in words
    assert public_chart([], "vi") == ""


def test_the_pale_column_of_a_hidden_number_is_the_same_for_all() -> None:
    one, four = (public_chart(public_months([_month(7, n), _month(8, 2)]), "vi") for n in (1, 4))
    assert one == four
