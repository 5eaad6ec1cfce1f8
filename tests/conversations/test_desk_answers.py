from datetime import date

import pytest

from bot.channels.channel import PersonGone, Refused, SendError, Unknown, WindowClosed
from messages.envelope import Attachment, AttachmentKind
from storage.tickets import Event, Happening, State
from tests.conversations.desk_scenes import UNIT, WORDS, Scene, end_roles, file, scene
from tests.transcript import Somebody, Talk, code_in

ANSWER = "Đã vá ổ gà sáng nay.\nCảm ơn Cụ – 100% xong! <b>{đường}</b>\t😊"
RATINGS = ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")


async def _events(s: Scene) -> list[Event]:
    return [one.event for one in await s.talk.read.history(s.code)]


async def test_the_answer_reaches_the_citizen_word_for_word_with_five_ratings(
    talk: Talk, channel: str
) -> None:
    s = await scene(talk, channel)
    s.forget()
    told = await s.first.says(f"/traloi {s.code} {ANSWER}")
    (answer,) = s.citizen.new()
    assert f"\n{ANSWER}\n" in answer
    choices = s.citizen.letters()[-1].body.choices
    assert [(c.number, c.title) for c in choices] == list(enumerate(RATINGS, start=1))
    assert [c.key for c in choices] == [f"/danhgia {s.code} {n}" for n in range(1, 6)]
    assert f"✓ Đã gửi đến người dân: phiếu {s.code}." in told
    ticket = await s.ticket()
    assert (ticket.state, ticket.answered_at) == (State.RESOLVED, (await _last(s)).at)
    assert ticket.assignee_id == await s.person_id(s.first)
    assert (await _last(s)).on_time is True
    assert (await _last(s)).note == ANSWER


async def _last(s: Scene) -> Happening:
    return (await s.talk.read.history(s.code))[-1]


async def test_the_typed_number_under_an_answer_is_the_rating(talk: Talk) -> None:
    s = await scene(talk, "zalo")
    await s.first.says(f"/traloi {s.code} {ANSWER}")
    await s.citizen.says("5")
    assert (await s.ticket()).rating == 5


async def test_an_answer_asked_for_is_taken_from_the_next_message(talk: Talk, channel: str) -> None:
    s = await scene(talk, channel)
    await s.first.says(f"/nhan {s.code}")
    await s.first.presses("Trả lời")
    s.forget()
    await s.first.says(ANSWER)
    assert ANSWER in "".join(s.citizen.new())
    assert await _events(s) == [Event.RECEIVED, Event.CLAIMED, Event.ANSWERED]


@pytest.mark.parametrize("wrong", ["", "   ", "/tralio x"])
async def test_what_is_no_answer_is_not_sent_and_asked_for_again(talk: Talk, wrong: str) -> None:
    s = await scene(talk)
    await s.first.says(f"/traloi {s.code}")
    s.forget()
    (again,) = await s.first.says(wrong)
    assert f"Xin viết câu trả lời cho phiếu {s.code}." in again
    assert s.citizen.new() == []
    await s.first.says(ANSWER)
    assert ANSWER in "".join(s.citizen.new())


async def test_a_ticket_that_a_colleague_has_cannot_be_answered(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/nhan {s.code}")
    s.forget()
    for words in ("traloi {} x", "hoi {} x", "chuyen {} vp", "tuchoi {} x"):
        (told,) = await s.second.says("/" + words.format(s.code))
        assert f"Đào Thị Trực đã nhận phiếu {s.code} rồi." in told
    assert s.citizen.new() == []
    assert (await s.ticket()).state is State.IN_PROGRESS


async def test_a_late_answer_is_late(talk: Talk) -> None:
    s = await scene(talk)
    talk.hands.move(days=30)
    told = await s.first.says(f"/traloi {s.code} {ANSWER}")
    assert "quá hạn" in "".join(told)
    assert (await _last(s)).on_time is False
    tallies = await talk.read.tallies(*_days(talk))
    assert (tallies["feedback.answered"].count, tallies["feedback.answered"].total) == (1, 0)


def _days(talk: Talk) -> tuple[date, date]:
    """From the first of November to now."""
    return date(2026, 11, 1), talk.hands.now.date()


async def test_an_answer_at_the_very_deadline_is_in_time(talk: Talk) -> None:
    s = await scene(talk)
    talk.hands.now = (await s.ticket()).due_at
    talk.hands.move(milliseconds=-2)
    await s.first.says(f"/traloi {s.code} {ANSWER}")
    assert (await _last(s)).on_time is True


@pytest.mark.parametrize(
    ("error", "news"),
    [
        (WindowClosed("-230"), "đang được giữ lại"),
        (Refused("-217 not allowed"), "-217 not allowed"),
        (PersonGone("-213"), "đã chặn hoặc bỏ quan tâm"),
        (Unknown("timeout"), "không rõ tin đã đến"),
    ],
)
async def test_the_officer_hears_what_became_of_the_answer(
    talk: Talk, error: SendError, news: str
) -> None:
    s = await scene(talk, "zalo")
    officer = await talk.official(unit=UNIT, name="Hà Thị Chung", channel="web")
    talk.channels["zalo"].failing.append(error)
    told = "\n".join(await officer.says(f"/traloi {s.code} {ANSWER}"))
    assert news in told
    assert s.code in told.partition(news)[0][-200:]
    assert "✓" not in told


async def test_a_held_answer_goes_out_when_the_citizen_writes_and_the_officer_hears_it(
    talk: Talk,
) -> None:
    s = await scene(talk, "zalo")
    officer = await talk.official(unit=UNIT, name="Hà Thị Chung", channel="web")
    talk.channels["zalo"].failing.append(WindowClosed("-230"))
    await officer.says(f"/traloi {s.code} {ANSWER}")
    s.forget()
    officer.forgets()
    letters = await s.citizen.says("/phieu")
    assert ANSWER in "".join(letters)
    assert "✓ Đã gửi đến người dân" in "".join(officer.new())


async def test_news_of_a_letter_leaves_the_officers_question_and_numbers_alone(talk: Talk) -> None:
    s = await scene(talk, "zalo")
    other = await file(talk, talk.person("second"), "Đường thôn 5 ngập nước, bà con đi lại khó")
    talk.channels["zalo"].failing.clear()
    await s.first.says(f"/tuchoi {other}")
    talk.channels["web"].failing.append(Refused("no"))
    await talk.settle()
    number = next(c.number for c in s.first.letters()[-1].body.choices if "xác minh" in c.title)
    await s.first.says(str(number))
    await s.first.says("1")
    ticket = await talk.read.ticket(other)
    assert ticket is not None
    assert ticket.state is State.REJECTED


async def test_a_question_waits_for_the_citizen_whose_words_join_the_ticket(
    talk: Talk, channel: str
) -> None:
    s = await scene(talk, channel)
    s.forget()
    await s.first.says(f"/hoi {s.code} Ổ gà ở trước nhà số mấy ạ?")
    assert "\nỔ gà ở trước nhà số mấy ạ?\n" in "".join(s.citizen.new())
    assert (await s.ticket()).state is State.NEED_INFO
    s.first.forgets()
    await s.citizen.says("Trước nhà số 12")
    assert "Trước nhà số 12" in "".join(s.first.new())
    assert (await s.ticket()).state is State.IN_PROGRESS
    words = [one.text for one in await talk.read.words(s.code)]
    assert words == [WORDS, "Trước nhà số 12"]


async def test_a_question_without_words_asks_for_them(talk: Talk) -> None:
    s = await scene(talk)
    s.forget()
    await s.first.says(f"hỏi {s.code}")
    assert (await s.ticket()).state is State.NEW
    await s.first.says("Nhà số mấy ạ?")
    assert "Nhà số mấy ạ?" in "".join(s.citizen.new())


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("3", "Không xác minh được sự việc"),
        ("khong_tham_quyen", "Không thuộc thẩm quyền của xã"),
        (
            "khong_tham_quyen Đường này của tỉnh",
            "Không thuộc thẩm quyền của xã\nĐường này của tỉnh",
        ),
        ("Việc này do điện lực làm", "Việc này do điện lực làm"),
        ("12 hộ dân đã được trả lời", "12 hộ dân đã được trả lời"),
    ],
)
async def test_a_refusal_tells_the_citizen_its_reason_and_whom_to_ask(
    talk: Talk, typed: str, reason: str
) -> None:
    s = await scene(talk)
    s.forget()
    await s.first.says(f"/tuchoi {s.code} {typed}")
    (letter,) = s.citizen.new()
    assert reason in letter
    assert "xin ông/bà hỏi Phòng Kinh tế" in letter
    ticket = await s.ticket()
    assert ticket.state is State.REJECTED
    assert ticket.closed_at is not None
    assert (await _last(s)).note == reason


async def test_a_refusal_needs_a_reason_which_may_be_chosen_or_written(
    talk: Talk, channel: str
) -> None:
    s = await scene(talk, channel)
    other = await file(talk, s.citizen, "Đường thôn 5 ngập nước, bà con đi lại rất khó khăn")
    s.forget()
    await s.first.says(f"/tuchoi {s.code}")
    assert (await s.ticket()).state is State.NEW
    await s.first.presses("Không xác minh được")
    await s.first.presses("Có, từ chối")
    assert "Không xác minh được sự việc" in "".join(s.citizen.new())
    await s.first.says(f"/tuchoi {other}")
    await s.first.says("Đường này đã có dự án sửa trong tháng tới")
    await s.first.says("có")
    assert "đã có dự án sửa" in "".join(s.citizen.new())


@pytest.mark.parametrize("said", ["2", "không", "/huy", "/viec"])
async def test_a_refusal_asked_for_is_asked_once_more_and_nothing_happens_without_a_yes(
    talk: Talk, said: str
) -> None:
    s = await scene(talk)
    s.forget()
    await s.first.says(f"/tuchoi {s.code}")
    await s.first.says("Không xác minh được")
    (again,) = await s.first.says("để xem đã")
    assert s.code in again
    await s.first.says(said)
    assert (await s.ticket()).state is State.NEW
    assert s.citizen.new() == []


async def test_who_lost_the_role_meanwhile_refuses_nothing(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/tuchoi {s.code}")
    await s.first.presses("Không xác minh được")
    await end_roles(talk, "Đào Thị Trực")
    await s.first.sends(choice="refuse:yes")
    assert (await s.ticket()).state is State.NEW


async def test_refused_as_complaint_or_denunciation_gives_the_directions(talk: Talk) -> None:
    s = await scene(talk)
    s.forget()
    await s.first.says(f"/tuchoi {s.code} don_khieu_nai_to_cao")
    letter = "".join(s.citizen.new())
    assert "Khiếu nại phải gửi bằng đơn" in letter
    assert "Tố cáo chỉ được gửi bằng đơn" in letter
    assert "Nơi tiếp công dân" in letter


async def test_a_ticket_closes_quietly_and_cannot_be_answered_then(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/traloi {s.code} {ANSWER}")
    s.forget()
    await talk.pass_time(days=6)
    assert (await s.ticket()).state is State.RESOLVED
    await talk.pass_time(days=1, minutes=1)
    ticket = await s.ticket()
    assert ticket.state is State.CLOSED
    assert ticket.closed_at is not None
    assert s.citizen.new() == []
    assert s.first.new() == []
    (told,) = await s.first.says(f"/traloi {s.code} Thêm một câu")
    assert f"phiếu {s.code} đã đóng" in told
    assert s.citizen.new() == []
    assert (await s.ticket()).state is State.CLOSED


async def test_a_second_answer_is_sent_as_a_correction_and_counts_once(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/traloi {s.code} {ANSWER}")
    answered_at = (await s.ticket()).answered_at
    s.forget()
    await s.first.says(f"/traloi {s.code} Xin đính chính: vá xong lúc 15 giờ")
    letter = "".join(s.citizen.new())
    assert "Đính chính" in letter
    assert "Xin đính chính: vá xong lúc 15 giờ" in letter
    assert (await s.ticket()).answered_at == answered_at
    tallies = await talk.read.tallies(*_days(talk))
    assert tallies["feedback.answered"].count == 1
    now = talk.hands()
    counts = await talk.read.ticket_counts(now.replace(day=1), now, now)
    assert (counts.answered, counts.answered_on_time, counts.late) == (1, 1, 0)


async def test_an_edit_of_a_sent_answer_changes_nothing_and_tells_how_to_correct(
    talk: Talk,
) -> None:
    s = await scene(talk)
    await s.first.says(f"/traloi {s.code} {ANSWER}")
    answer_id = s.first.last_message_id
    s.forget()
    (told,) = await s.first.edits(answer_id, f"/traloi {s.code} Một câu khác")
    assert "không làm đổi nội dung đã gửi" in told
    assert f"/traloi {s.code}" in told
    assert s.citizen.new() == []
    assert (await _last(s)).note == ANSWER


async def _card_id(talk: Talk, officer: Somebody, code: str) -> str:
    """The platform's id of the card that an officer got."""
    sent = talk.channels[officer.address.channel].letters
    number = next(
        number
        for number, letter in enumerate(sent, start=1)
        if letter.to == officer.address and f"Phiếu mới {code}" in letter.body.text
    )
    return f"out-{number}"


async def test_a_reply_to_the_card_is_the_answer(talk: Talk) -> None:
    s = await scene(talk, "telegram")
    card = await _card_id(talk, s.second, s.code)
    s.forget()
    await s.second.sends(ANSWER, reply_to=card)
    assert f"\n{ANSWER}\n" in "".join(s.citizen.new())
    assert (await s.ticket()).assignee_id == await s.person_id(s.second)


async def test_a_reply_to_the_card_is_no_answer_of_a_stranger_or_a_revoked_officer(
    talk: Talk,
) -> None:
    s = await scene(talk, "telegram")
    card = await _card_id(talk, s.second, s.code)
    s.forget()
    await s.citizen.sends(ANSWER, reply_to=card)
    await talk.person("stranger", "telegram").sends(ANSWER, reply_to=card)
    assert (await s.ticket()).state is State.NEW


async def test_a_reply_to_a_card_is_for_that_ticket_whatever_was_asked_before(talk: Talk) -> None:
    s = await scene(talk, "telegram")
    other = await file(talk, talk.person("second", "telegram"), "Đường thôn 5 ngập nước, khó đi")
    card = await _card_id(talk, s.second, s.code)
    await s.second.says(f"/traloi {other}")
    s.forget()
    await s.second.sends(ANSWER, reply_to=card)
    assert ANSWER in "".join(s.citizen.new())
    unanswered = await talk.read.ticket(other)
    assert unanswered is not None
    assert unanswered.state is State.NEW


async def test_a_command_or_a_photo_alone_in_reply_to_the_card_is_no_answer(talk: Talk) -> None:
    s = await scene(talk, "telegram")
    card = await _card_id(talk, s.second, s.code)
    s.forget()
    photo = Attachment(AttachmentKind.IMAGE, ref="photo-9")
    (told,) = await s.second.sends(attachments=(photo,), reply_to=card)
    assert "Chỉ có ảnh" in told
    await s.second.sends(f"/nhan {s.code}", reply_to=card)
    assert s.citizen.new() == []
    assert await _events(s) == [Event.RECEIVED, Event.CLAIMED]


async def test_an_officer_who_replies_to_an_answer_of_their_own_ticket_answers_nobody(
    talk: Talk,
) -> None:
    s = await scene(talk, "telegram")
    s.forget()
    code = await file(talk, s.first, "Đường thôn 5 ngập nước, bà con đi lại khó")
    await s.second.says(f"/traloi {code} {ANSWER}")
    sent = talk.channels["telegram"].letters
    number = next(
        number
        for number, letter in enumerate(sent, start=1)
        if letter.to == s.first.address and ANSWER in letter.body.text
    )
    s.forget()
    await s.first.sends("Cảm ơn đồng nghiệp", reply_to=f"out-{number}")
    history = await talk.read.history(code)
    assert [one.event for one in history].count(Event.ANSWERED) == 1


async def test_a_photo_goes_along_on_the_same_channel_and_is_named_where_it_cannot(
    talk: Talk,
) -> None:
    s = await scene(talk, "telegram")
    s.forget()
    told = await s.first.photo(f"/traloi {s.code} {ANSWER}", ref="AgACAgUAAx")
    body = s.citizen.letters()[-1].body
    assert ANSWER in body.text
    assert [one.ref for one in body.attachments] == ["AgACAgUAAx"]
    assert "không gửi kèm được" not in "".join(told)
    code = code_in(await talk.person("other", "zalo").says(f"/gopy {WORDS}"))
    told = await s.first.photo(f"/traloi {code} {ANSWER}", ref="AgACAgUAAx")
    assert "Ảnh không gửi kèm được vì người dân dùng kênh Zalo." in "".join(told)
    assert talk.channels["zalo"].letters[-1].body.attachments == ()
    assert ANSWER in talk.channels["zalo"].letters[-1].body.text


async def test_an_answer_cannot_be_lost_by_a_withdrawal_that_came_first(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/traloi {s.code}")
    await s.citizen.says(f"/rutphieu {s.code}")
    await s.citizen.says("1")
    assert (await s.ticket()).state is State.WITHDRAWN
    s.forget()
    (told,) = await s.first.says(ANSWER)
    assert "người dân đã rút" in told
    assert s.citizen.new() == []
