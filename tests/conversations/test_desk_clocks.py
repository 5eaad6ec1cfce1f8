from datetime import timedelta

from handlers import deadlines
from handlers.deadlines import deadline_words
from messages.languages import say
from storage.tickets import Event, State
from tests.conversations.desk_scenes import Scene, scene
from tests.transcript import Talk


async def _to(s: Scene, **by: float) -> None:
    await s.talk.pass_time(**by)


async def test_waiting_for_the_citizen_moves_the_deadline_by_the_working_minutes_waited(
    talk: Talk,
) -> None:
    s = await scene(talk)
    before, calendar = await s.ticket(), talk.office.commune.calendar
    told = "\n".join(await s.first.says(f"/hoi {s.code} Nhà số mấy ạ?"))
    asked = await s.ticket()
    assert asked.due_before == before.due_at
    assert asked.due_at == deadlines.add(calendar, before.due_at, 2250)
    assert say(deadline_words(asked.due_at, talk.hands.now), "vi") in told
    await _to(s, days=2)
    answer = "\n".join(await s.citizen.says(f"/bosung {s.code} Số 5 ạ"))
    after = await s.ticket()
    # Monday nine to Wednesday nine; Tuesday 24 November is a public holiday: 360 + 90 minutes.
    assert after.waited == 450
    assert after.due_at == deadlines.add(calendar, before.due_at, 450)
    assert after.waiting_since is None
    assert say(deadline_words(after.due_at, talk.hands.now), "vi") in answer


async def test_all_waits_together_move_the_deadline_by_no_more_than_the_limit(talk: Talk) -> None:
    s = await scene(talk)
    before, calendar = await s.ticket(), talk.office.commune.calendar
    await s.first.says(f"/hoi {s.code} Nhà số mấy ạ?")
    await _to(s, days=4)
    await s.citizen.says(f"/bosung {s.code} Số 5 ạ")
    await s.first.says(f"/hoi {s.code} Thôn nào ạ?")
    await _to(s, days=7)
    await s.citizen.says(f"/bosung {s.code} Thôn 3 ạ")
    ticket = await s.ticket()
    assert ticket.waited == 2250
    assert ticket.due_at == deadlines.add(calendar, before.due_at, 2250)
    await s.first.says(f"/hoi {s.code} Có ảnh không ạ?")
    assert (await s.ticket()).waiting_since is None


async def test_who_asks_after_the_deadline_gains_no_time(talk: Talk) -> None:
    s = await scene(talk)
    before = await s.ticket()
    talk.hands.now = before.due_at + timedelta(hours=20)
    await s.first.says(f"/hoi {s.code} Nhà số mấy ạ?")
    assert (await s.ticket()).due_at == before.due_at


async def test_forwarding_giving_back_and_answering_each_end_the_wait(talk: Talk) -> None:
    s = await scene(talk)
    for command in (f"/tra {s.code}", f"/chuyen {s.code} vp", f"/traloi {s.code} Xong"):
        if "traloi" in command:
            await talk.official(unit="vp", name="Phạm Thị Văn Phòng")
            admin = await talk.official("admin", name="Quản Trị")
        actor = admin if "traloi" in command else s.first
        await actor.says(f"/hoi {s.code} Nhà số mấy ạ?")
        assert (await s.ticket()).waiting_since is not None
        await _to(s, hours=1)
        await actor.says(command)
        assert (await s.ticket()).waiting_since is None
    assert (await s.ticket()).state is State.RESOLVED
    # Three hours, of which half an hour was lunch; a wait counts in whole minutes.
    assert 147 <= (await s.ticket()).waited <= 150


async def test_an_answer_during_a_wait_is_on_time_by_the_moved_deadline(talk: Talk) -> None:
    s = await scene(talk)
    before = await s.ticket()
    talk.hands.now = before.due_at - timedelta(minutes=30)
    await s.first.says(f"/hoi {s.code} Nhà số mấy ạ?")
    talk.hands.now = before.due_at + timedelta(days=2)
    await s.first.says(f"/traloi {s.code} Đã xong")
    answered = (await talk.read.history(s.code))[-1]
    assert answered.event is Event.ANSWERED
    assert answered.on_time


async def test_the_history_tells_once_that_the_citizen_wrote_more(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/hoi {s.code} Nhà số mấy ạ?")
    await s.citizen.says(f"/bosung {s.code} Số 5 ạ")
    s.forget()
    (shown,) = (one for one in await s.first.says(f"/phieu {s.code}") if s.code in one)
    assert shown.count("người dân viết thêm") == 1
    events = [one.event for one in await talk.read.history(s.code)]
    assert events.count(Event.SUPPLEMENTED) == 1


async def test_nobody_looking_for_a_working_day_is_told_to_the_unit_once(talk: Talk) -> None:
    s = await scene(talk)
    s.forget()
    await _to(s, days=2, hours=8)
    (told,) = s.first.new()
    assert "chưa có ai nhận" in told
    await _to(s, days=1)
    assert s.first.new() == []


async def test_a_first_response_in_time_needs_no_reminder(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/nhan {s.code}")
    ticket = await s.ticket()
    assert ticket.responded_at is not None
    s.forget()
    await _to(s, days=2, hours=8)
    assert s.first.new() == []


async def test_a_matter_of_another_body_is_to_be_passed_on_within_five_working_days(
    talk: Talk,
) -> None:
    officer = await talk.official(unit="ttpvhcc", name="Đào Thị Trực")
    s = await scene(talk, words="Mất điện cả thôn từ hôm qua, nhờ xã báo điện lực")
    ticket = await s.ticket()
    assert ticket.category == "dien"
    clock = talk.office.commune.clocks.forwarding
    assert clock is not None
    assert ticket.forward_by == talk.office.commune.by(clock, ticket.received_at)
    await officer.says(f"/nhan {s.code}")
    officer.forgets()
    await _to(s, days=7, hours=8)
    assert "cần được chuyển" in "\n".join(officer.new())


async def test_an_urgent_or_complex_ticket_has_a_clock_of_its_own(talk: Talk) -> None:
    s = await scene(talk)
    ticket, commune = await s.ticket(), talk.office.commune
    await s.first.says(f"/mucdo {s.code} gấp")
    urgent = await s.ticket()
    assert urgent.urgency == "urgent"
    assert urgent.due_at == commune.due(ticket.category, ticket.received_at, "", "urgent")
    assert urgent.due_at < ticket.due_at
    await s.first.says(f"/mucdo {s.code} phức tạp")
    assert (await s.ticket()).due_at > ticket.due_at
    await s.first.says(f"/mucdo {s.code}")
    await s.first.presses("bình thường")
    assert (await s.ticket()).due_at == ticket.due_at


async def test_feedback_on_a_rule_is_entered_with_name_address_and_telephone(talk: Talk) -> None:
    s = await scene(talk)
    usage = "\n".join(await s.first.says(f"/pakn {s.code}"))
    assert "Sổ" in usage
    assert await talk.read.desk.registered(s.code) is None
    await s.first.says(f"/pakn {s.code} Cụ Năm; thôn 3; 0912345670")
    known = await talk.read.desk.registered(s.code)
    assert known is not None
    assert (known.name, known.address, known.phone) == ("Cụ Năm", "thôn 3", "0912345670")
    ticket = await s.ticket()
    assert ticket.kind == "regulation"
    assert ticket.forward_by is not None
    assert "Cụ Năm" in "\n".join(await s.first.says(f"/pakn {s.code}"))


async def test_simple_information_is_given_in_three_days_and_other_in_twelve(talk: Talk) -> None:
    commune, received = talk.office.commune, talk.hands.now
    simple = commune.due("khac", received, "information_request", "urgent")
    other = commune.due("khac", received, "information_request")
    assert simple == deadlines.add_days(commune.calendar, received, 3)
    assert other == deadlines.add_calendar_days(commune.calendar, received, 12)
