"""Nobody forgets a ticket: reminders on the way to its deadline, at it and after it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import commune, deadlines
from handlers.office import Office
from handlers.reminders import SHARES, Stage, moments
from messages.languages import ZONE
from tests.conftest import COMMUNE
from tests.conversations.desk_scenes import WORDS, Scene, scene
from tests.transcript import Talk

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=ZONE)
CALENDAR = commune.load(COMMUNE).calendar


def test_reminders_lie_at_half_and_four_fifths_of_the_working_time(office: Office) -> None:
    calendar = office.commune.calendar
    due = deadlines.add_days(calendar, MONDAY, 10)
    found = moments(calendar, MONDAY, due)
    whole = deadlines.between(calendar, MONDAY, due)
    for stage, share in SHARES.items():
        assert deadlines.between(calendar, MONDAY, found[stage]) == whole * share // 100
    assert found[Stage.DUE] == due
    assert found[Stage.LATE] == deadlines.add_days(calendar, due, 1)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)),  # noqa: DTZ001 - given the zone below
    st.integers(1, 60),
)
def test_reminders_come_in_order_and_those_before_the_deadline_in_working_time(
    received: datetime, days: int
) -> None:
    calendar, received = CALENDAR, received.replace(tzinfo=ZONE)
    due = deadlines.add_days(calendar, received, days)
    found = moments(calendar, received, due)
    assert list(found.values()) == sorted(found.values())
    for stage in SHARES:
        # The end of a stretch belongs to it.
        if stage in found:
            just_before = found[stage] - timedelta(microseconds=1)
            assert any(deadlines.is_open(calendar, at) for at in (found[stage], just_before))


def test_a_short_time_has_its_deadline_and_no_half_way(office: Office) -> None:
    due = deadlines.add(office.commune.calendar, MONDAY, 60)
    assert list(moments(office.commune.calendar, MONDAY, due)) == [Stage.DUE, Stage.LATE]


async def _without_response(s: Scene) -> None:
    """Let the time of the first response pass, which has a reminder of its own."""
    ticket = await s.ticket()
    assert ticket.respond_by is not None
    await _pass_until(s.talk, ticket.respond_by)
    s.forget()


async def _pass_until(talk: Talk, moment: datetime) -> None:
    await talk.pass_time(seconds=(moment - talk.hands()).total_seconds())


async def test_the_unit_is_reminded_on_the_way_and_at_the_deadline_each_once(talk: Talk) -> None:
    s = await scene(talk)
    ticket = await s.ticket()
    found = moments(talk.office.commune.calendar, ticket.received_at, ticket.due_at)
    await _without_response(s)
    for stage in (Stage.HALF, Stage.SOON, Stage.DUE):
        await _pass_until(talk, found[stage] - timedelta(minutes=1))
        assert s.first.new() == []
        await _pass_until(talk, found[stage])
        for officer in (s.first, s.second):
            (told,) = officer.new()
            assert s.code in told
            assert (f"{s.code} chưa được trả lời." in told) is (stage is not Stage.DUE)
            assert ("đã đến hạn" in told) is (stage is Stage.DUE)
    assert s.citizen.new() == []


async def test_only_who_has_it_is_reminded_until_it_is_answered(talk: Talk) -> None:
    s = await scene(talk)
    ticket = await s.ticket()
    found = moments(talk.office.commune.calendar, ticket.received_at, ticket.due_at)
    await s.first.says(f"/nhan {s.code}")
    s.forget()
    await _pass_until(talk, found[Stage.HALF])
    assert len(s.first.new()) == 1
    assert s.second.new() == []
    await s.first.says(f"/traloi {s.code} Đã sửa xong.")
    s.forget()
    await _pass_until(talk, found[Stage.LATE])
    assert s.first.new() == s.second.new() == []


async def test_those_who_lead_hear_of_a_late_ticket_but_not_of_its_words(
    talk: Talk, channel: str
) -> None:
    s = await scene(talk, channel)
    leader = await talk.official(role="leader", unit="", name="Lê Chủ Tịch", channel=channel)
    ticket = await s.ticket()
    found = moments(talk.office.commune.calendar, ticket.received_at, ticket.due_at)
    await s.first.says(f"/nhan {s.code}")
    await _pass_until(talk, found[Stage.DUE])
    assert leader.new() == []
    await _pass_until(talk, found[Stage.LATE])
    (told,) = leader.new()
    assert s.code in told
    assert "Đào Thị Trực" in told
    assert "Phòng Kinh tế" in told
    assert WORDS[:20] not in told
    assert "Cụ Năm" not in told
    await talk.pass_time(days=60)
    assert s.code not in "".join(leader.new())


async def test_while_the_citizen_is_asked_nobody_is_pressed_before_the_deadline(
    talk: Talk,
) -> None:
    s = await scene(talk)
    ticket = await s.ticket()
    found = moments(talk.office.commune.calendar, ticket.received_at, ticket.due_at)
    await s.first.says(f"/hoi {s.code} Ở thôn nào ạ?")
    s.forget()
    await _pass_until(talk, found[Stage.SOON])
    assert s.first.new() == []
    await _pass_until(talk, found[Stage.DUE])
    assert s.first.new() == []
    await _pass_until(talk, (await s.ticket()).due_at)
    assert len(s.first.new()) == 1


async def test_the_time_of_a_reopened_ticket_runs_from_the_day_it_was_reopened(
    talk: Talk,
) -> None:
    s = await scene(talk)
    await s.first.says(f"/traloi {s.code} Đã sửa xong.")
    await talk.pass_time(days=4)
    await s.citizen.says(f"/molai {s.code} Vẫn còn hỏng")
    reopened = talk.hands()
    found = moments(talk.office.commune.calendar, reopened, (await s.ticket()).due_at)
    await s.second.says(f"/nhan {s.code}")
    s.forget()
    for stage in (Stage.HALF, Stage.SOON):
        await _pass_until(talk, found[stage] - timedelta(minutes=1))
        assert s.second.new() == []
        await _pass_until(talk, found[stage] + timedelta(minutes=1))
        (told,) = s.second.new()
        assert "chưa được trả lời" in told
    await _pass_until(talk, found[Stage.DUE])
    (told,) = s.second.new()
    assert "đã đến hạn" in told


async def test_forwarded_or_given_back_it_is_reminded_of_where_it_is(talk: Talk) -> None:
    s = await scene(talk)
    other = await talk.official(unit="vhxh", name="Lê Thị Khác")
    ticket = await s.ticket()
    found = moments(talk.office.commune.calendar, ticket.received_at, ticket.due_at)
    await s.first.says(f"/nhan {s.code}")
    await s.first.says(f"/chuyen {s.code} vhxh")
    other.forgets()
    s.forget()
    await _pass_until(talk, found[Stage.HALF])
    assert any("chưa được trả lời" in told for told in other.new())
    assert s.first.new() == s.second.new() == []


async def test_after_a_long_rest_one_reminder_comes_and_not_all(talk: Talk) -> None:
    s = await scene(talk)
    s.forget()
    await talk.pass_time(days=90)
    (told,) = s.first.new()
    assert "đã đến hạn" in told


@pytest.mark.parametrize("category", ["giaothong", "khac"])
async def test_a_new_category_sets_the_reminders_anew(talk: Talk, category: str) -> None:
    s = await scene(talk)
    await s.first.says(f"/linhvuc {s.code} {category}")
    ticket = await s.ticket()
    found = moments(talk.office.commune.calendar, ticket.received_at, ticket.due_at)
    await _without_response(s)
    await _pass_until(talk, found[Stage.HALF] - timedelta(minutes=1))
    assert s.first.new() == []
    await _pass_until(talk, found[Stage.HALF])
    assert len(s.first.new()) == 1
