"""What people say of how officials behaved never comes to those officials."""

import pytest

from handlers.desk_conduct import names
from tests.conversations.desk_scenes import file
from tests.transcript import Talk

WORDS = "Thái độ phục vụ của chị Trực ở Trung tâm không tốt, hách dịch với người già"


@pytest.mark.parametrize(
    ("text", "name", "named"),
    [
        ("Ông Đào Văn Trực quát người dân", "Đào Văn Trực", True),
        ("ong dao van truc quat nguoi dan", "Đào Văn Trực", True),
        ("anh Trực ở một cửa hẹn mãi", "Đào Văn Trực", True),
        ("cán bộ Trực không chịu nhận giấy", "Đào Văn Trực", True),
        ("gọi điện không ai trực máy", "Đào Văn Trực", False),
        ("anh Nhì hẹn mãi", "Đào Văn Trực", False),
        ("Tổ trực Trung tâm", "Tổ", False),
        ("", "Đào Văn Trực", False),
    ],
)
def test_an_official_is_named_in_full_or_by_given_name_after_a_title(
    text: str,
    name: str,
    named: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert names(text, name) is named


async def test_a_ticket_about_conduct_goes_to_the_office_and_never_to_whom_it_names(
    talk: Talk,
) -> None:
    named = await talk.official(unit="vp", name="Đào Thị Trực")
    other = await talk.official(unit="vp", name="Bùi Văn Nhì")
    everywhere = await talk.official(unit="", name="Lê Thị Trực")
    code = await file(talk, talk.person(), WORDS)
    assert code in "".join(other.new())
    assert named.new() == []
    assert everywhere.new() == []
    for said in (f"/nhan {code}", f"/traloi {code} Tôi không có", f"/ghichu {code} x", "/viec"):
        told = "\n".join(await named.says(said))
        assert "hách dịch" not in told
    shown = "\n".join(await named.says(f"/phieu {code}"))
    assert "hách dịch" not in shown
    ticket = await talk.read.ticket(code)
    assert ticket is not None
    assert ticket.unit == "vp"
    assert ticket.assignee_id is None


async def test_neither_a_reminder_nor_what_the_citizen_adds_comes_to_whom_it_names(
    talk: Talk,
) -> None:
    named = await talk.official(unit="vp", name="Đào Thị Trực")
    other = await talk.official(unit="vp", name="Bùi Văn Nhì")
    citizen = talk.person()
    code = await file(talk, citizen, WORDS)
    named.forgets()
    other.forgets()
    await citizen.says(f"/bosung {code} Hôm 20/11 cũng vậy")
    await talk.pass_time(days=30)
    assert named.new() == []
    assert code in "".join(other.new())


async def test_such_a_ticket_goes_to_no_other_unit(talk: Talk) -> None:
    other = await talk.official(unit="vp", name="Bùi Văn Nhì")
    center = await talk.official(unit="ttpvhcc", name="Đào Thị Trực")
    code = await file(talk, talk.person(), WORDS)
    told = "\n".join(await other.says(f"/chuyen {code} ttpvhcc"))
    assert "Văn phòng" in told
    assert center.new() == []
    ticket = await talk.read.ticket(code)
    assert ticket is not None
    assert ticket.unit == "vp"


async def test_where_it_names_all_of_the_office_those_who_lead_hear_of_it(talk: Talk) -> None:
    named = await talk.official(unit="vp", name="Đào Thị Trực")
    leader = await talk.official("leader", name="Chủ tịch")
    code = await file(talk, talk.person(), WORDS)
    assert named.new() == []
    assert code in "".join(leader.new())


async def test_what_an_officer_writes_down_about_a_colleague_is_kept_from_them_too(
    talk: Talk,
) -> None:
    named = await talk.official(unit="vp", name="Đào Thị Trực")
    other = await talk.official(unit="vp", name="Bùi Văn Nhì")
    await other.says("/ghinhan")
    await other.says("đường dây nóng")
    await other.says(WORDS)
    assert named.new() == []
