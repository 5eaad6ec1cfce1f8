import pytest

from storage.tickets import State
from tests.conversations.citizen_scenes import FREE, TROUBLE, answered, state, ticket
from tests.transcript import Somebody, Talk, code_in


async def filed(citizen: Somebody) -> str:
    return code_in(await citizen.says(f"/gopy {TROUBLE}"))


async def test_what_is_written_next_joins_the_ticket_and_its_officer_is_told(
    talk: Talk, channel: str
) -> None:
    officer = await talk.official()
    citizen = talk.person("c", channel)
    code = await filed(citizen)
    officer.forgets()
    (thanks,) = await citizen.says("Sáng nay có cháu bé ngã ở đó, gần nhà văn hóa")
    assert code in thanks
    (news,) = officer.new()
    assert "Sáng nay có cháu bé ngã" in news
    (thanks,) = await citizen.photo()
    assert len(await talk.read.files(code)) == 1
    await citizen.location()
    assert (await ticket(talk, code)).latitude == 20.72
    assert len(await talk.read.words(code)) == 2


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Tôi muốn làm giấy khai sinh cho con thì cần giấy tờ gì?", "khai sinh"),
        ("cho tôi xin số điện thoại đường dây nóng của xã", "Liên hệ"),
        ("xin chào", "Kính chào"),
        ("cảm ơn", "không có gì"),
    ],
)
async def test_what_is_surely_something_else_does_not_join(
    talk: Talk, words: str, expected: str
) -> None:
    citizen = talk.person()
    code = await filed(citizen)
    (answer,) = await citizen.says(words)
    assert expected in answer
    assert len(await talk.read.words(code)) == 1


async def test_a_place_that_shares_its_name_with_a_procedure_joins(talk: Talk) -> None:
    citizen = talk.person()
    code = await filed(citizen)
    await citizen.says("đối diện trạm y tế")
    assert len(await talk.read.words(code)) == 2


async def test_after_a_day_it_is_asked_whether_it_is_another_matter(talk: Talk) -> None:
    citizen = talk.person("c", "zalo")
    code = await filed(citizen)
    talk.hands.move(hours=25)
    (question,) = await citizen.says("Đường vẫn chưa ai sửa")
    assert code in question
    (thanks,) = await citizen.says("1")
    assert code in thanks
    talk.hands.move(hours=25)
    await citizen.says("Mất nước cả xóm từ sáng")
    (again,) = await citizen.says("lạc đề")
    assert "chọn trước" in again
    (shown,) = await citizen.says("2")
    assert "Mất nước cả xóm" in shown
    other = code_in(await citizen.presses("Gửi"))
    assert other != code
    assert len(await talk.read.words(code)) == 2


async def test_what_an_officer_asked_comes_to_the_ticket_and_goes_on_with_it(talk: Talk) -> None:
    officer = await talk.official()
    citizen = talk.person("c", "telegram")
    code = await filed(citizen)
    await citizen.says("/menu")
    await officer.says(f"/hoi {code} Ở đoạn nào ạ?")
    assert await state(talk, code) is State.NEED_INFO
    citizen.new()
    officer.forgets()
    await citizen.says("Đoạn trước cây đa")
    assert await state(talk, code) is State.IN_PROGRESS
    assert "Đoạn trước cây đa" in "".join(officer.new())


async def test_an_edit_is_a_new_version_and_the_officer_is_told(talk: Talk) -> None:
    officer = await talk.official()
    citizen = talk.person("c", "telegram")
    code = await filed(citizen)
    officer.forgets()
    message = citizen.last_message_id
    (noted,) = await citizen.edits(message, "/gopy Đường vỡ ở cổng sau")
    assert code in noted
    assert [(w.version, w.text) for w in await talk.read.words(code)] == [
        (2, "Đường vỡ ở cổng sau")
    ]
    assert "Đường vỡ ở cổng sau" in "".join(officer.new())
    await officer.says(f"/traloi {code} Đã sửa")
    citizen.new()
    (kept,) = await citizen.edits(message, "/gopy Khác hẳn")
    assert "giữ nguyên" in kept
    assert [w.text for w in await talk.read.words(code)] == ["Đường vỡ ở cổng sau"]


async def test_an_edit_before_sending_changes_the_draft(talk: Talk) -> None:
    citizen = talk.person("c", "telegram")
    await citizen.says(FREE)
    (shown,) = await citizen.edits(citizen.last_message_id, "Đèn đường thôn 3 hỏng cả tháng")
    assert "Đèn đường thôn 3 hỏng cả tháng" in shown
    code = code_in(await citizen.presses("Gửi"))
    assert [w.text for w in await talk.read.words(code)] == ["Đèn đường thôn 3 hỏng cả tháng"]


async def test_an_edit_of_something_else_is_left_alone(talk: Talk) -> None:
    citizen = talk.person("c", "telegram")
    await citizen.says("xin chào")
    assert await citizen.edits(citizen.last_message_id, "chào xã") == []


async def test_words_can_be_added_to_a_named_ticket(talk: Talk) -> None:
    citizen, stranger = talk.person(), talk.person("stranger")
    code = await filed(citizen)
    await citizen.says("/menu")
    await citizen.says(f"/bosung {code} Thêm một chỗ nữa")
    assert [w.text for w in await talk.read.words(code)][1:] == ["Thêm một chỗ nữa"]
    await citizen.says("/menu")
    await citizen.says(f"/bosung {code}")
    await citizen.says("Và một chỗ nữa")
    assert len(await talk.read.words(code)) == 3
    (refused,) = await stranger.says(f"/bosung {code} phá")
    assert "phiếu của mình" in refused
    assert len(await talk.read.words(code)) == 3


async def test_an_answers_choices_are_numbered_from_one_after_a_ticket_was_filed(
    talk: Talk, channel: str
) -> None:
    officer, citizen = await talk.official(), talk.person("c", channel)
    await answered(talk, citizen, officer)
    offered = citizen.letters()[-1].body.choices
    assert [choice.number for choice in offered] == [1, 2, 3, 4, 5]


async def test_a_bare_number_is_no_addition(talk: Talk) -> None:
    citizen = talk.person()
    code = await filed(citizen)
    await citizen.says("77")
    assert len(await talk.read.words(code)) == 1


async def test_an_emergency_in_an_addition_gets_the_numbers_and_joins(talk: Talk) -> None:
    citizen = talk.person()
    code = await filed(citizen)
    numbers, thanks = await citizen.says("Có người bị điện giật, cứu với")
    assert "115" in numbers
    assert code in thanks
    assert len(await talk.read.words(code)) == 2


async def test_more_photos_than_a_ticket_takes_are_told(talk: Talk) -> None:
    citizen = talk.person()
    code = await filed(citizen)
    most = talk.office.commune.limits.photos
    for number in range(most):
        await citizen.photo(ref=f"p{number}")
    (told,) = await citizen.photo(ref="too-many")
    assert f"tối đa {most}" in told
    assert len(await talk.read.files(code)) == most


async def test_a_reply_to_a_letter_about_a_ticket_joins_it(talk: Talk) -> None:
    citizen = talk.person("c", "telegram")
    first = await filed(citizen)
    letter = f"out-{len(talk.channels['telegram'].letters)}"
    second = await filed(citizen)
    await citizen.says("/menu")
    (thanks,) = await citizen.sends("Thêm một chỗ nữa", reply_to=letter)
    assert first in thanks
    assert len(await talk.read.words(first)) == 2
    assert len(await talk.read.words(second)) == 1


async def test_the_way_to_a_procedure_is_offered_where_words_may_have_asked_for_one(
    talk: Talk,
) -> None:
    citizen = talk.person()
    code = await filed(citizen)
    (thanks,) = await citizen.says("tạm trú")
    assert code in thanks
    assert "Đăng ký tạm trú" in thanks
    (guide,) = await citizen.sends(choice="/thutuc 1.004194")
    assert "Giấy tờ cần có" in guide


async def test_after_reading_another_ticket_words_join_the_one_read_last(talk: Talk) -> None:
    citizen = talk.person()
    first, second = await filed(citizen), await filed(citizen)
    await citizen.says(f"/phieu {first}")
    (thanks,) = await citizen.says("Thêm một chỗ nữa cũng vỡ")
    assert first in thanks
    assert len(await talk.read.words(second)) == 1
