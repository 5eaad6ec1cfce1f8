from datetime import UTC, datetime

import pytest

from storage.reader import Reader
from storage.tickets import State, Ticket
from tests.conversations.citizen_scenes import TROUBLE, answered, state, step_of, ticket
from tests.transcript import Talk, code_in


async def test_the_list_tells_state_and_deadline_of_each(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    (none,) = await citizen.says("/phieu")
    assert "chưa có phiếu" in none
    first = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    second = code_in(await citizen.says("/gopy Mất nước từ sáng"))
    (listed,) = await citizen.says("/phieu")
    assert listed.index(second) < listed.index(first)
    assert "08/12/2026" in listed
    (shown,) = await citizen.presses(first)
    assert TROUBLE in shown


@pytest.mark.parametrize(
    "text",
    [
        "Phản ánh của tôi đến đâu rồi?",
        "phan anh cua em xu ly den dau roi a",
        "góp ý hôm trước bao giờ có kết quả",
        "phiếu của tôi giải quyết xong chưa",
    ],
)
async def test_who_asks_what_became_of_it_is_shown_their_tickets(talk: Talk, text: str) -> None:
    citizen = talk.person()
    assert "chưa có phiếu" in (await citizen.says(text))[0]
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    (listed,) = await citizen.says(text)
    assert "mới nhất trước" in listed
    assert [one.text for one in await talk.read.words(code)] == [TROUBLE]


@pytest.mark.parametrize(
    "text", ["Phản ánh của tôi là đèn đường hỏng ba hôm nay", "phản ánh đường hỏng chưa ai sửa"]
)
async def test_what_only_sounds_like_that_question_is_no_question(talk: Talk, text: str) -> None:
    assert "chưa có phiếu" not in (await talk.person().says(text))[0]


async def test_its_owner_reads_words_history_and_answer(talk: Talk, channel: str) -> None:
    officer, citizen = await talk.official(), talk.person("c", channel)
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    await officer.says(f"/ghichu {code} Nội bộ: gọi anh Hải trước")
    await officer.says(f"/traloi {code} Đã cho vá xong hôm nay.")
    citizen.new()
    (shown,) = await citizen.says(code.lower())
    for part in (TROUBLE, "đã trả lời", "Đã cho vá xong hôm nay.", "tiếp nhận"):
        assert part in shown
    assert "Nội bộ" not in shown


@pytest.mark.parametrize(
    "typed", ["{code}", "/phieu {code}", "phieu {code}", " {code} ", "# phieu {code}"]
)
async def test_a_code_is_read_however_it_is_typed(talk: Talk, typed: str) -> None:
    citizen = talk.person()
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    misread = code.lower().replace("0", "o").replace("1", "l")
    (shown,) = await citizen.says(typed.format(code=misread))
    assert TROUBLE in shown


async def test_a_stranger_reads_the_state_alone(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel, "Bà Mận")
    code = code_in(await citizen.photo(f"/gopy {TROUBLE}"))
    stranger = talk.person("stranger", channel)
    (shown,) = await stranger.says(f"/phieu {code}")
    assert shown.splitlines()[0] == f"Phiếu {code}: mới"
    for secret in (TROUBLE, "Mận", "ảnh", "Phòng Kinh tế", "trước"):
        assert secret not in shown
    (unknown,) = await stranger.says("/phieu PA2611-ZZZZ")
    assert "Không có phiếu" in unknown


class Counting(Reader):
    """A reader that notes what it is asked."""

    asked: list[str]

    async def ticket(self, code: str) -> Ticket | None:
        self.asked.append("ticket")
        return await super().ticket(code)

    def __getattribute__(self, name: str) -> object:
        if name in {"words", "history", "files", "tickets_of", "name_of", "officers"}:
            object.__getattribute__(self, "asked").append(name)
        return object.__getattribute__(self, name)


async def test_an_unknown_code_asks_the_store_as_much_as_a_strangers(talk: Talk) -> None:
    code = code_in(await talk.person().says(f"/gopy {TROUBLE}"))
    reader = Counting(talk.store)
    talk.inbox_worker._reader = reader
    stranger = talk.person("stranger")
    asked = []
    for one in (code, "PA2611-ZZZZ"):
        reader.asked = []
        await stranger.says(f"/phieu {one}")
        asked.append(reader.asked)
    assert asked == [["ticket"], ["ticket"]]


async def test_in_a_group_even_the_owner_is_shown_no_words(talk: Talk) -> None:
    citizen = talk.person("c", "telegram")
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    await citizen.sends(f"/phieu {code}", group="-100")
    letters = [one for one in talk.channels["telegram"].letters if one.body.group]
    assert code in letters[-1].body.text
    assert TROUBLE not in letters[-1].body.text


async def test_its_officer_sees_all_of_it(talk: Talk) -> None:
    officer = await talk.official(unit="kinhte")
    code = code_in(await talk.person().says(f"/gopy {TROUBLE}"))
    officer.forgets()
    (shown,) = await officer.says(f"/phieu {code}")
    assert TROUBLE in shown


async def test_withdrawing_is_asked_once_more_and_told_to_the_officer(
    talk: Talk, channel: str
) -> None:
    officer, citizen = await talk.official(), talk.person("c", channel)
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    officer.forgets()
    await citizen.says(f"/rutphieu {code}")
    (again,) = await citizen.says("hả")
    assert "ví dụ" in again
    (kept,) = await citizen.says("không")
    assert "giữ nguyên" in kept
    assert await state(talk, code) is State.NEW
    await citizen.says(f"/phieu {code}")
    await citizen.presses("Rút phiếu")
    (gone,) = await citizen.says("1")
    assert "Đã rút phiếu" in gone
    assert await state(talk, code) is State.WITHDRAWN
    assert code in "".join(officer.new())
    today = talk.hands().date()
    assert (await talk.read.tallies(today, today))["feedback.withdrawn"].count == 1
    (late,) = await citizen.says(f"/rutphieu {code}")
    assert "đã kết thúc" in late


async def test_news_of_a_ticket_that_has_ended_offers_only_to_show_it(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person()
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    await citizen.says(f"/rutphieu {code}")
    await citizen.says("có")
    news = officer.letters()[-1].body
    assert "rút phiếu" in news.text
    assert [choice.key for choice in news.choices] == [f"/phieu {code}"]


async def test_nobody_withdraws_or_reopens_anothers_ticket(talk: Talk) -> None:
    officer, citizen, stranger = await talk.official(), talk.person(), talk.person("stranger")
    code = await answered(talk, citizen, officer)
    for command in ("/rutphieu", "/molai"):
        (refused,) = await stranger.says(f"{command} {code}")
        (unknown,) = await stranger.says(f"{command} PA2611-ZZZZ")
        assert refused == unknown
    assert await state(talk, code) is State.RESOLVED


async def test_an_answer_can_be_contested_within_the_days_and_rises_a_level(
    talk: Talk, channel: str
) -> None:
    officer, citizen = await talk.official(), talk.person("c", channel)
    code = await answered(talk, citizen, officer)
    talk.hands.move(days=2)
    (told,) = await citizen.says(f"/molai {code}")
    assert "xem lại" in told
    again = await ticket(talk, code)
    assert (again.state, again.level, again.assignee_id) == (State.ASSIGNED, 1, None)
    # Reopened on Wednesday 25 November: ten working days later.
    assert again.due_at == datetime(2026, 12, 9, 10, 0, tzinfo=UTC)
    (card,) = officer.new()
    assert code in card
    assert TROUBLE in card
    await citizen.says("Vá xong lại vỡ ngay hôm sau")
    assert "Vá xong lại vỡ" in "".join(officer.new())
    (already,) = await citizen.says(f"/molai {code}")
    assert "đang được xử lý" in already
    day = talk.hands().date()
    assert (await talk.read.tallies(day, day))["feedback.reopened"].count == 1


async def test_the_reason_can_stand_behind_the_code(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person()
    code = await answered(talk, citizen, officer)
    await citizen.says(f"/molai {code} Vá xong lại vỡ")
    assert "Vá xong lại vỡ" in "".join(officer.new())
    assert "Vá xong lại vỡ" in "".join(h.note for h in await talk.read.history(code))


async def test_after_the_days_it_is_too_late(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person()
    code = await answered(talk, citizen, officer)
    await talk.pass_time(days=talk.office.commune.limits.reopen_days, minutes=1)
    (late,) = await citizen.says(f"/molai {code}")
    assert "7 ngày" in late
    assert await state(talk, code) is State.CLOSED


async def test_after_an_answer_new_words_are_asked_about(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person()
    code = await answered(talk, citizen, officer)
    (question,) = await citizen.says("Chỗ đó vẫn còn vỡ lắm")
    assert code in question
    await citizen.presses("Đề nghị xem lại")
    assert await state(talk, code) is State.ASSIGNED


@pytest.mark.parametrize("word", ["/rutphieu", "/molai", "/bosung", "/phieu 123", "/danhgia"])
async def test_without_a_code_an_example_is_given(talk: Talk, word: str) -> None:
    citizen = talk.person()
    (answer,) = await citizen.says(word)
    assert "PA2611-7K3M" in answer or "Hiện không có" in answer
    assert await step_of(talk, citizen) == ""
