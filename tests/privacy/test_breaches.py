"""Incidents with personal data: written down, the 72 hours run, and none counts as feedback."""

from datetime import datetime, timedelta

import pytest

from handlers.breaches import found_at
from messages.languages import ZONE
from storage.tickets import Event, State
from tests.conversations.citizen_scenes import DENOUNCED, TROUBLE, step_of, ticket
from tests.privacy.whole_life import mentions
from tests.transcript import Talk, code_in

WHAT = "Mất máy tính ở quầy một cửa, trong máy có danh sách điện thoại"


async def test_a_line_writes_it_down_with_72_hours_and_tells_the_office_and_who_leads(
    talk: Talk, channel: str
) -> None:
    office = await talk.official(unit="vp", name="Phạm Văn Phòng")
    leader = await talk.official("leader", name="Chủ tịch")
    staff = await talk.official("staff", channel=channel)
    before = talk.hands()
    (told,) = await staff.says(f"/suco {WHAT}")
    found = await ticket(talk, code_in([told]))
    assert (found.kind, found.unit, found.source) == ("data_breach", "vp", "office")
    hours = found.due_at - timedelta(hours=72)
    assert before <= hours <= talk.hands()
    assert any(found.code in one and WHAT in one for one in office.new())
    (to_leader,) = leader.new()
    assert found.code in to_leader
    assert WHAT not in to_leader


async def test_the_clock_runs_from_when_it_was_found(talk: Talk) -> None:
    staff = await talk.official("staff")
    code = code_in(await staff.says(f"/suco {WHAT}"))
    (told,) = await staff.says(f"/suco {code} phathien 22h15 22/11/2026")
    assert "25/11/2026" in told
    assert (await ticket(talk, code)).due_at == datetime(2026, 11, 25, 22, 15, tzinfo=ZONE)


async def test_what_is_known_is_asked_for_part_by_part_and_shown(talk: Talk) -> None:
    staff = await talk.official("staff")
    await staff.says("/suco")
    code = code_in(await staff.says(WHAT))
    await staff.presses("Ảnh hưởng đến ai")
    await staff.says("Khoảng 40 người nộp hồ sơ tháng 11")
    await staff.says(f"/suco {code} bienphap Đã khóa tài khoản, đổi mật khẩu")
    (shown,) = await staff.says(f"/suco {code}")
    for part in (WHAT, "40 người", "đổi mật khẩu", "26/11/2026"):
        assert part in shown
    assert await step_of(talk, staff) == ""


async def test_telling_the_authority_closes_it_and_is_nobodys_answer(talk: Talk) -> None:
    staff = await talk.official("staff")
    code = code_in(await staff.says(f"/suco {WHAT}"))
    (told,) = await staff.says(f"/suco {code} daibao Công văn 12/UBND-VP")
    assert "72 giờ" not in told
    assert (await ticket(talk, code)).state is State.CLOSED
    known = await talk.read.data.breach(code)
    assert known is not None
    assert (known.told, known.told_at is not None) == ("Công văn 12/UBND-VP", True)
    assert Event.ANSWERED not in {one.event for one in await talk.read.history(code)}


async def test_told_too_late_it_says_so(talk: Talk) -> None:
    staff = await talk.official("staff")
    code = code_in(await staff.says(f"/suco {WHAT}"))
    talk.hands.move(hours=73)
    (told,) = await staff.says(f"/suco {code} daibao Công văn 12/UBND-VP")
    assert "sau 72 giờ" in told


async def test_its_unit_and_who_leads_are_reminded_when_the_72_hours_end(talk: Talk) -> None:
    office, staff = await talk.official(unit="vp"), await talk.official("staff")
    code = code_in(await staff.says(f"/suco {WHAT}"))
    office.forgets()
    await talk.pass_time(hours=73)
    assert code in "".join(office.new())


async def test_it_counts_as_no_feedback(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person()
    await citizen.says(f"/gopy {TROUBLE}")
    code = code_in(await officer.says(f"/suco {WHAT}"))
    talk.hands.move(days=10)
    start, now = talk.hands() - timedelta(days=20), talk.hands()
    counts = await talk.read.ticket_counts(start, now, now)
    assert (counts.received, counts.late) == (1, 0)
    await officer.says(f"/suco {code} daibao Công văn 12")
    counts = await talk.read.ticket_counts(start, now, now)
    assert (counts.received, counts.answered) == (1, 0)


@pytest.mark.parametrize("act", ["traloi", "hoi", "tuchoi", "chuyen"])
async def test_what_is_done_about_feedback_is_not_done_about_it(talk: Talk, act: str) -> None:
    officer = await talk.official(unit="vp")
    code = code_in(await officer.says(f"/suco {WHAT}"))
    (told,) = await officer.says(f"/{act} {code} kinhte xong")
    assert "/suco" in told
    assert (await ticket(talk, code)).state is State.NEW


async def test_another_units_officer_reads_nothing_of_it(talk: Talk) -> None:
    recorded, other = await talk.official("staff"), await talk.official(unit="vhxh", name="Lê Khác")
    code = code_in(await recorded.says(f"/suco {WHAT}"))
    for line in (f"/suco {code}", f"/suco {code} ai Ai đó", f"/suco {code} daibao xong"):
        told = "".join(await other.says(line))
        assert WHAT not in told
    assert (await ticket(talk, code)).state is State.NEW


async def test_a_denunciation_is_in_no_log(talk: Talk) -> None:
    staff = await talk.official("staff")
    (told,) = await staff.says(f"/suco {DENOUNCED}")
    assert "Không phải, tôi viết lại" in told
    assert await talk.read.all_tickets() == []
    assert await mentions(talk.store, (DENOUNCED,)) == set()
    await staff.presses("Không phải")
    code = code_in(await staff.says(DENOUNCED))
    assert (await ticket(talk, code)).kind == "data_breach"


NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("14:30 22/11/2026", datetime(2026, 11, 22, 14, 30, tzinfo=ZONE)),
        ("14h30 22/11", datetime(2026, 11, 22, 14, 30, tzinfo=ZONE)),
        ("8h ngày 23/11", datetime(2026, 11, 23, 8, 0, tzinfo=ZONE)),
        ("22/11", datetime(2026, 11, 22, tzinfo=ZONE)),
        ("24/11/2026", None),
        ("22/11/2024", None),
        ("31/02/2026", None),
        ("25:61 22/11", None),
        ("hôm qua", None),
        ("", None),
    ],
)
def test_a_moment_is_read_as_people_write_it(typed: str, found: datetime | None) -> None:
    assert found_at(typed, NOW) == found
