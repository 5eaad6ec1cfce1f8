import pytest

from tests.conversations.citizen_scenes import step_of
from tests.transcript import Talk

CODE = "H24.107-261123-0015"


async def asked(talk: Talk) -> dict[str, int]:
    today = talk.hands().date()
    tallies = await talk.read.tallies(today, today)
    return {kind: tally.count for kind, tally in tallies.items()}


@pytest.mark.parametrize(
    "typed",
    [
        f"/hoso {CODE}",
        f"hoso {CODE.lower()}",
        CODE,
        f"hồ sơ {CODE} của tôi đến đâu rồi",
        "/hoso 12345",
        "/hoso G-17/A (2026)",
        "/hoso 000.00.17.H24-261123-0001",
    ],
)
async def test_a_code_of_any_form_is_answered_honestly_and_counted(talk: Talk, typed: str) -> None:
    (answer,) = await talk.person().says(typed)
    assert "chưa được nhập" in answer
    assert "Trung tâm Phục vụ hành chính công" in answer
    assert "[Cổng Dịch vụ công quốc gia]" in answer
    assert await asked(talk) == {"status.asked": 1}


async def test_repeats_count_too(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says(CODE)
    await citizen.says(CODE)
    assert await asked(talk) == {"status.asked": 2}


async def test_without_a_code_it_is_asked_for_with_an_example(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    for words in ("/hoso", "Hồ sơ của tôi nộp tuần trước xong chưa?", "/hoso của tôi"):
        (question,) = await citizen.says(words)
        assert "H24.107-261123-0015" in question
    assert await asked(talk) == {}
    (again,) = await citizen.says("ở nhà")
    assert "không thấy mã" in again
    (answer,) = await citizen.says("17-2026")
    assert "chưa được nhập" in answer
    assert await step_of(talk, citizen) == ""


async def test_who_waits_too_long_hears_that_we_are_sorry(talk: Talk) -> None:
    citizen = talk.person()
    (question,) = await citizen.says("Hồ sơ sổ đỏ của tôi quá hẹn trả 3 tuần rồi mà chưa có")
    assert "xin lỗi" in question
    (guide,) = await citizen.says("Tôi muốn làm giấy khai sinh cho con thì cần giấy tờ gì?")
    assert "khai sinh" in guide
    (answer,) = await citizen.says(f"hồ sơ {CODE} quá hẹn trả 3 tuần rồi mà chưa có")
    assert "xin lỗi" in answer


async def test_in_the_midst_of_a_draft_it_answers_and_leaves_the_draft(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/gopy")
    await citizen.says("1")
    for words in (CODE, f"/hoso {CODE}", "/hoso"):
        (answer,) = await citizen.says(words)
        assert "/huy" in answer
    assert await step_of(talk, citizen) == "drafting.story"
