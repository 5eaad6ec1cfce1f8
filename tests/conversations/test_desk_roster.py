"""The roster: who is on duty is public, whoever is next is told, and what was held is evidence."""

from datetime import date, datetime, timedelta

from handlers import roster
from handlers.office import Office
from messages.languages import ZONE
from storage.desk_reader import Shift
from tests.conversations.desk_scenes import UNIT, end_roles, scene
from tests.transcript import Somebody, Talk

NAME = "Đào Thị Trực"
ADD = f"/lichtruc them {UNIT} zalo thu4 07:30-11:30 {NAME}"


def _shift(code: str = "CA0001", **more: object) -> Shift:
    given = {"unit": UNIT, "channel": "zalo", "weekday": 2, "day": "", "begins": 450, "ends": 690}
    return Shift(code=code, **{**given, "name": NAME, **more})  # type: ignore[arg-type] # its fields


def test_a_shift_of_every_week_rests_on_a_public_holiday_and_one_of_the_date_does_not(
    office: Office,
) -> None:
    calendar, holiday = office.commune.calendar, date(2026, 9, 2)
    dated = _shift("CA0002", weekday=None, day="2026-09-02", name="Bùi Văn Nhì")
    found = roster.of_day([_shift(), dated], holiday, calendar)
    assert [one.shift.code for one in found] == ["CA0002"]
    assert [one.shift.code for one in roster.of_day([_shift()], date(2026, 9, 9), calendar)]


def test_who_stands_in_takes_the_place_on_that_date_alone(office: Office) -> None:
    instead = _shift("CA0002", weekday=None, day="2026-11-25", name="", replaces="CA0001")
    shifts, calendar = [_shift(), instead], office.commune.calendar
    assert roster.of_day(shifts, date(2026, 11, 25), calendar) == []
    assert len(roster.of_day(shifts, date(2026, 12, 2), calendar)) == 1


def test_a_shift_holds_its_first_minute_and_not_its_last(office: Office) -> None:
    shifts, calendar = [_shift()], office.commune.calendar
    begins = datetime(2026, 11, 25, 7, 30, tzinfo=ZONE)
    assert roster.at(shifts, begins, calendar)
    assert not roster.at(shifts, begins - timedelta(seconds=1), calendar)
    assert not roster.at(shifts, begins + timedelta(hours=4), calendar)


async def _staff(talk: Talk) -> Somebody:
    return await talk.official("staff", name="Tổ lập lịch")


async def _code(talk: Talk) -> str:
    return (await talk.read.desk.shifts())[-1].code


async def _until(talk: Talk, day: int, hour: int, minute: int) -> None:
    at = datetime(2026, 11, day, hour, minute, tzinfo=ZONE)
    await talk.pass_time(seconds=(at - talk.hands.now).total_seconds())


async def test_whoever_is_next_is_told_half_an_hour_before_once(talk: Talk) -> None:
    staff, s = await _staff(talk), await scene(talk)
    assert NAME in "\n".join(await staff.says(ADD))
    s.forget()
    await _until(talk, 25, 6, 59)
    assert s.first.new() == []
    await _until(talk, 25, 7, 1)
    (told,) = s.first.new()
    assert "07:30–11:30" in told
    assert s.second.new() == []
    await _until(talk, 25, 11, 0)
    assert s.first.new() == []


async def test_a_shift_that_was_held_is_evidence_and_ends_with_a_hand_over(talk: Talk) -> None:
    staff, s = await _staff(talk), await scene(talk)
    await staff.says(ADD)
    await _until(talk, 25, 7, 5)
    await s.first.says(f"/nhan {s.code}")
    s.forget()
    await _until(talk, 25, 11, 31)
    (told,) = s.first.new()
    assert s.code in told
    assert "/bangiao" in told
    tallies = await talk.read.tallies(date(2026, 11, 25), date(2026, 11, 25))
    assert tallies["duty.held"].count == 1
    assert tallies["duty.held"].total == 240
    assert tallies["duty.response"].count == 1
    await s.first.says("/bangiao Phiếu ổ gà chờ thợ đến chiều nay")
    await staff.says(ADD.replace(NAME, "Bùi Văn Nhì").replace("07:30-11:30", "13:30-17:00"))
    s.forget()
    await _until(talk, 25, 13, 1)
    assert "chờ thợ" in "\n".join(s.second.new())


async def test_who_was_off_duty_or_lost_the_role_held_no_shift(talk: Talk) -> None:
    staff, s = await _staff(talk), await scene(talk)
    await staff.says(ADD)
    await _until(talk, 25, 7, 5)
    await end_roles(talk, NAME)
    await _until(talk, 25, 12, 0)
    tallies = await talk.read.tallies(date(2026, 11, 25), date(2026, 11, 25))
    assert "duty.held" not in tallies
    assert s.code


async def test_who_is_on_duty_is_public(talk: Talk, channel: str) -> None:
    staff, citizen = await _staff(talk), talk.person("c", channel)
    assert "Đang trực" not in "\n".join(await citizen.says("/lienhe"))
    await staff.says(ADD)
    assert "không có ai trực" in "\n".join(await citizen.says("/lienhe"))
    await _until(talk, 25, 9, 0)
    told = "\n".join(await citizen.says("/lienhe"))
    assert "Đang trực" in told
    assert NAME in told
    code = await _code(talk)
    week = "\n".join(await citizen.says("/lichtruc"))
    assert NAME in week
    assert code not in week


async def test_only_staff_write_the_roster(talk: Talk) -> None:
    s = await scene(talk)
    await s.citizen.says(ADD)
    await s.first.says(ADD)
    assert await talk.read.desk.shifts() == []


async def test_two_swap_and_each_is_told_of_their_new_shift(talk: Talk) -> None:
    staff, s = await _staff(talk), await scene(talk)
    await staff.says(ADD)
    one = await _code(talk)
    await staff.says(ADD.replace("thu4", "thu5").replace(NAME, "Bùi Văn Nhì"))
    two = next(x.code for x in await talk.read.desk.shifts() if x.code != one)
    told = "\n".join(await staff.says(f"/lichtruc doi {one} 25/11/2026 {two} 26/11/2026"))
    assert "đã đổi ca" in told
    s.forget()
    await _until(talk, 25, 7, 5)
    assert s.first.new() == []
    assert "07:30" in "\n".join(s.second.new())
    s.forget()
    await _until(talk, 26, 7, 5)
    assert "07:30" in "\n".join(s.first.new())
    assert "Sắp đến ca" not in "\n".join(s.second.new())


async def test_who_is_absent_is_replaced_by_a_deputy_or_by_nobody(talk: Talk) -> None:
    staff, s = await _staff(talk), await scene(talk)
    await staff.says(ADD)
    code = await _code(talk)
    assert "Chỉ người lập lịch" in "\n".join(
        await s.second.says(f"/lichtruc nghi {code} 25/11/2026")
    )
    await s.first.says(f"/lichtruc nghi {code} 25/11/2026 Bùi Văn Nhì")
    s.forget()
    await _until(talk, 25, 7, 5)
    assert s.first.new() == []
    assert "07:30" in "\n".join(s.second.new())
    week = "\n".join(await s.citizen.says("/lichtruc"))
    assert "Bùi Văn Nhì" in week
    await staff.says(f"/lichtruc nghi {code} 02/12/2026")
    assert "chưa có người trực thay" in "\n".join(staff.everything())


async def test_volunteers_stand_on_the_same_roster_and_their_help_is_evidence(talk: Talk) -> None:
    staff = await _staff(talk)
    await staff.says("/lichtruc tinhnguyen ttpvhcc quầy thu4 07:30-11:30 Đoàn viên thôn 3")
    code = await _code(talk)
    assert "Đoàn viên thôn 3" in "\n".join(await talk.person("c").says("/lichtruc"))
    await _until(talk, 25, 12, 0)
    await staff.says(f"/lichtruc xong {code} 25/11/2026")
    tallies = await talk.read.tallies(date(2026, 11, 25), date(2026, 11, 25))
    assert tallies["duty.volunteer"].total == 240


async def test_a_line_that_cannot_be_read_shows_how_it_is_written(talk: Talk) -> None:
    staff = await _staff(talk)
    for line in (
        "/lichtruc them",
        "/lichtruc them khongco zalo thu2 07:30-11:30 Ai",
        "/lichtruc them vp zalo thu9 07:30-11:30 Ai",
        "/lichtruc them vp zalo 31/02/2026 07:30-11:30 Ai",
        "/lichtruc them vp zalo thu2 11:30-07:30 Ai",
        "/lichtruc them vp zalo thu2 07:30-11:30",
        "/lichtruc doi CA1 x CA2 y",
        "/lichtruc nghi CA0000 24/11/2026",
        "/lichtruc xoa CA0000",
    ):
        assert "\n".join(await staff.says(line)), line
    assert await talk.read.desk.shifts() == []


async def test_a_shift_that_is_removed_is_told_no_more(talk: Talk) -> None:
    staff, s = await _staff(talk), await scene(talk)
    await staff.says(ADD)
    await staff.says(f"/lichtruc xoa {await _code(talk)}")
    s.forget()
    await _until(talk, 25, 8, 0)
    assert s.first.new() == []


async def test_without_a_roster_the_answer_is_one_sentence(talk: Talk) -> None:
    (letter,) = await talk.person().says("/lichtruc")
    assert letter.startswith("Chưa có lịch trực")
