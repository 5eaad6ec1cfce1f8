"""The plan of open tickets, and tiles under it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pages.desk_plan import LETTER, WIDE, Spot, drawn, origin_of
from storage.tickets import State, Ticket

AT = datetime(2026, 11, 23, tzinfo=UTC)
TICKET = Ticket(
    code="PA2611-0000", person_id=1, kind="feedback", category="giaothong", unit="kinhte",
    state=State.NEW, level=0, source="web", anonymous=False, place="", village="", latitude=None,
    longitude=None, received_at=AT, due_at=AT, answered_at=None, closed_at=None, assignee_id=None,
    rating=None,
)  # fmt: skip
TILES = "https://tiles.example.vn/{z}/{x}/{y}.png"

IN_THE_COMMUNE = st.tuples(st.floats(20.70, 20.76), st.floats(106.62, 106.70))


def _ticket(number: int, place: tuple[float, float] | None = None, village: str = "") -> Ticket:
    latitude, longitude = place or (None, None)
    return replace(
        TICKET,
        code=f"PA2611-{number:04}",
        latitude=latitude,
        longitude=longitude,
        village=village,
    )


@given(st.lists(IN_THE_COMMUNE, min_size=1, max_size=30))
def test_every_pin_lies_within_the_drawing_and_north_is_up(
    places: list[tuple[float, float]],
) -> None:
    tickets = [_ticket(number, place) for number, place in enumerate(places)]
    plan = drawn(tickets, {}, tiles=TILES)
    assert len(plan.pins) == len(tickets)
    for pin in plan.pins:
        assert 0 <= pin.x <= WIDE
        assert 0 <= pin.y <= plan.height
        # A tile lies under each pin.
        assert any(
            one.x - 0.2 <= pin.x <= one.x + one.size + 0.2
            and one.y - 0.2 <= pin.y <= one.y + one.size + 0.2
            for one in plan.tiles
        )
    by_north = sorted(zip(places, plan.pins, strict=True), key=lambda one: -one[0][0])
    heights = [pin.y for _place, pin in by_north]
    assert heights == sorted(heights)
    assert len(plan.tiles) <= 60


def test_a_village_stands_where_the_commune_says_else_amid_the_pins_of_its_tickets() -> None:
    tickets = [
        _ticket(1, (20.72, 106.64), "Thôn A"),
        _ticket(2, None, "Thôn A"),
        _ticket(3, None, "Thôn B"),
        _ticket(4, None, "Thôn C"),
        _ticket(5),
    ]
    plan = drawn(tickets, {"Thôn B": (20.74, 106.66)}, late=frozenset({"PA2611-0003"}))
    assert [(one.village, one.count, one.late) for one in plan.spots] == [
        ("Thôn B", 1, 1),
        ("Thôn A", 1, 0),
    ]
    (pin,) = plan.pins
    amid = next(one for one in plan.spots if one.village == "Thôn A")
    assert (amid.x, amid.y) == (pin.x, pin.y)
    assert [one.code for one in plan.unplaced] == ["PA2611-0004", "PA2611-0005"]
    assert plan.tiles == ()


@given(st.floats(0, WIDE), st.integers(1, 34))
def test_a_name_lies_within_the_drawing_and_over_its_village_where_that_is_not_at_the_edge(
    x: float, letters: int
) -> None:
    held, at = Spot(x, 0, "Đ" * letters, 0, 0).name
    wide = letters * LETTER
    left = {"start": at, "middle": at - wide / 2, "end": at - wide}[held]
    assert 0 < left < left + wide < WIDE
    if 70 <= x <= WIDE - 70:
        assert left <= x <= left + wide


def test_a_name_in_the_middle_is_centred() -> None:
    assert Spot(300.0, 0, "Thôn Mai Dương Đông", 0, 0).name == ("middle", 300.0)


def test_a_pin_far_away_does_not_make_the_commune_a_point() -> None:
    near = [_ticket(number, (20.72 + number / 1000, 106.64)) for number in range(3)]
    plan = drawn([*near, _ticket(9, (10.8, 106.7), "")], {})
    assert [one.code for one in plan.pins] == [one.code for one in near]
    assert [one.code for one in plan.unplaced] == ["PA2611-0009"]


def test_without_any_place_there_is_no_plan_and_no_tile_is_asked_for() -> None:
    plan = drawn([_ticket(1)], {}, tiles=TILES)
    assert (plan.pins, plan.spots, plan.tiles) == ((), (), ())


@pytest.mark.parametrize(
    ("tiles", "origin"),
    [
        (TILES, "https://tiles.example.vn"),
        ("http://127.0.0.1:8081/{z}/{x}/{y}", "http://127.0.0.1:8081"),
    ],
)
def test_the_origin_of_the_tiles_is_what_the_policy_allows(tiles: str, origin: str) -> None:
    assert origin_of(tiles) == origin
