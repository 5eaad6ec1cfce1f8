import pytest

from tests.conversations.citizen_scenes import BURNING, step_of, ticket
from tests.transcript import Talk, code_in


@pytest.mark.parametrize("words", ["/lienhe", "lienhe", "cho tôi xin số điện thoại đường dây nóng"])
async def test_contacts_are_told_and_what_is_not_known_is_marked(
    talk: Talk, channel: str, words: str
) -> None:
    (letter,) = await talk.person("c", channel).says(words)
    for part in ("Đường dây nóng của UBND xã: chưa cập nhật", "Công an xã", "113", "114", "115"):
        assert part in letter


@pytest.mark.parametrize("words", ["/lich", "lịch", "Lịch tiếp dân của chủ tịch hôm nào?"])
async def test_reception_and_working_hours_are_told(talk: Talk, words: str) -> None:
    citizen = talk.person()
    (letter,) = await citizen.says(words)
    for part in (
        "tiếp công dân",
        "chưa cập nhật",
        "Thứ Hai đến Thứ Sáu: 07:30–11:30, 13:30–17:00",
        "Thứ Bảy đến Chủ nhật: nghỉ",
        "Xã chưa xác nhận",
        "đang trong giờ làm việc",
    ):
        assert part in letter
    talk.hands.move(hours=10)
    (letter,) = await citizen.says(words)
    assert "07:30 thứ Tư 25/11/2026" in letter


async def test_the_friday_without_appointment_is_told_with_its_date(talk: Talk) -> None:
    citizen = talk.person()
    words = "Thứ 6 này Trung tâm hành chính công có làm không hẹn không ạ?"
    (letter,) = await citizen.says(words)
    assert "27/11/2026: 07:30–11:30, 13:30–17:00" in letter
    talk.hands.move(days=4)
    (letter,) = await citizen.says(words)
    assert "27/11/2026" in letter
    # 1 January 2027 is a Friday, and a holiday.
    talk.hands.move(days=33)
    (letter,) = await citizen.says(words)
    assert "01/01/2027: nghỉ" in letter


@pytest.mark.parametrize(
    "words", ["/gapcanbo", "gặp cán bộ", "cho e gap nguoi that di bot ko hiu", "Gặp người thật"]
)
async def test_who_wants_a_person_gets_an_officer_to_answer(
    talk: Talk, channel: str, words: str
) -> None:
    officer = await talk.official()
    citizen = talk.person("c", channel)
    (asked,) = await citizen.says(words)
    assert "Đường dây nóng" in asked
    code = code_in(await citizen.says("Tôi cần hỏi trợ cấp cho mẹ tôi"))
    found = await ticket(talk, code)
    assert (found.kind, found.category) == ("question", "khac")
    assert "Tôi cần hỏi trợ cấp cho mẹ tôi" in "".join(officer.new())


async def test_the_question_can_stand_behind_the_word(talk: Talk) -> None:
    code_in(await talk.person().says("/gapcanbo Tôi cần hỏi trợ cấp cho mẹ tôi"))


async def test_an_emergency_told_to_a_person_gets_the_numbers_too(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/gapcanbo")
    numbers, filed = await citizen.says(BURNING)
    assert "114" in numbers
    code_in([filed])


async def test_a_person_is_reached_from_within_a_draft_without_losing_it(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/gopy")
    await citizen.says("1")
    (usage,) = await citizen.says("gặp cán bộ")
    assert "/gapcanbo" in usage
    code_in(await citizen.says("/gapcanbo Tôi không biết viết thế nào"))
    assert await step_of(talk, citizen) == "drafting.story"


async def test_too_long_a_question_is_told_the_limit(talk: Talk) -> None:
    (told,) = await talk.person().says("/gapcanbo " + "dài " * 2000)
    assert "4000" in told
