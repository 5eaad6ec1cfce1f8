import asyncio

import pytest

from messages.envelope import Incoming
from storage.tickets import Event, State
from tests.conversations.desk_scenes import UNIT, WORDS, end_roles, file, scene
from tests.transcript import Somebody, Talk


def _message(talk: Talk, somebody: Somebody, text: str) -> Incoming:
    key = talk.next_key()
    return Incoming(somebody.address, key, talk.hands(), message_id=key, text=text)


async def test_a_card_brings_code_and_words_to_each_officer_on_duty(
    talk: Talk, channel: str
) -> None:
    s = await scene(talk, channel)
    for officer in (s.first, s.second):
        (card,) = officer.new()
        assert s.code in card
        assert WORDS in card
        assert "Cụ Năm" in card
        assert "Phòng Kinh tế" in card
        assert "trước 17:00 thứ Ba 08/12/2026" in card
        assert officer.choice("Nhận ") == f"/nhan {s.code}"


async def test_officers_off_duty_and_of_other_units_hear_nothing(talk: Talk) -> None:
    other = await talk.official(unit="congan", name="Lò Thị Khác")
    resting = await talk.official(unit=UNIT, name="Vi Văn Nghỉ", on_duty=False)
    await scene(talk)
    assert other.new() == []
    assert resting.new() == []


async def test_with_nobody_on_duty_every_officer_of_the_unit_gets_the_card(talk: Talk) -> None:
    resting = await talk.official(unit=UNIT, name="Vi Văn Nghỉ", on_duty=False)
    everywhere = await talk.official(unit="", name="Hà Thị Chung", on_duty=False)
    other = await talk.official(unit="congan", name="Lò Thị Khác", on_duty=False)
    code = await file(talk, talk.person(), WORDS)
    assert code in "".join(resting.new())
    assert code in "".join(everywhere.new())
    assert other.new() == []


async def test_without_any_officer_the_administrator_gets_the_card(talk: Talk) -> None:
    admin = await talk.official(role="admin", name="Quản Trị")
    code = await file(talk, talk.person(), WORDS)
    assert code in "".join(admin.new())


async def test_two_cards_have_different_titles_so_that_a_typed_title_means_one(talk: Talk) -> None:
    s = await scene(talk)
    other = await file(talk, talk.person("second"), "Đường thôn 5 ngập nước, bà con đi lại khó")
    titles = [choice.title for letter in s.first.letters() for choice in letter.body.choices[:1]]
    assert f"Nhận {s.code[-4:]}" in titles
    assert f"Nhận {other[-4:]}" in titles
    await s.first.says(f"nhan {other[-4:]}")
    assert (await s.ticket()).assignee_id is None
    taken = await talk.read.ticket(other)
    assert taken is not None
    assert taken.assignee_id == await s.person_id(s.first)


async def test_a_typed_number_claims_the_ticket_of_its_card(talk: Talk) -> None:
    s = await scene(talk, "zalo")
    (card,) = s.first.new()
    line = next(line for line in card.splitlines() if "Nhận" in line)
    await s.first.says(line.partition(".")[0])
    assert (await s.ticket()).assignee_id == await s.person_id(s.first)


async def test_of_two_who_claim_at_once_one_wins_and_the_other_is_told_the_name(
    talk: Talk, channel: str
) -> None:
    s = await scene(talk, channel)
    s.forget()
    await asyncio.gather(
        *(
            talk.inbox.accept(_message(talk, officer, f"/nhan {s.code}"))
            for officer in (s.first, s.second)
        )
    )
    await talk.settle()
    holder = (await s.ticket()).assignee_id
    names = {
        await s.person_id(s.first): (s.first, "Đào Thị Trực"),
        await s.person_id(s.second): (s.second, "Bùi Văn Nhì"),
    }
    assert holder in names
    winner, name = names.pop(holder)
    ((loser, _name),) = names.values()
    assert "Đã nhận phiếu" in "".join(winner.new())
    assert f"{name} đã nhận phiếu {s.code} rồi." in "".join(loser.new())
    events = [one.event for one in await talk.read.history(s.code)]
    assert events == [Event.RECEIVED, Event.CLAIMED]


async def test_claiming_what_is_ones_own_says_so_and_changes_nothing(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/nhan {s.code}")
    before = await s.ticket()
    history = await talk.read.history(s.code)
    (told,) = await s.first.says(f"nhận {s.code.lower()}")
    assert f"Ông/bà đã nhận phiếu {s.code} rồi." in told
    assert await s.ticket() == before
    assert await talk.read.history(s.code) == history


async def test_an_officer_of_another_unit_cannot_act(talk: Talk) -> None:
    s = await scene(talk)
    other = await talk.official(unit="congan", name="Lò Thị Khác")
    before = await s.ticket()
    s.citizen.forgets()
    for words in (
        "nhan {}",
        "traloi {} x",
        "hoi {} x",
        "chuyen {} vp",
        "tuchoi {} x",
        "ghichu {} x",
    ):
        (told,) = await other.says("/" + words.format(s.code))
        assert "thuộc Phòng Kinh tế" in told
    assert await s.ticket() == before
    assert len(await talk.read.history(s.code)) == 1
    assert s.citizen.new() == []


@pytest.mark.parametrize(("role", "unit"), [("officer", ""), ("admin", "")])
async def test_an_officer_without_unit_and_an_admin_may_act_on_every_ticket(
    talk: Talk, role: str, unit: str
) -> None:
    s = await scene(talk)
    wide = await talk.official(role=role, unit=unit, name="Hà Thị Chung")
    await wide.says(f"/nhan {s.code}")
    assert (await s.ticket()).assignee_id == await s.person_id(wide)


@pytest.mark.parametrize("role", ["citizen", "staff", "leader"])
async def test_a_forged_officers_command_does_nothing(talk: Talk, role: str) -> None:
    s = await scene(talk)
    forger = (
        talk.person("forger")
        if role == "citizen"
        else await talk.official(role=role, name="Người Khác")
    )
    before = await s.ticket()
    s.citizen.forgets()
    for words in (
        "nhan {}", "traloi {} x", "hoi {} x", "chuyen {} vp", "tuchoi {} x", "ghichu {} x",
        "tra {}", "linhvuc {} dien",
    ):  # fmt: skip
        await forger.says("/" + words.format(s.code))
        await forger.sends(choice="/" + words.format(s.code))
        await forger.says("/huy")
    await forger.says("/ghinhan")
    await forger.says("/truc on")
    assert await s.ticket() == before
    assert [one.event for one in await talk.read.history(s.code)] == [Event.RECEIVED]
    assert s.citizen.new() == []
    assert WORDS not in "".join(forger.everything())


async def test_a_revoked_officer_loses_everything_at_once(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/nhan {s.code}")
    await s.first.says(f"/traloi {s.code}")
    holder = (await s.ticket()).assignee_id
    await end_roles(talk, "Đào Thị Trực")
    s.citizen.forgets()
    await s.first.says("Câu trả lời của người đã thôi việc")
    await s.first.says(f"/traloi {s.code} Trả lời lần nữa")
    assert s.citizen.new() == []
    assert (await s.ticket()).assignee_id == holder
    assert (await s.ticket()).state is State.IN_PROGRESS
    await file(talk, talk.person("second"), "Đường thôn 5 ngập nước, bà con đi lại khó")
    assert "Phiếu mới" not in "".join(s.first.new()[1:])


async def test_a_colleague_takes_over_what_a_revoked_officer_had(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/nhan {s.code}")
    s.forget()
    assert s.code not in "".join(await s.second.says("/viec"))
    await end_roles(talk, "Đào Thị Trực")
    assert s.code in "".join(await s.second.says("/viec"))
    await s.second.says(f"/nhan {s.code}")
    assert (await s.ticket()).assignee_id == await s.person_id(s.second)


async def test_the_queue_lists_ones_own_then_the_free_and_later_the_overdue(talk: Talk) -> None:
    s = await scene(talk)
    free = await file(talk, talk.person("second"), "Đường thôn 5 ngập nước, bà con đi lại khó")
    await s.first.says(f"/nhan {s.code}")
    (told,) = await s.first.says("/viec")
    assert told.index("Phiếu của ông/bà") < told.index(s.code)
    assert told.index(s.code) < told.index("Chưa có người nhận") < told.index(free)
    assert "Đường thôn 5 ngập nước" in told
    s.forget()
    (of_second,) = await s.second.says("/viec")
    assert s.code not in of_second
    talk.hands.move(days=20)
    (later,) = await s.second.says("/viec")
    assert later.index("Đồng nghiệp đang giữ") < later.index(s.code)
    assert "quá hạn từ" in later


async def test_a_command_without_a_code_asks_for_which_ticket(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says("/nhan")
    await s.first.presses(s.code)
    assert (await s.ticket()).assignee_id == await s.person_id(s.first)
    (unknown,) = await s.first.says("/nhan PA2611-ZZZZ")
    assert "Không có phiếu PA2611-ZZZZ" in unknown


async def test_duty_goes_on_and_off_and_is_told(talk: Talk) -> None:
    officer = await talk.official(unit=UNIT, name="Vi Văn Nghỉ", on_duty=False)
    assert "đang nghỉ trực" in (await officer.says("/truc"))[0]
    for word in ("/truc on", "trực bật", "/TRUC ON"):
        assert "đã bắt đầu trực" in (await officer.says(word))[0]
    assert "Ông/bà đang trực" in (await officer.says("trực"))[0]
    assert (await talk.read.officers(UNIT))[0].on_duty
    assert "đã nghỉ trực" in (await officer.says("truc tắt"))[0]
    assert not (await talk.read.officers(UNIT))[0].on_duty


async def test_a_note_is_kept_and_never_reaches_the_citizen(talk: Talk) -> None:
    s = await scene(talk)
    s.citizen.forgets()
    await s.first.says(f"/ghichu {s.code} Chờ thợ ngày mai đến")
    await s.second.says(f"/ghichu {s.code}")
    await s.second.says("Đã gọi nhà thầu")
    assert s.citizen.new() == []
    assert (await s.ticket()).assignee_id is None
    notes = [one.note for one in await talk.read.history(s.code) if one.event is Event.NOTED]
    assert notes == ["Chờ thợ ngày mai đến", "Đã gọi nhà thầu"]
    (shown,) = await s.first.says(f"/phieu {s.code}")
    assert "Bùi Văn Nhì: Đã gọi nhà thầu" in shown
    assert "Đã gọi nhà thầu" not in "".join(await s.citizen.says(f"/phieu {s.code}"))


async def test_what_is_given_back_is_free_for_colleagues(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/nhan {s.code}")
    s.second.forgets()
    (refused,) = await s.second.says(f"/tra {s.code}")
    assert "Đào Thị Trực đã nhận" in refused
    await s.first.says(f"/tra {s.code}")
    assert f"Đào Thị Trực đã trả lại phiếu {s.code}" in "".join(s.second.new())
    ticket = await s.ticket()
    assert (ticket.state, ticket.assignee_id) == (State.ASSIGNED, None)
    await s.second.says(f"/nhan {s.code}")
    assert (await s.ticket()).assignee_id == await s.person_id(s.second)


async def test_showing_a_ticket_gives_its_photos_to_its_officer(talk: Talk) -> None:
    s = await scene(talk)
    await s.citizen.photo("Ảnh chụp sáng nay")
    s.forget()
    (shown,) = await s.first.says(f"/phieu {s.code}")
    assert WORDS in shown
    assert "Ảnh chụp sáng nay" in shown
    assert "1 ảnh" in shown


async def test_a_command_about_another_ticket_ends_the_waiting_question(talk: Talk) -> None:
    s = await scene(talk)
    other = await file(talk, talk.person("second"), "Đường thôn 5 ngập nước, bà con đi lại khó")
    await s.first.says(f"/traloi {s.code}")
    await s.first.says(f"/phieu {other}")
    s.citizen.forgets()
    await s.first.says("Câu này dành cho phiếu nào?")
    assert s.citizen.new() == []
    assert (await s.ticket()).state is State.NEW


async def test_only_the_holder_is_reminded_of_a_claimed_ticket(talk: Talk) -> None:
    s = await scene(talk)
    await s.second.says(f"/nhan {s.code}")
    s.forget()
    await talk.pass_time(days=20)
    assert s.first.new() == []
    assert s.code in "".join(s.second.new())


async def test_the_queue_shows_twenty_and_counts_all(talk: Talk) -> None:
    officer = await talk.official(on_duty=False)
    for number in range(23):
        await talk.person(f"c{number}").says(f"/gopy Đèn đường số {number} hỏng")
    assert "Có 23 phiếu đang chờ." in (await officer.says("/truc on"))[-1]
    (listed,) = await officer.says("/viec")
    assert listed.count("[PA2611-") == 20
    assert "Còn 3 phiếu nữa đang chờ." in listed


async def test_in_a_group_the_queue_tells_codes_but_no_citizens_words(talk: Talk) -> None:
    s = await scene(talk, "telegram")
    s.forget()
    (told,) = await s.first.sends("/viec", group="-1001")
    assert s.code in told
    assert WORDS[:10] not in told
