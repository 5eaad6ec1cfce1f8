"""What people type while a draft waits, instead of pressing one of its choices."""

import pytest

from tests.conversations.citizen_scenes import FREE, person_of, step_of
from tests.transcript import Talk, code_in


async def test_a_sentence_more_joins_the_story_and_is_shown_again(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says(FREE)
    (shown,) = await citizen.says("cho gan cay da dau lang ay")
    assert "Tôi đã ghi thêm vào nội dung." in shown
    assert f"{FREE}\ncho gan cay da dau lang ay" in shown
    code = code_in(await citizen.says("gửi"))
    kept = [one.text for one in await talk.read.words(code)]
    assert kept == [FREE, "cho gan cay da dau lang ay"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("lam giay khai sinh can gi", "KS01"),
        ("may gio lam viec", "Giờ làm việc"),
        ("cam on nhe", "không có gì"),
        ("ho so cua toi toi dau roi", "mã hồ sơ"),
        ("ban la ai", "trợ lý tự động"),
    ],
)
@pytest.mark.parametrize("step", ["drafting.preview", "drafting.photos", "drafting.place"])
async def test_another_question_is_answered_and_the_draft_goes_on_waiting(
    talk: Talk, step: str, asked: str, told: str
) -> None:
    citizen = talk.person()
    if step == "drafting.preview":
        await citizen.says(FREE)
    else:
        for said in ("/gopy", "1", FREE, *(("tiếp",) if step == "drafting.place" else ())):
            await citizen.says(said)
    assert await step_of(talk, citizen) == step
    letter = "\n".join(await citizen.says(asked))
    assert told.casefold() in letter.casefold()
    assert "vẫn đang chờ" in letter
    waiting = await person_of(talk, citizen)
    assert waiting.step == step
    assert FREE in str(waiting.data)


@pytest.mark.parametrize("word", ["không", "Khong gui nua", "thôi"])
async def test_a_plain_no_drops_the_draft(talk: Talk, word: str) -> None:
    citizen = talk.person()
    await citizen.says(FREE)
    (letter,) = await citizen.says(word)
    assert "Chưa có gì được gửi đi" in letter
    assert await step_of(talk, citizen) == ""
    assert await talk.read.all_tickets() == []


@pytest.mark.parametrize("slip", ["asdfgh", "👍", "???", "9"])
async def test_a_slip_of_the_finger_changes_nothing(talk: Talk, slip: str) -> None:
    citizen = talk.person()
    await citizen.says(FREE)
    (letter,) = await citizen.says(slip)
    assert "Xin ông/bà chọn một dòng" in letter
    assert f"{FREE}\n\n" in letter


async def test_who_has_sent_a_pin_is_not_asked_for_the_place(talk: Talk) -> None:
    citizen = talk.person()
    for said in ("/gopy", "1", FREE):
        await citizen.says(said)
    await citizen.location()
    (shown,) = await citizen.presses("Tiếp tục")
    assert "Có kèm vị trí trên bản đồ" in shown
    assert await step_of(talk, citizen) == "drafting.preview"
