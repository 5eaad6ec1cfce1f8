"""An initiative from the idea to the letter of commendation, and what cannot be done to it."""

from pathlib import Path

import pytest

from handlers import report
from handlers.office import Office
from messages.languages import ZONE
from scoring.periods import parse
from storage.database import Store
from storage.tickets import State
from tests.conftest import Hands
from tests.conversations.citizen_scenes import DENOUNCED, state, step_of, ticket
from tests.conversations.civic_scenes import LAMPS, counted, files_of, kept, with_press
from tests.transcript import Talk, code_in


@pytest.fixture
def office(office: Office, store: Store, hands: Hands, tmp_path: Path) -> Office:
    return with_press(office, store, hands, tmp_path)


async def test_an_idea_leads_to_the_letter_that_the_lost_point_needs(
    talk: Talk, channel: str, tmp_path: Path
) -> None:
    staff = await talk.official("staff", name="Vũ Thị Soạn", channel=channel)
    leader = await talk.official("leader", name="Lê Văn Duyệt", channel=channel)
    citizen = talk.person("c", channel, name="Nguyễn Thị Sáng")
    code = code_in(await citizen.says(f"/sangkien {LAMPS}"))

    (listed,) = await staff.says("/dssangkien")
    assert code in listed
    (shown,) = await staff.presses(code)
    assert LAMPS in shown
    assert "Nguyễn Thị Sáng" in shown
    await staff.presses("Đưa vào thẩm định")
    (told,) = citizen.new()
    assert "đang được xã thẩm định" in told
    (how_far,) = await citizen.presses("Sáng kiến của tôi đến đâu")
    assert "đang thẩm định" in how_far

    await leader.says(f"/xetsangkien {code}")
    await leader.presses("Công nhận")
    await leader.says("Quyết định số 12/QĐ-UBND ngày 20/11/2026")
    (news,) = citizen.new()
    assert "công nhận sáng kiến" in news
    assert "12/QĐ-UBND" in news
    assert await state(talk, code) is State.RESOLVED
    assert await counted(talk, "initiative.recognised") == 1

    await staff.says(f"/xetsangkien {code}")
    (asked,) = await staff.presses("Soạn thư biểu dương")
    assert "Nguyễn Thị Sáng" in asked
    await staff.says("bà Nguyễn Thị Sáng, thôn Một")
    await staff.says("thắp sáng đường thôn bằng đèn năng lượng mặt trời")
    (preview,) = await staff.presses("Giữ nguyên")
    assert "12/QĐ-UBND" in preview
    assert await counted(talk, "letter.commendation") == 0
    await staff.presses("Trình lãnh đạo")
    assert "bà Nguyễn Thị Sáng" in "".join(leader.new())
    citizen.forgets()

    await leader.presses("Duyệt")
    (letter,) = citizen.new()
    assert "THƯ BIỂU DƯƠNG" in letter
    assert "thắp sáng đường thôn" in letter
    (picture, pdf) = files_of(-1, citizen)
    assert kept(tmp_path, picture[1]).startswith(b"\x89PNG")
    assert kept(tmp_path, pdf[1]).startswith(b"%PDF")
    assert (picture[0], pdf[0]) == ("image", "file")
    assert await counted(talk, "letter.commendation") == 1
    told_staff = "\n".join(staff.new())
    assert "01/UBND-VHXH" in told_staff
    assert "Đã đến người dân" in told_staff or "✓" in told_staff


async def test_the_report_shows_the_lost_component_as_earned(talk: Talk) -> None:
    leader, citizen = await talk.official("leader"), talk.person(name="Bà Sáng")
    code = code_in(await citizen.says(f"/sangkien {LAMPS}"))
    await leader.says(f"/congnhan {code} Quyết định số 1")
    await leader.presses("Soạn thư biểu dương")
    for _field in range(3):
        await leader.presses("Giữ nguyên")
    await leader.presses("Trình lãnh đạo")
    await leader.presses("Duyệt")
    now = talk.hands()
    period = parse("", now.astimezone(ZONE).date())
    card, _facts = await report.scorecard(talk.read, talk.office, period, now)
    found = [
        component
        for criterion in card.criteria
        for component in criterion.components
        if component.component.id == "2.10"
    ]
    assert [one.score for one in found] == [1]


async def test_a_denunciation_is_no_initiative(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    (told,) = await citizen.says(f"/sangkien {DENOUNCED}")
    assert "không lưu" in told
    assert await talk.read.initiatives.newest() == []


async def test_a_withdrawn_initiative_is_not_recognised(talk: Talk) -> None:
    leader, citizen = await talk.official("leader"), talk.person()
    code = code_in(await citizen.says(f"/sangkien {LAMPS}"))
    await citizen.says(f"/rutphieu {code}")
    await citizen.says("1")
    assert await state(talk, code) is State.WITHDRAWN
    (told,) = await leader.says(f"/congnhan {code} Quyết định số 1")
    assert "đã rút" in told or "rút lại" in told
    (own,) = await citizen.says(f"/sangkien {code}")
    assert "rút" in own
    assert await counted(talk, "initiative.recognised") == 0


async def test_an_outcome_answers_the_ticket_as_an_officers_answer_does(talk: Talk) -> None:
    officer, leader = await talk.official(), await talk.official("leader")
    code = code_in(await talk.person().says(f"/sangkien {LAMPS}"))
    await talk.pass_time(hours=3)
    await officer.says(f"/hoi {code} Ở đoạn nào?")
    asked = await ticket(talk, code)
    assert asked.waiting_since is not None
    await leader.says(f"/congnhan {code} Quyết định số 1")
    answered = await ticket(talk, code)
    assert (answered.waiting_since, answered.due_before) == (None, None)
    assert answered.due_at < asked.due_at
    await talk.pass_time(days=talk.office.commune.limits.reopen_days + 1)
    assert await state(talk, code) is State.CLOSED


async def test_an_outcome_by_itself_is_a_first_response(talk: Talk) -> None:
    leader = await talk.official("leader")
    code = code_in(await talk.person().says(f"/sangkien {LAMPS}"))
    await leader.says(f"/khongcongnhan {code} Đã có dự án")
    assert (await ticket(talk, code)).responded_at is not None
    assert await counted(talk, "duty.response") == 1


async def test_an_initiative_is_recognised_once(talk: Talk) -> None:
    leader, citizen = await talk.official("leader"), talk.person()
    code = code_in(await citizen.says(f"/sangkien {LAMPS}"))
    await leader.says(f"/congnhan {code} Quyết định số 1")
    (again,) = await leader.says(f"/congnhan {code} Quyết định số 2")
    assert "được công nhận" in again
    (declined,) = await leader.says(f"/khongcongnhan {code} Không")
    assert "Không làm được" in declined
    assert await counted(talk, "initiative.recognised") == 1


async def test_declining_tells_the_reason_and_counts_nothing(talk: Talk) -> None:
    leader, citizen = await talk.official("leader"), talk.person()
    code = code_in(await citizen.says(f"/sangkien {LAMPS}"))
    citizen.forgets()
    await leader.says(f"/khongcongnhan {code}")
    assert await step_of(talk, leader) == "initiatives.decision"
    await leader.says("")
    await leader.says("Thôn đã có đèn")
    assert "Thôn đã có đèn" in "".join(citizen.new())
    assert await counted(talk, "initiative.recognised") == 0


async def test_only_a_leader_recognises_and_only_its_author_follows(talk: Talk) -> None:
    staff, citizen = await talk.official("staff"), talk.person()
    code = code_in(await citizen.says(f"/sangkien {LAMPS}"))
    await staff.says(f"/congnhan {code} Quyết định số 1")
    found = await talk.read.initiatives.one(code)
    assert found is not None
    assert found.state == "received"
    (told,) = await talk.person("stranger").says(f"/sangkien {code}")
    assert "không có sáng kiến" in told


async def test_feedback_is_no_initiative(talk: Talk) -> None:
    staff, citizen = await talk.official("staff"), talk.person()
    code = code_in(await citizen.says("/gopy Đèn đường thôn 3 hỏng"))
    (told,) = await staff.says(f"/xetsangkien {code}")
    assert "Không có sáng kiến" in told
