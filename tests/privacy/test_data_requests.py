"""What people ask about their data: done at once with evidence, or a ticket with its clocks."""

from datetime import datetime, timedelta

import pytest

from messages.languages import ZONE
from storage.erasure import erase_waiting
from storage.media import Media
from tests.conversations.citizen_scenes import DENOUNCED, TROUBLE, step_of, ticket
from tests.privacy.whole_life import lived, mentions
from tests.transcript import Talk, code_in


async def counted(talk: Talk, kind: str) -> int:
    today = talk.hands().astimezone(ZONE).date()
    found = await talk.read.tallies(today, today)
    return found[kind].count if kind in found else 0


# From 23 November 2026; the 24th is a holiday of the calendar, 13 December a Sunday.
ANSWERED = datetime(2026, 11, 26, 17, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("command", "kind", "done"),
    [
        ("/capdulieu Cho tôi bản giấy", "data_access", "03/12/2026"),
        ("/suadulieu Địa chỉ của tôi ghi sai thôn", "data_correction", "03/12/2026"),
        ("/hanchedulieu Đừng gọi điện cho tôi nữa", "data_restriction", "08/12/2026"),
    ],
)
async def test_each_request_is_a_ticket_with_the_clocks_of_its_kind(
    talk: Talk, command: str, kind: str, done: str
) -> None:
    officer = await talk.official(unit="vp")
    (told,) = await talk.person().says(command)
    found = await ticket(talk, code_in([told]))
    assert (found.kind, found.unit, found.category) == (kind, "vp", "khac")
    assert found.respond_by == ANSWERED
    assert f"{found.due_at.astimezone(ZONE):%d/%m/%Y}" == done
    assert "26/11/2026" in told
    assert done in told
    assert found.code in "".join(officer.new())


async def test_erasure_has_two_working_days_for_the_answer_and_twenty_for_the_papers(
    talk: Talk,
) -> None:
    citizen = talk.person()
    await citizen.says("/xoadulieu")
    receipt = await citizen.says("có")
    found = await ticket(talk, code_in(receipt))
    assert found.kind == "data_erasure"
    assert found.respond_by == ANSWERED
    assert "26/11/2026" in receipt[-1]
    assert "14/12/2026" in receipt[-1]


async def test_without_words_they_are_asked_for_and_filed_without_further_questions(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("c", channel)
    (offered,) = await citizen.says("/quyendulieu")
    assert "dữ liệu" in offered
    await citizen.presses("Sửa điều khác")
    assert await step_of(talk, citizen) == "drafting.story"
    code = code_in(await citizen.says("Số điện thoại ghi sai một số"))
    assert (await ticket(talk, code)).kind == "data_correction"
    assert await step_of(talk, citizen) == ""


async def test_nobody_answering_within_two_working_days_is_told_to_the_unit(talk: Talk) -> None:
    officer = await talk.official(unit="vp")
    code = code_in(await talk.person().says("/capdulieu Cho tôi bản giấy"))
    officer.forgets()
    await talk.pass_time(days=4)
    assert any(code in one and "chưa có ai nhận" in one for one in officer.new())


async def test_what_a_law_gives_is_not_lengthened_by_finding_it_complex(talk: Talk) -> None:
    officer = await talk.official(unit="vp")
    code = code_in(await talk.person().says("/capdulieu Cho tôi bản giấy"))
    before = await ticket(talk, code)
    await officer.says(f"/mucdo {code} phuctap")
    assert (await ticket(talk, code)).due_at == before.due_at
    await officer.says(f"/mucdo {code} gap")
    assert (await ticket(talk, code)).due_at < before.due_at


async def test_a_corrected_name_is_read_by_officers_in_place_of_the_platforms(
    talk: Talk, channel: str
) -> None:
    officer = await talk.official()
    citizen = talk.person("c", channel, "Chi Na Xinh")
    await citizen.says("/suaten Nguyễn Thị Na")
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    assert any("Nguyễn Thị Na" in one and "Xinh" not in one for one in officer.new())
    assert "Nguyễn Thị Na" in "".join(await officer.says(f"/phieu {code}"))
    assert await counted(talk, "data.corrected") == 1
    await citizen.says("/suaten xoa")
    assert "Chi Na Xinh" in "".join(await officer.says(f"/phieu {code}"))


@pytest.mark.parametrize("typed", ["", "1", "x" * 61, "<b>", "0912345678"])
async def test_what_can_be_no_name_corrects_nothing(talk: Talk, typed: str) -> None:
    citizen = talk.person(name="Cụ Năm")
    (told,) = await citizen.says(f"/suaten {typed}")
    assert "Cụ Năm" in told
    assert await counted(talk, "data.corrected") == 0


async def test_a_denunciation_is_no_name_and_no_request(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says(f"/suaten {DENOUNCED}")
    await citizen.says(f"/suadulieu {DENOUNCED}")
    assert await talk.read.all_tickets() == []
    assert await mentions(talk.store, (DENOUNCED,)) == set()


async def test_a_corrected_name_goes_with_its_person(talk: Talk, kept: Media) -> None:
    life = await lived(talk, kept)
    await life.first.says("/suaten Lý Thị Sửa Lại")
    assert ("people.called", "Lý Thị Sửa Lại") in await mentions(talk.store, ("Lý Thị Sửa Lại",))
    await life.first.says("/xoadulieu")
    await life.first.says("1")
    assert await erase_waiting(talk.store, kept, talk.hands()) == len(life.ids)
    assert await mentions(talk.store, ("Lý Thị Sửa Lại",)) == set()


async def test_the_register_has_requests_with_their_clocks_and_what_was_done_at_once(
    talk: Talk,
) -> None:
    staff, citizen = await talk.official("staff"), talk.person(name="Bà Hoa")
    await citizen.says("/dulieu")
    await citizen.says("/theodoi loichuc on")
    await citizen.says("/ngungnhan loichuc")
    code = code_in(await citizen.says("/suadulieu Nhà tôi ở thôn Đoài"))
    (told,) = await staff.says("/sodulieu")
    for part in (code, "sửa dữ liệu", "26/11/2026", "03/12/2026", "tệp: 1", "đồng ý: 1"):
        assert part in told
    assert "Hoa" not in told
    assert "Đoài" not in told
    talk.hands.move(days=400)
    assert code not in (await staff.says("/sodulieu"))[0]


async def test_a_citizen_sees_no_register(talk: Talk) -> None:
    citizen = talk.person()
    code = code_in(await citizen.says("/suadulieu Nhà tôi ở thôn Đoài"))
    assert code not in "".join(await talk.person("other").says("/sodulieu"))


async def test_a_stranger_corrects_nobody_elses_name(talk: Talk) -> None:
    one = talk.person("one", name="Cụ Năm")
    await one.says("xin chào")
    await talk.person("other").says("/suaten Kẻ Lạ")
    (told,) = await one.says("/suaten")
    assert "Cụ Năm" in told


async def test_a_request_can_be_long_overdue_and_says_so(talk: Talk) -> None:
    staff = await talk.official("staff")
    code = code_in(await talk.person().says("/capdulieu Cho tôi bản giấy"))
    talk.hands.now += timedelta(days=30)
    (told,) = await staff.says("/sodulieu")
    assert code in told
    assert "quá hạn" in told
