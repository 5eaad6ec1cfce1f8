"""The codes of posters that are no guides, and what a guide's buttons do."""

import pytest

from tests.conversations.test_guidance import shown
from tests.transcript import Talk


@pytest.mark.parametrize(
    ("code", "said"),
    [("GY01", "lĩnh vực nào"), ("DG01", "hài lòng"), ("LV01", "Giờ làm việc")],
)
async def test_a_posters_code_begins_its_conversation_scanned_or_typed(
    talk: Talk, channel: str, code: str, said: str
) -> None:
    citizen = talk.person("c", channel)
    for typed in (code, f"#{code.lower()}"):
        (letter,) = await citizen.says(typed)
        assert said.casefold() in letter.casefold()
        await citizen.says("/huy")
    (letter,) = await citizen.sends("/start", payload=f"q_{code}_cho")
    assert said.casefold() in letter.casefold()
    assert (await shown(talk))["guidance.scanned"] == 1


async def test_an_answer_to_the_survey_is_counted_with_its_value(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("DG01")
    (thanks,) = await citizen.sends(choice=citizen.choice("Hài lòng"))
    assert "Cảm ơn" in thanks
    today = talk.hands().date()
    tally = (await talk.read.tallies(today, today))["survey.answered"]
    assert (tally.count, tally.total) == (1, 4)
    (again,) = await citizen.says("/hailong 9")
    assert "hài lòng đến mức nào" in again


async def test_a_reminder_comes_on_the_morning_that_was_chosen_and_once(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("KS01")
    (asked,) = await citizen.presses("Nhắc tôi")
    assert "khi nào" in asked
    (told,) = await citizen.presses("Sau ba ngày")
    assert "07:30 thứ Năm 26/11/2026" in told
    await talk.pass_time(days=2, hours=22)
    assert citizen.new() == []
    await talk.pass_time(hours=1)
    (reminded,) = citizen.new()
    assert "Đăng ký khai sinh" in reminded
    await talk.pass_time(days=9)
    assert citizen.new() == []
    (guide,) = await citizen.presses("Xem hướng dẫn")
    assert "Giấy tờ cần có" in guide


async def test_two_people_are_reminded_of_the_same_guide_each(talk: Talk) -> None:
    people = [talk.person(name) for name in ("a", "b")]
    for person in people:
        await person.says("/nhactoi KS01 1")
        person.forgets()
    await talk.pass_time(days=1)
    for person in people:
        assert len(person.new()) == 1


@pytest.mark.parametrize(
    ("title", "kind"), [("Hữu ích", "guidance.useful"), ("Chưa hữu ích", "guidance.useless")]
)
async def test_whether_a_guide_was_of_use_is_evidence(
    talk: Talk, channel: str, title: str, kind: str
) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("KS01")
    (thanks,) = await citizen.presses(title)
    assert "Cảm ơn" in thanks
    assert (await shown(talk))[kind] == 1
    assert ("cán bộ" in thanks) is (kind == "guidance.useless")


@pytest.mark.parametrize("typed", ["/nhactoi", "/nhactoi ZZ99", "/huuich", "/huuich ZZ99 co"])
async def test_a_button_of_a_guide_that_is_gone_says_so(talk: Talk, typed: str) -> None:
    (told,) = await talk.person().says(typed)
    assert "Không có hướng dẫn nào" in told


async def test_staff_see_which_posters_are_scanned_and_where_but_not_by_whom(
    talk: Talk, channel: str
) -> None:
    staff = await talk.official("staff", channel=channel)
    (none,) = await staff.says("/quetma")
    assert "- chưa có" in none
    for person, payload in (("a", "q_KS01_cho"), ("b", "q_KS01_cho"), ("c", "q_GY01_nha-van-hoa")):
        await talk.person(person).sends("/start", payload=payload)
    await talk.person("d", "zalo").says("KT01")
    (told,) = await staff.says("/quetma 2026-H2")
    for line in (
        "- KS01 Đăng ký khai sinh: 2",
        "- GY01: 1",
        "- cho: 2",
        "- nha-van-hoa: 1",
        "- KT01 Đăng ký khai tử: 1",
        "- zalo: 1",
        "- web: 2",
    ):
        assert line in told.splitlines()
    (earlier,) = await staff.says("/quetma 2026-H1")
    assert "KS01" not in earlier
    for letter in await talk.person("e").says("/quetma"):
        assert "KS01 Đăng ký khai sinh: 2" not in letter
