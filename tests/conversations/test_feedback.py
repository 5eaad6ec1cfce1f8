import re

import pytest

from messages.envelope import Attachment, AttachmentKind
from storage.tickets import State
from tests.conversations.citizen_scenes import (
    BURNING,
    FREE,
    TROUBLE,
    photo,
    step_of,
    ticket,
    voice,
)
from tests.transcript import Talk, code_in


async def kinds_of_evidence(talk: Talk) -> dict[str, int]:
    today = talk.hands().date()
    return {k: tally.count for k, tally in (await talk.read.tallies(today, today)).items()}


async def test_one_line_files_at_once_and_tells_code_deadline_and_privacy(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("c", channel)
    (letter,) = await citizen.says(f"/gopy {TROUBLE}")
    code = code_in([letter])
    assert "trước 17:00 thứ Ba 08/12/2026" in letter
    assert "/riengtu" in letter
    assert "Phòng Kinh tế" in letter
    filed = await ticket(talk, code)
    assert (filed.kind, filed.category, filed.unit, filed.state) == (
        "feedback",
        "giaothong",
        "kinhte",
        State.NEW,
    )
    assert [one.text for one in await talk.read.words(code)] == [TROUBLE]
    assert (await kinds_of_evidence(talk))["feedback.received"] == 1


@pytest.mark.parametrize(
    "word",
    [
        *("gopy", "/phananh", "#GOPY", "/Feedback", "/gópý", "Phananh"),
        *("/góp ý", "#Phản Ánh", "/PHẢN ÁNH:", "Phản ánh", "góp ý:", "phan anh"),
    ],
)
async def test_each_of_its_words_files(talk: Talk, word: str) -> None:
    citizen = talk.person()
    assert re.search(r"PA2611-\w{4}", (await citizen.says(f"{word} đèn đường hỏng"))[0])


async def test_its_word_begins_another_ticket_beside_the_one_just_filed(talk: Talk) -> None:
    citizen = talk.person()
    first = code_in(await citizen.says("/gopy đèn đường thôn 3 tắt"))
    second = code_in(await citizen.says("Phản ánh nước sinh hoạt đục ở thôn 2"))
    assert second != first
    assert [one.text for one in await talk.read.words(second)] == ["nước sinh hoạt đục ở thôn 2"]


@pytest.mark.parametrize(
    "text", ["Phản ánh của tôi đến đâu rồi?", "góp ý ở đâu", "phản ánh tố cáo ông A nhận hối lộ"]
)
async def test_its_word_files_nothing_that_means_something_else(talk: Talk, text: str) -> None:
    (letter,) = await talk.person().says(text)
    assert not re.search(r"PA2611-\w{4}", letter)


@pytest.mark.parametrize(
    "text", ["góp ý", "Tôi muốn phản ánh", "em muốn góp ý ạ", "toi co viec muon phan anh"]
)
async def test_who_only_says_that_they_want_to_tell_is_asked_what(talk: Talk, text: str) -> None:
    new, other = talk.person("new"), talk.person("other")
    await other.says("/gopy đèn đường thôn 3 tắt")
    for citizen in (new, other):
        (letter,) = await citizen.says(text)
        assert "Giao thông" in letter
        assert "[Gửi]" not in letter


async def test_step_by_step_asks_category_story_photos_place_and_sends(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("c", channel)
    (first,) = await citizen.says("/gopy")
    assert "Giao thông" in first
    (story,) = await citizen.says("1")
    assert "Ví dụ" in story
    (photos,) = await citizen.says(TROUBLE)
    assert "ảnh" in photos
    (received,) = await citizen.photo()
    assert "1 ảnh" in received
    (place,) = await citizen.presses("Tiếp tục")
    assert "ở đâu" in place
    (shown,) = await citizen.says("Trước nhà văn hóa thôn 3")
    for part in (TROUBLE, "Giao thông", "1 ảnh", "Trước nhà văn hóa thôn 3"):
        assert part in shown
    code = code_in(await citizen.presses("Gửi"))
    filed = await ticket(talk, code)
    assert (filed.category, filed.place, filed.anonymous) == (
        "giaothong",
        "Trước nhà văn hóa thôn 3",
        False,
    )
    assert len(await talk.read.files(code)) == 1


async def test_a_typed_title_a_pin_and_no_photo_serve_as_well(talk: Talk) -> None:
    citizen = talk.person("c", "zalo")
    await citizen.says("gopy")
    await citizen.says("giao thong, duong sa, den duong")
    await citizen.says(TROUBLE)
    await citizen.says("không có")
    (shown,) = await citizen.location()
    assert "vị trí" in shown
    filed = await ticket(talk, code_in(await citizen.says("đồng ý")))
    assert (filed.latitude, filed.longitude) == (20.72, 106.66)


async def test_it_can_be_sent_without_the_name(talk: Talk) -> None:
    officer = await talk.official()
    citizen = talk.person("c", "web", "Nguyễn Thị Mơ")
    await citizen.says(FREE)
    code = code_in(await citizen.presses("Gửi ẩn danh"))
    assert (await ticket(talk, code)).anonymous
    assert "Mơ" not in "".join(officer.new())


async def test_free_words_are_shown_for_a_look_before_they_are_sent(talk: Talk) -> None:
    citizen = talk.person("c", "zalo")
    (shown,) = await citizen.says(FREE)
    assert FREE in shown
    assert await talk.read.all_tickets() == []
    code_in(await citizen.says("1"))


async def test_category_and_words_can_be_changed_before_sending(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says(FREE)
    await citizen.presses("Đổi lĩnh vực")
    (shown,) = await citizen.presses("Xây dựng")
    assert "Lĩnh vực: Xây dựng" in shown
    await citizen.presses("Viết lại nội dung")
    (shown,) = await citizen.says("Nhà bên xây lấn ra đường")
    assert "Nhà bên xây lấn ra đường" in shown
    assert "Đèn đường" not in shown
    code = code_in(await citizen.presses("Gửi"))
    assert (await ticket(talk, code)).category == "xaydung"


async def test_photos_are_taken_at_every_step_and_an_album_is_acknowledged_once(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("/gopy")
    assert len(await citizen.photo(ref="a1", album="A")) == 1
    assert await citizen.photo(ref="a2", album="A") == []
    assert await citizen.photo(ref="a3", album="A") == []
    await citizen.says("2")
    assert len(await citizen.photo(ref="b1")) == 1
    await citizen.says("Mất điện suốt từ hôm qua")
    await citizen.says("tiếp tục")
    assert len(await citizen.photo(ref="c1")) == 1
    await citizen.presses("Bỏ qua")
    assert len(await citizen.photo(ref="d1")) == 1
    code = code_in(await citizen.presses("Gửi"))
    assert len(await talk.read.files(code)) == 6


async def test_a_photo_alone_begins_and_its_album_and_caption_join(talk: Talk) -> None:
    citizen = talk.person()
    (asked,) = await citizen.photo(ref="a1", album="A")
    assert "Tôi đã nhận được ảnh" in asked
    assert await citizen.photo(ref="a2", album="A") == []
    (filed,) = await citizen.photo("/gopy rác đổ đầy mương", ref="a3", album="A")
    assert len(await talk.read.files(code_in([filed]))) == 3


async def test_the_rest_of_an_album_joins_the_ticket_that_its_caption_filed(talk: Talk) -> None:
    citizen = talk.person()
    code = code_in(await citizen.photo("/gopy rác đổ đầy mương", ref="a1", album="A"))
    assert await citizen.photo(ref="a2", album="A") == []
    assert await citizen.photo(ref="a3", album="A") == []
    assert len(await talk.read.files(code)) == 3


async def test_an_album_sent_at_once_is_one_message_of_one_ticket(talk: Talk, channel: str) -> None:
    officer = await talk.official(channel=channel)
    citizen = talk.person("c", channel)
    (filed,) = await citizen.album("", "/gopy rác đổ đầy mương", "")
    code = code_in([filed])
    assert len(await talk.read.files(code)) == 3
    (card,) = officer.new()
    assert "3 ảnh" in card
    assert [one.text for one in await talk.read.words(code)] == ["rác đổ đầy mương"]


async def test_the_caption_of_an_album_can_be_edited_wherever_it_stands(talk: Talk) -> None:
    citizen = talk.person()
    code = code_in(await citizen.album("", "/gopy rác đổ đầy mương"))
    await citizen.edits(citizen.last_message_id, "/gopy rác đổ đầy mương thôn 2")
    (words,) = await talk.read.words(code)
    assert (words.text, words.version) == ("rác đổ đầy mương thôn 2", 2)


async def test_more_photos_than_allowed_are_told_and_left_out(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/gopy")
    most = talk.office.commune.limits.photos
    many = tuple(photo(f"p{n}") for n in range(most + 1))
    (told,) = await citizen.sends(attachments=many)
    assert f"tối đa {most} ảnh" in told
    await citizen.says("2")
    await citizen.says("Mất điện suốt từ hôm qua")
    await citizen.says("xong")
    await citizen.presses("Bỏ qua")
    code = code_in(await citizen.presses("Gửi"))
    assert len(await talk.read.files(code)) == most


async def test_a_voice_message_is_a_story_too(talk: Talk) -> None:
    citizen = talk.person("c", "zalo")
    await citizen.says("/gopy")
    await citizen.says("1")
    (photos,) = await citizen.sends(attachments=(voice(),))
    assert "ảnh" in photos
    await citizen.says("không")
    await citizen.presses("Bỏ qua")
    code = code_in(await citizen.presses("Gửi"))
    assert [file.kind for file in await talk.read.files(code)] == ["audio"]


@pytest.mark.parametrize(
    ("command", "kind", "counted"),
    [
        ("/camon", "praise", "feedback.received"),
        ("/sangkien", "initiative", "initiative.received"),
    ],
)
async def test_thanks_and_initiatives_are_tickets_of_their_kind(
    talk: Talk, command: str, kind: str, counted: str
) -> None:
    citizen = talk.person()
    code = code_in(await citizen.says(f"{command} Chị Hoa ở Trung tâm rất tận tình"))
    assert (await ticket(talk, code)).kind == kind
    assert (await kinds_of_evidence(talk))[counted] == 1
    await citizen.says(command)
    assert await step_of(talk, citizen) == ("thanks.whom" if kind == "praise" else "drafting.story")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Tôi kiến nghị xã lắp thêm đèn ở ngõ 5", "petition"),
        ("Gửi lời cảm ơn các anh chị ở một cửa rất nhiệt tình", "praise"),
        ("App báo lỗi hoài, không đăng nhập được", "technical_error"),
        ("Mẹ tôi nằm liệt giường, nhờ cán bộ đến tận nhà làm giấy", "home_service"),
        ("Tôi yêu cầu cung cấp thông tin về ngân sách của xã năm 2026", "information_request"),
    ],
)
async def test_each_kin_of_feedback_keeps_its_kind(talk: Talk, words: str, kind: str) -> None:
    citizen = talk.person()
    await citizen.says(words)
    code = code_in(await citizen.presses("Gửi"))
    assert (await ticket(talk, code)).kind == kind


async def test_a_request_for_information_is_answered_within_the_twelve_days_of_the_law(
    talk: Talk,
) -> None:
    citizen = talk.person()
    await citizen.says("Tôi yêu cầu cung cấp thông tin về ngân sách của xã năm 2026")
    (letter,) = await citizen.presses("Gửi")
    # 23 November and twelve days is Saturday, 5 December: the next working day.
    assert "trước 17:00 thứ Hai 07/12/2026" in letter


async def test_wrong_answers_repeat_the_question_with_an_example(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("/gopy")
    for wrong in ("99", "xyzzy", "Bánh mì"):
        (again,) = await citizen.says(wrong)
        assert "ví dụ 1" in again
        assert "Giao thông" in again
    await citizen.says("1")
    (again,) = await citizen.says("/khongcolenh")
    assert "Ví dụ" in again
    await citizen.says(TROUBLE)
    await citizen.presses("Tiếp tục")
    (again,) = await citizen.says("??")
    assert "Ví dụ: Gần cổng trường" in again
    await citizen.presses("Bỏ qua")
    (again,) = await citizen.says("xyzzy")
    assert "ví dụ" in again
    assert await talk.read.all_tickets() == []


async def test_a_story_told_at_the_category_is_not_asked_for_again(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/gopy")
    (photos,) = await citizen.says("Đường ngõ 5 ngập nước, bà con không đi được")
    assert "ảnh" in photos


async def test_too_long_a_text_is_told_the_limit_and_loses_nothing(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("c", channel)
    (told,) = await citizen.says("/gopy " + "dài " * 25_000)
    assert "4000" in told
    await citizen.says("/gopy")
    await citizen.says("1")
    (told,) = await citizen.says("x" * 100_000)
    assert "4000" in told
    assert await step_of(talk, citizen) == "drafting.story"
    assert await talk.read.all_tickets() == []


async def test_nobody_on_duty_names_the_next_working_hour(talk: Talk) -> None:
    await talk.official(name="Vi Văn Nghỉ", on_duty=False)
    citizen = talk.person()
    talk.hands.move(hours=10)
    (letter,) = await citizen.says(f"/gopy {TROUBLE}")
    # 24 November, the Day of Vietnamese Culture, is a holiday.
    assert "07:30 thứ Tư 25/11/2026" in letter
    await talk.official(name="Đào Thị Trực")
    (letter,) = await citizen.says(f"/gopy {TROUBLE}")
    assert "07:30" not in letter


async def test_an_emergency_gets_the_numbers_first_and_may_then_be_filed(
    talk: Talk, channel: str
) -> None:
    for who, words in (("a", BURNING), ("b", f"/gopy {BURNING}")):
        citizen = talk.person(who, channel)
        numbers, offered = await citizen.says(words)
        for number in ("113", "114", "115"):
            assert number in numbers
        assert BURNING in offered
    code_in(await citizen.presses("Gửi"))
    assert (await kinds_of_evidence(talk))["redirected.emergency"] == 2


async def test_an_emergency_told_step_by_step_gets_the_numbers_at_once(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/gopy")
    await citizen.says("1")
    numbers, question = await citizen.says(BURNING)
    assert "114" in numbers
    assert "ảnh" in question


async def test_more_tickets_a_day_than_allowed_are_refused_until_tomorrow(talk: Talk) -> None:
    citizen = talk.person()
    most = talk.office.commune.limits.tickets_a_day
    for number in range(most):
        code_in(await citizen.says(f"/gopy Đường hỏng chỗ số {number}"))
    (refused,) = await citizen.says("/gopy Đường hỏng thêm chỗ nữa")
    assert "ngày mai" in refused
    talk.hands.move(days=1)
    code_in(await citizen.says("/gopy Đường hỏng thêm chỗ nữa"))


async def test_another_line_beside_a_draft_is_filed_and_the_draft_goes_on(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/gopy")
    await citizen.says("1")
    await citizen.says(TROUBLE)
    (filed,) = await citizen.says("/gopy Mất nước từ sáng")
    code_in([filed])
    assert "/huy" in filed
    await citizen.says("không")
    await citizen.presses("Bỏ qua")
    code = code_in(await citizen.presses("Gửi"))
    assert [one.text for one in await talk.read.words(code)] == [TROUBLE]


async def test_a_one_off_answer_in_between_leaves_the_question_and_its_numbers(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("/gopy")
    await citizen.says("1")
    (answer,) = await citizen.says("/lich")
    assert "/huy" in answer
    (question,) = await citizen.presses("Viết tiếp")
    assert "có việc gì" in question
    (photos,) = await citizen.says(TROUBLE)
    assert "ảnh" in photos


async def test_villages_of_the_commune_are_offered(talk: Talk) -> None:
    commune = talk.office.commune.model_copy(update={"villages": ("Xuân La", "Ngũ Phúc")})
    talk.inbox_worker._office = talk.office.__class__(
        commune, talk.office.catalogue, talk.office.scheme
    )
    citizen = talk.person("c", "zalo")
    await citizen.says(FREE)
    await citizen.presses("Thêm ảnh, địa điểm")
    await citizen.says("1")
    (shown,) = await citizen.says("2")
    assert "Ngũ Phúc" in shown
    code = code_in(await citizen.presses("Gửi"))
    assert (await ticket(talk, code)).village == "Ngũ Phúc"


async def test_a_link_is_no_photo(talk: Talk) -> None:
    citizen = talk.person()
    link = Attachment(AttachmentKind.LINK, ref="https://example.invalid/x")
    (answer,) = await citizen.sends(attachments=(link,))
    assert "chưa nhận được nội dung" in answer
    assert await talk.read.all_tickets() == []
