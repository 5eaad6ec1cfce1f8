"""A unit that a ticket was forwarded to reads the case; who brought it only for a reason."""

from dataclasses import replace

import pytest

from handlers import router
from storage.audit import Audit, audited
from storage.people import Role
from tests.conversations.citizen_scenes import person_of, turned
from tests.conversations.desk_scenes import UNIT, WORDS, Scene, file, scene
from tests.transcript import Somebody, Talk, code_in

NAME, PHONE = "Cụ Năm", "0912 345 678"
HIDDEN = "Người gửi: không hiện với đơn vị được chuyển"
THERE = "vhxh"


async def forwarded(talk: Talk, channel: str = "web") -> tuple[Scene, Somebody]:
    """A ticket of somebody who left a number, forwarded; an officer of the unit that has it now."""
    s = await scene(talk, channel)
    await s.citizen.says(f"/sodienthoai {PHONE}")
    there = await talk.official(unit=THERE, name="Lò Thị Khác", channel=channel)
    await s.first.says(f"/chuyen {s.code} {THERE}")
    s.forget()
    there.forgets()
    return s, there


def tells(letters: list[str]) -> bool:
    """Tell whether letters say who brought the ticket."""
    text = "\n".join(letters)
    return NAME in text or PHONE in text or PHONE.replace(" ", "")[-9:] in text


async def looks(talk: Talk, code: str) -> list[Audit]:
    """What the audit has of looks at who brought a ticket."""
    return [one for one in await audited(talk.store, code) if one.act.startswith("sender.look")]


async def test_the_card_has_the_words_and_nobodys_name(talk: Talk, channel: str) -> None:
    _s, there = await forwarded(talk, channel)
    (card,) = there.everything()[-1:]
    assert WORDS in card
    assert HIDDEN in card
    assert not tells([card])


async def test_what_is_shown_of_the_ticket_has_neither_name_nor_telephone(
    talk: Talk, channel: str
) -> None:
    s, there = await forwarded(talk, channel)
    shown = await there.says(f"/phieu {s.code}")
    assert WORDS in shown[0]
    assert HIDDEN in shown[0]
    assert not tells(shown)


async def test_where_else_they_write_and_what_else_they_brought_is_hidden_too(talk: Talk) -> None:
    s, there = await forwarded(talk)
    phone = talk.person("citizen-2", "zalo", "Bà Năm Trên Zalo")
    (told,) = await s.citizen.says("/lienket")
    await phone.says(told.partition("liên kết: ")[2][:9])
    other = await file(talk, phone, "Cống thôn 6 tắc, nước tràn ra đường làng")
    shown = "\n".join(await there.says(f"/phieu {s.code}"))
    assert other not in shown
    assert "Zalo" not in shown
    shown = "\n".join(await there.says(f"/nguoigui {s.code} goi"))
    assert other in shown
    assert "Zalo" in shown


@pytest.mark.parametrize("typed", ["goi", "Gọi lại cho bà", "call", "gặp tận nhà", "giấy tờ"])
async def test_after_a_reason_name_and_telephone_are_shown(talk: Talk, typed: str) -> None:
    s, there = await forwarded(talk)
    (told,) = await there.says(f"/nguoigui {s.code} {typed}")
    assert NAME in told
    assert PHONE in told
    (shown,) = await there.says(f"/phieu {s.code}")
    assert NAME in shown
    assert PHONE in shown
    assert HIDDEN not in shown


async def test_the_reason_may_be_chosen_by_buttons_from_the_ticket(
    talk: Talk, channel: str
) -> None:
    s, there = await forwarded(talk, channel)
    await there.says(f"/phieu {s.code}")
    asked = await there.presses("Người gửi")
    assert not tells(asked)
    assert await looks(talk, s.code) == []
    assert tells(await there.presses("Gặp"))


async def test_the_audit_keeps_who_looked_and_for_what_and_never_words(talk: Talk) -> None:
    s, there = await forwarded(talk)
    await there.says(f"/nguoigui {s.code} gặp ông Tư ở ngã ba")
    (row,) = await looks(talk, s.code)
    assert row.act == "sender.look meet"
    assert row.person_id == (await person_of(talk, there)).id
    assert row.channel == "web"
    # Who may see it already gives no second reason.
    assert tells(await there.says(f"/nguoigui {s.code}"))
    assert len(await looks(talk, s.code)) == 1


async def test_an_answer_that_is_being_written_waits_while_it_is_looked_at(talk: Talk) -> None:
    s, there = await forwarded(talk)
    await there.says(f"/traloi {s.code}")
    await there.says(f"/nguoigui {s.code}")
    assert tells(await there.presses("Gọi lại"))
    await there.says("Đã vá sáng nay")
    assert "Đã vá sáng nay" in "".join(s.citizen.new())


@pytest.mark.parametrize("typed", ["", "tò mò", "xem", "hỏi để gọi", "callgirl", "1"])
async def test_without_a_reason_nothing_is_shown_and_it_is_asked_for(
    talk: Talk, typed: str
) -> None:
    s, there = await forwarded(talk)
    asked = await there.says(f"/nguoigui {s.code} {typed}")
    assert not tells(asked)
    assert "Ông/bà cần biết người gửi" in asked[0]
    for title in ("Gọi lại", "Gặp người gửi", "Kiểm tra hoặc ghi giấy tờ"):
        assert title in asked[0]
    assert await looks(talk, s.code) == []
    assert not tells(await there.says(f"/phieu {s.code}"))


async def test_a_look_opens_it_to_who_looked_and_to_no_colleague(talk: Talk) -> None:
    s, there = await forwarded(talk)
    colleague = await talk.official(unit=THERE, name="Vi Văn Bạn")
    await there.says(f"/nguoigui {s.code} goi")
    assert not tells(await colleague.says(f"/phieu {s.code}"))
    assert not tells(await colleague.says(f"/nguoigui {s.code}"))


async def test_a_look_at_one_ticket_opens_no_other(talk: Talk) -> None:
    s, there = await forwarded(talk)
    other = await file(talk, s.citizen, "Cống thôn 6 tắc, nước tràn ra đường làng")
    await s.first.says(f"/chuyen {other} {THERE}")
    await there.says(f"/nguoigui {s.code} goi")
    assert not tells(await there.says(f"/phieu {other}"))


@pytest.mark.parametrize("typed", ["", " goi"])
async def test_of_a_ticket_of_another_unit_a_reason_opens_nothing(talk: Talk, typed: str) -> None:
    s, _there = await forwarded(talk)
    third = await talk.official(unit="vp", name="Hà Thị Chung")
    for officer in (third, s.first):
        (told,) = await officer.says(f"/nguoigui {s.code}{typed}")
        assert "thuộc Phòng Văn hóa" in told
        assert not tells([told])
    assert await looks(talk, s.code) == []


async def test_of_a_ticket_that_does_not_exist_it_says_so(talk: Talk) -> None:
    _s, there = await forwarded(talk)
    assert "Không có phiếu PA2611-ZZZZ" in (await there.says("/nguoigui PA2611-ZZZZ goi"))[0]


async def test_without_a_code_it_is_asked_for_which_ticket(talk: Talk) -> None:
    s, there = await forwarded(talk)
    (asked,) = await there.says("/nguoigui")
    assert s.code in asked
    assert not tells([asked])


async def test_a_citizen_learns_nothing_by_it(talk: Talk) -> None:
    s, _there = await forwarded(talk)
    stranger = talk.person("stranger")
    assert not tells(await stranger.says(f"/nguoigui {s.code} goi"))
    assert await looks(talk, s.code) == []


async def test_the_unit_that_has_it_first_sees_all_and_gives_no_reason(talk: Talk) -> None:
    s = await scene(talk)
    assert NAME in "\n".join(s.first.everything())
    await s.citizen.says(f"/sodienthoai {PHONE}")
    s.forget()
    for said in (f"/phieu {s.code}", f"/nguoigui {s.code}"):
        (shown,) = await s.first.says(said)
        assert NAME in shown
        assert PHONE in shown
    assert await looks(talk, s.code) == []


async def test_what_came_back_to_its_first_unit_is_shown_there_as_before(talk: Talk) -> None:
    s, there = await forwarded(talk)
    await there.says(f"/chuyen {s.code} {UNIT} Không phải việc của chúng tôi")
    (card,) = s.second.new()
    assert NAME in card
    s.forget()
    (shown,) = await s.first.says(f"/phieu {s.code}")
    assert NAME in shown
    assert PHONE in shown


async def test_who_acts_for_every_unit_or_leads_sees_it(talk: Talk) -> None:
    s, _there = await forwarded(talk)
    wide = await talk.official(name="Hà Thị Chung")
    admin = await talk.official("admin", name="Quản Trị")
    for official in (wide, admin):
        assert tells(await official.says(f"/phieu {s.code}"))
    assert await looks(talk, s.code) == []


async def test_what_happens_to_it_later_is_told_without_a_name(talk: Talk) -> None:
    s, there = await forwarded(talk)
    await there.says(f"/nhan {s.code}")
    await there.says(f"/hoi {s.code} Nhà số mấy ạ?")
    await s.citizen.says(f"/bosung {s.code} Số 5 ạ")
    await there.says(f"/traloi {s.code} Đã vá sáng nay")
    await s.citizen.says(f"/danhgia {s.code} 1 Chưa xong")
    await s.citizen.says(f"/molai {s.code} Vẫn còn ổ gà")
    await talk.pass_time(days=30)
    await s.citizen.says(f"/rutphieu {s.code}")
    await s.citizen.says("1")
    everything = there.everything()
    assert "Vẫn còn ổ gà" in "\n".join(everything)
    assert not tells(everything)


async def test_no_command_tells_it_before_a_reason(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/pakn {s.code} {NAME}; thôn 3; 0912345678")
    await s.citizen.says(f"/sodienthoai {PHONE}")
    there = await talk.official(unit=THERE, name="Lò Thị Khác")
    await s.first.says(f"/chuyen {s.code} {THERE}")
    roles = (Role("officer", THERE, "Lò Thị Khác"), Role("staff", "", "Lò Thị Khác"))
    person = replace(await person_of(talk, there), roles=roles)
    told = []
    for name in sorted({one.names[0] for one in router.commands.values()}):
        for rest in ("", f" {s.code}", f" thanks {s.code}"):
            reply = await turned(talk, person, f"/{name}{rest}")
            told += [name + rest] if tells([repr(reply)]) else []
    assert told == []


async def test_what_the_register_has_is_shown_for_a_reason_too(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/pakn {s.code} {NAME}; thôn 3; 0912345678")
    there = await talk.official(unit=THERE, name="Lò Thị Khác")
    await s.first.says(f"/chuyen {s.code} {THERE}")
    there.forgets()
    (usage,) = await there.says(f"/pakn {s.code}")
    assert HIDDEN in usage
    await there.presses("Người gửi")
    (told,) = await there.presses("Kiểm tra")
    assert f"{NAME}; thôn 3; 0912345678" in told
    assert f"{NAME}; thôn 3; 0912345678" in "\n".join(await there.says(f"/pakn {s.code}"))


async def test_a_letter_is_drafted_with_the_name_by_who_may_see_it_alone(talk: Talk) -> None:
    s, _there = await forwarded(talk)
    staff = await talk.official("staff", name="Vũ Thị Soạn")
    leader = await talk.official("leader", name="Lê Văn Duyệt")
    assert not tells(await staff.says(f"/soanthu thanks {s.code}"))
    assert tells(await leader.says(f"/soanthu thanks {s.code}"))


async def test_into_a_group_no_command_tells_it_to_those_who_read_along(talk: Talk) -> None:
    first = await talk.official(unit=UNIT, channel="telegram")
    citizen = talk.person("citizen", "web", NAME)
    await citizen.says(f"/sodienthoai {PHONE}")
    begun = ("gopy", "sangkien", "camon")
    codes = [code_in(await citizen.says(f"/{one} {WORDS}")) for one in begun]
    await first.says(f"/pakn {codes[0]} {NAME}; thôn 3; 0912345678")
    admin = replace(await person_of(talk, first), roles=(Role("admin", "", "Quản Trị"),))
    of_officials = {one.names[0] for one in router.commands.values() if one.roles}
    rests = ["", *(f" {code}" for code in codes), f" thanks {codes[0]}"]
    told, alone = [], set()
    for name in sorted({*of_officials, "phieu"}):
        for rest in rests:
            reply = await turned(talk, admin, f"/{name}{rest}", group="-1001900000001")
            text = repr([one.text for one in reply.letters if one.group])
            told += [name + rest] if tells([text]) or WORDS in text else []
            if tells([repr([one.text for one in reply.letters if not one.group])]):
                alone.add(name)
    assert told == []
    # In a conversation of their own they are told it all the same.
    assert alone == {"nguoigui", "pakn", "phieu", "soanthu", "xetsangkien"}
