from datetime import datetime

from handlers.desk_digest import next_morning, next_week_end
from handlers.office import Office
from messages.languages import ZONE
from tests.conversations.desk_scenes import end_roles, scene
from tests.transcript import Talk


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_the_next_morning_is_half_past_seven_of_a_working_day(office: Office) -> None:
    calendar = office.commune.calendar
    assert next_morning(calendar, at("2026-11-23 07:29")) == at("2026-11-23 07:30")
    # The 24th of November is a public holiday.
    assert next_morning(calendar, at("2026-11-23 07:30")) == at("2026-11-25 07:30")
    assert next_morning(calendar, at("2026-11-27 12:00")) == at("2026-11-30 07:30")
    # The 2nd of January 2026 was given for the 10th, a Saturday.
    assert next_morning(calendar, at("2025-12-31 12:00")) == at("2026-01-05 07:30")
    assert next_morning(calendar, at("2026-01-09 12:00")) == at("2026-01-10 07:30")


def test_a_week_ends_on_its_last_working_day_at_four(office: Office) -> None:
    calendar = office.commune.calendar
    assert next_week_end(calendar, at("2026-11-23 09:00")) == at("2026-11-27 16:00")
    assert next_week_end(calendar, at("2026-11-27 16:00")) == at("2026-12-04 16:00")
    assert next_week_end(calendar, at("2026-01-07 09:00")) == at("2026-01-10 16:00")


async def test_a_leader_who_asked_is_told_each_working_morning(talk: Talk) -> None:
    leader = await talk.official("leader", name="Chủ tịch")
    other = await talk.official("leader", name="Phó Chủ tịch")
    s = await scene(talk)
    await leader.says("/bantin ngày")
    leader.forgets()
    await talk.pass_time(days=1)
    assert leader.new() == []
    await talk.pass_time(days=1)
    (told,) = leader.new()
    assert "Đang mở: 1, quá hạn: 0" in told
    assert "Phòng Kinh tế: 1 đang mở, 1 chưa ai nhận" in told
    assert "ổ gà" not in told
    await talk.pass_time(days=1)
    assert len(leader.new()) == 1
    assert other.new() == []
    assert s.code not in told


async def test_the_week_tells_what_is_open_late_and_how_satisfied_people_are(talk: Talk) -> None:
    leader = await talk.official("leader", name="Chủ tịch")
    s = await scene(talk)
    await leader.says("/bantin tuan")
    await s.first.says(f"/traloi {s.code} Đã vá xong")
    await s.citizen.says(f"/danhgia {s.code} 4")
    leader.forgets()
    await talk.pass_time(days=4, hours=7, minutes=1)
    (told,) = leader.new()
    assert "Trả lời: 1, đúng hạn: 1" in told
    assert "4" in told.partition("Mức hài lòng")[2]


async def test_who_asks_for_no_more_or_leads_no_more_is_told_nothing(talk: Talk) -> None:
    leader = await talk.official("leader", name="Chủ tịch")
    gone = await talk.official("leader", name="Nguyên Chủ tịch")
    for one in (leader, gone):
        await one.says("/bantin")
        await one.presses("Mỗi sáng")
    await leader.says("/bantin tắt")
    await end_roles(talk, "Nguyên Chủ tịch")
    leader.forgets()
    gone.forgets()
    await talk.pass_time(days=9)
    assert leader.new() == gone.new() == []


async def test_officers_and_citizens_get_no_news_of_the_desk(talk: Talk) -> None:
    s = await scene(talk)
    for somebody in (s.first, s.citizen):
        somebody.forgets()
        await somebody.says("/bantin ngay")
        somebody.forgets()
    await talk.pass_time(days=1)
    assert "Bản tin" not in "\n".join([*s.first.new(), *s.citizen.new()])
