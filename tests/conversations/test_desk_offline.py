from pathlib import Path

import pytest

from storage.tickets import State
from tests.conversations.desk_scenes import UNIT, end_roles, scene
from tests.transcript import Somebody, Talk, code_in

TOLD = "Bà con thôn 7 báo đường liên thôn sụt lún, xe máy khó đi"
DENUNCIATION = "Tôi muốn tố cáo ông trưởng thôn ăn chặn tiền hỗ trợ của bà con"


async def _record(officer: Somebody, source: str, words: str) -> list[str]:
    await officer.says("/ghinhan")
    await officer.presses(source)
    return await officer.says(words)


async def test_what_came_by_telephone_becomes_a_ticket_without_a_name(
    talk: Talk, channel: str
) -> None:
    colleague = await talk.official(unit=UNIT, name="Bùi Văn Nhì", channel=channel)
    officer = await talk.official(unit=UNIT, name="Đào Thị Trực", channel=channel)
    letters = await _record(officer, "đường dây nóng", TOLD)
    assert len(letters) == 1
    code = code_in(letters)
    ticket = await talk.read.ticket(code)
    assert ticket is not None
    assert (ticket.source, ticket.anonymous, ticket.unit) == ("hotline", True, UNIT)
    (card,) = colleague.new()
    assert TOLD in card
    assert "người dân, qua đường dây nóng" in card
    assert "Đào Thị Trực" not in card


async def test_its_answer_is_kept_and_sent_to_nobody(talk: Talk) -> None:
    officer = await talk.official(unit=UNIT, name="Đào Thị Trực")
    code = code_in(await _record(officer, "quầy", TOLD))
    (told,) = await officer.says(f"/traloi {code} Đã cho người lấp chỗ lún")
    assert "Xin báo trực tiếp cho người dân" in told
    ticket = await talk.read.ticket(code)
    assert ticket is not None
    assert ticket.state is State.RESOLVED
    assert (await talk.read.history(code))[-1].note == "Đã cho người lấp chỗ lún"
    (refused,) = await officer.says(f"/hoi {code} Nhà số mấy?")
    assert "không có ai để nhắn tin" in refused or "đã trả lời" in refused


async def test_a_source_may_be_typed_and_a_wrong_one_is_asked_for_again(talk: Talk) -> None:
    officer = await talk.official(unit=UNIT, name="Đào Thị Trực")
    await officer.says("/ghinhan")
    (again,) = await officer.says("fax")
    assert "Phản ánh đến bằng cách nào?" in again
    await officer.says("hom thu")
    code = code_in(await officer.photo(TOLD))
    ticket = await talk.read.ticket(code)
    assert ticket is not None
    assert ticket.source == "letterbox"
    assert len(await talk.read.files(code)) == 1


async def test_a_denunciation_told_by_an_officer_leaves_no_word(talk: Talk) -> None:
    s = await scene(talk)
    s.forget()
    (told,) = await _record(s.first, "đường dây nóng", DENUNCIATION)
    assert "Không có gì được lưu lại" in told
    assert "Nơi tiếp công dân" in told
    assert s.second.new() == []
    assert len(await talk.read.all_tickets()) == 1
    tallies = await talk.read.tallies(talk.hands.now.date(), talk.hands.now.date())
    assert tallies["redirected.denunciation"].count == 1
    place = talk.store.url.partition("///")[2]
    if place:
        for path in Path(place).parent.glob(f"{Path(place).name}*"):
            assert b"tr\xc6\xb0\xe1\xbb\x9fng th\xc3\xb4n" not in path.read_bytes()


async def test_what_only_reads_like_one_is_filed_when_the_officer_says_so(talk: Talk) -> None:
    s = await scene(talk)
    await _record(s.first, "đường dây nóng", DENUNCIATION)
    await s.first.presses("Không phải")
    s.forget()
    code = code_in(await s.first.says(DENUNCIATION))
    assert [one.text for one in await talk.read.words(code)] == [DENUNCIATION]


async def test_leaving_from_every_step_files_nothing(talk: Talk) -> None:
    officer = await talk.official(unit=UNIT, name="Đào Thị Trực")
    await officer.says("/ghinhan")
    await officer.says("/huy")
    await officer.says("/ghinhan")
    await officer.presses("đường dây nóng")
    await officer.says("huỷ")
    assert await talk.read.all_tickets() == []


@pytest.mark.parametrize("answered", ["source:hotline", ""])
async def test_whose_role_ended_meanwhile_writes_nothing_down(talk: Talk, answered: str) -> None:
    s = await scene(talk)
    await s.first.says("/ghinhan")
    if answered:
        await s.first.sends(choice=answered)
    await end_roles(talk, "Đào Thị Trực")
    s.second.forgets()
    (told,) = await s.first.says("Đèn đường thôn 2 hỏng ba đêm, dây nóng báo")
    assert "PA" not in told
    assert s.second.new() == []
