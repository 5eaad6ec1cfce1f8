"""Thanks: to a unit or a person, seen by staff, counted, answered by a letter."""

from tests.conversations.citizen_scenes import DENOUNCED, step_of, ticket
from tests.conversations.civic_scenes import counted
from tests.transcript import Talk, code_in


async def test_thanks_reach_the_unit_that_was_chosen_and_staff(talk: Talk, channel: str) -> None:
    officer = await talk.official(unit="tramyte", channel=channel)
    staff, citizen = await talk.official("staff"), talk.person("c", channel)
    await citizen.says("/camon")
    await citizen.presses("Trạm Y tế")
    told = await citizen.says("Cảm ơn các cô y tá đã tận tình tiêm cho mẹ tôi")
    while not any("PA26" in one for one in told):
        told = await citizen.says("1")
    code = code_in(told)
    assert (await ticket(talk, code)).unit == "tramyte"
    assert "y tá" in "".join(officer.new())
    assert await counted(talk, "praise.received") == 1
    (listed,) = await staff.says("/loicamon")
    assert "y tá" in listed
    (asked,) = await staff.presses(f"Soạn thư cho {code}")
    assert "Soạn thư" in asked or "soạn thư" in asked


async def test_thanks_in_one_line_are_filed_at_once(talk: Talk) -> None:
    citizen = talk.person()
    code = code_in(await citizen.says("/camon Cảm ơn chị Lan ở bộ phận một cửa"))
    assert (await ticket(talk, code)).kind == "praise"
    assert await counted(talk, "praise.received") == 1


async def test_a_name_is_taken_and_a_denunciation_is_not(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("/camon")
    await citizen.says("")
    assert await step_of(talk, citizen) == "thanks.whom"
    await citizen.says("chị Lan ở một cửa")
    assert await step_of(talk, citizen) == "drafting.story"
    await citizen.says("/huy")
    await citizen.says("/camon")
    (told,) = await citizen.says(DENOUNCED)
    assert "không lưu" in told


async def test_staff_are_told_where_nobody_has_thanked(talk: Talk) -> None:
    staff = await talk.official("staff")
    (told,) = await staff.says("/loicamon")
    assert "Chưa có" in told
