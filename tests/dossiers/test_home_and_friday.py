"""Service at home as a ticket of its own kind; Friday without appointment."""

from datetime import UTC, datetime

import pytest

from tests.conversations.citizen_scenes import ticket
from tests.dossiers.exports import moment
from tests.transcript import Talk, code_in


async def _asked_for(talk: Talk, channel: str = "web") -> str:
    citizen = talk.person("c", channel)
    await citizen.says("/tainha")
    await citizen.says("2")
    await citizen.says("Trợ cấp xã hội, hồ sơ H24.107-261116-0001")
    await citizen.says("Số 5 thôn Đông, điện thoại 0900 000 123")
    return code_in(await citizen.says("Buổi sáng"))


async def test_service_at_home_becomes_a_ticket_of_its_own_kind_unit_and_deadline(
    talk: Talk, channel: str
) -> None:
    centre = await talk.official(unit="ttpvhcc", name="Tổ trực Trung tâm")
    code = await _asked_for(talk, channel)
    filed = await ticket(talk, code)
    assert (filed.kind, filed.unit) == ("home_service", "ttpvhcc")
    # Three working days; the 24th is a holiday.
    assert filed.due_at == moment("2026-11-27 17:00")
    (card,) = centre.new()
    for words in ("Người khuyết tật", "Trợ cấp xã hội", "Số 5 thôn Đông", "Buổi sáng"):
        assert words in card


async def test_asked_and_done_are_counted_once_each(talk: Talk) -> None:
    centre = await talk.official(unit="ttpvhcc", name="Tổ trực Trung tâm")
    code = await _asked_for(talk)
    await centre.says(f"/traloi {code} Đã đến nhà nhận hồ sơ")
    await centre.says(f"/traloi {code} Đã trả kết quả tại nhà")
    today = talk.hands().date()
    tallies = await talk.read.tallies(today, today)
    assert tallies["homeservice.requested"].count == 1
    assert tallies["homeservice.done"].count == 1


async def test_who_is_of_no_group_is_shown_to_an_officer(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/tainha")
    (told,) = await citizen.presses("Không thuộc")
    assert "cán bộ có thể tư vấn" in told
    assert await talk.read.all_tickets() == []


async def test_a_reminder_comes_each_thursday_until_it_is_ended(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/nhacthusau")
    await talk.pass_time(days=3)  # Thursday, 09:00
    citizen.forgets()
    await talk.pass_time(hours=6, minutes=1)
    (told,) = citizen.new()
    assert "27/11/2026" in told
    await talk.pass_time(days=7)
    (again,) = citizen.new()
    assert "04/12/2026" in again
    await citizen.says("/nhacthusau off")
    citizen.forgets()
    await talk.pass_time(days=7)
    assert citizen.new() == []


async def test_before_a_friday_that_is_off_nobody_is_reminded(talk: Talk) -> None:
    talk.hands.now = datetime(2026, 12, 30, 2, 0, tzinfo=UTC)
    citizen = talk.person()
    await citizen.says("/nhacthusau")
    citizen.forgets()
    await talk.pass_time(days=1, hours=7)  # 1 January is a Friday and a holiday
    assert citizen.new() == []
    await talk.pass_time(days=7)
    assert len(citizen.new()) == 1


@pytest.mark.parametrize("typed", ["H24.107-261116-0001", "KS01", "#ks01"])
async def test_a_code_by_itself_answers_which_procedure_it_is(talk: Talk, typed: str) -> None:
    citizen = talk.person()
    await citizen.says("/tainha")
    await citizen.presses("Người khuyết tật")
    (asked,) = await citizen.says(typed)
    assert "địa chỉ" in asked
    for words in ("Số 5 thôn Đông", "Buổi sáng"):
        await citizen.says(words)
    (ticket,) = await talk.read.all_tickets()
    assert typed in (await talk.read.words(ticket.code))[0].text
