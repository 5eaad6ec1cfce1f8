import pytest

from messages.envelope import Kind
from tests.conversations.citizen_scenes import TROUBLE, step_of, ticket
from tests.transcript import Talk, code_in


@pytest.mark.parametrize("words", ["/riengtu", "riengtu", "Xã lưu thông tin gì của tôi?"])
async def test_what_is_kept_why_and_the_rights_are_told(
    talk: Talk, channel: str, words: str
) -> None:
    citizen = talk.person("c", channel)
    await citizen.says(f"/gopy {TROUBLE}")
    (letter,) = await citizen.says(words)
    for part in (
        "1 phiếu",
        "180 ngày (khoảng 6 tháng)",
        "5 năm",
        "đồng ý",
        "luật",
        "khảo sát: không",
        "2 ngày",
    ):
        assert part.lower() in letter.lower()


async def test_erasure_is_asked_once_more_and_goes_to_the_office(talk: Talk, channel: str) -> None:
    officer = await talk.official(unit="vp")
    citizen = talk.person("c", channel)
    (question,) = await citizen.says("/xoadulieu")
    # Twenty days from 23 November is Sunday, 13 December: the Monday after.
    assert "14/12/2026" in question
    (again,) = await citizen.says("sao?")
    assert "ví dụ" in again
    code = code_in(await citizen.says("1"))
    found = await ticket(talk, code)
    assert (found.kind, found.unit) == ("data_erasure", "vp")
    # Two working days, 24 November being a holiday.
    assert "26/11/2026" in citizen.everything()[-1]
    assert "yêu cầu xóa" in "".join(officer.new())
    assert await step_of(talk, citizen) == ""


@pytest.mark.parametrize("no", ["2", "không", "/huy"])
async def test_who_thinks_better_of_it_changes_nothing(talk: Talk, no: str) -> None:
    citizen = talk.person()
    await citizen.says("/xoadulieu")
    await citizen.says(no)
    assert await talk.read.all_tickets() == []
    assert await step_of(talk, citizen) == ""


async def test_what_is_written_after_the_request_does_not_join_it(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/xoadulieu")
    code = code_in(await citizen.says("có"))
    await citizen.says("Đường làng lại vỡ nữa rồi")
    assert len(await talk.read.words(code)) == 1


async def test_the_platforms_own_request_is_filed_once(talk: Talk) -> None:
    citizen = talk.person("c", "zalo")
    await citizen.says("xin chào")
    await citizen.sends(kind=Kind.WITHDRAWN)
    await citizen.sends(kind=Kind.WITHDRAWN)
    (found,) = await talk.read.all_tickets()
    assert found.kind == "data_erasure"


async def test_a_draft_is_not_lost_to_the_question(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/gopy")
    await citizen.says("1")
    await citizen.says("/xoadulieu")
    assert await step_of(talk, citizen) == "drafting.story"
