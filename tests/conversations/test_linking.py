"""One person at several channels: joined by a code, one history, taken apart again."""

import re

import pytest
from sqlalchemy import select

from storage import tables
from storage.joining import MOST
from storage.tickets import State
from tests.conversations.citizen_scenes import TROUBLE, person_of, step_of, ticket
from tests.conversations.test_surveys import satisfied
from tests.transcript import Somebody, Talk, code_in

CODE = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\b")
PAIRS = [("web", "zalo"), ("zalo", "telegram"), ("telegram", "web")]


async def code_of(somebody: Somebody) -> str:
    """Let somebody ask for a code."""
    letters = await somebody.says("/lienket")
    found = CODE.search(letters[-1])
    assert found
    return found[1]


async def together(talk: Talk, somebody: Somebody) -> set[str]:
    """Name every address of somebody's, by its id on its channel."""
    people = tables.people
    async with talk.store.reading() as connection:
        id_ = (
            await connection.execute(
                select(people.c.id).where(people.c.address == somebody.address.id)
            )
        ).scalar_one()
    return {one.to.id for one in await talk.read.addresses(id_)}


async def joined(talk: Talk, one: str = "web", other: str = "zalo") -> tuple[Somebody, Somebody]:
    """Give the two addresses of one human being."""
    first = talk.person("bà", one, "Nguyễn Thị Bà")
    second = talk.person("bà-2", other, "Bà Trên Máy Kia")
    code = await code_of(first)
    (told,) = await second.says(code)
    assert "đã liên kết" in told
    assert "đã liên kết" in "".join(first.new())
    return first, second


@pytest.mark.parametrize(("one", "other"), PAIRS)
@pytest.mark.parametrize("written", ["{}", "/lienket {}", "lien ket {}", "/start {}"])
async def test_a_code_of_one_channel_joins_the_other(
    talk: Talk, one: str, other: str, written: str
) -> None:
    first, second = talk.person("a", one), talk.person("b", other)
    earlier = code_in(await first.says(f"/gopy {TROUBLE}"))
    code = await code_of(first)
    (told,) = await second.says(written.format(code.lower()))
    assert "đã liên kết" in told
    later = code_in(await second.says("/gopy Cống tắc trước chợ, nước tràn ra đường"))
    for somebody in (first, second):
        mine = (await somebody.says("/phieu"))[-1]
        assert earlier in mine
        assert later in mine
    (shown,) = await second.says(f"/phieu {earlier}")
    assert TROUBLE in shown


async def test_a_code_works_once_and_not_for_its_own_channel(talk: Talk) -> None:
    first, second, thief = (talk.person(id_) for id_ in ("a", "b", "c"))
    code = await code_of(first)
    (own,) = await first.says(f"/lienket {code}")
    assert "trên kênh kia" in own
    await second.says(f"/lienket {code}")
    (refused,) = await thief.says(f"/lienket {code}")
    assert "không đúng hoặc đã hết hạn" in refused
    assert len(await together(talk, first)) == 2


async def test_a_code_lapses_and_a_new_one_takes_its_place(talk: Talk) -> None:
    first, second = talk.person("a"), talk.person("b")
    old = await code_of(first)
    new = await code_of(first)
    (refused,) = await second.says(f"/lienket {old}")
    assert "không đúng" in refused
    talk.hands.move(minutes=11)
    (refused,) = await second.says(f"/lienket {new}")
    assert "không đúng" in refused


async def test_who_guesses_codes_is_stopped_even_with_the_right_one(talk: Talk) -> None:
    first, guesser = talk.person("a"), talk.person("b")
    for number in range(5):
        await guesser.says(f"/lienket 2222222{number}")
    code = await code_of(first)
    (refused,) = await guesser.says(f"/lienket {code}")
    assert "nhập sai mã quá nhiều lần" in refused
    assert len(await together(talk, first)) == 1
    talk.hands.move(hours=1, minutes=1)
    (told,) = await guesser.says(f"/lienket {await code_of(first)}")
    assert "đã liên kết" in told


async def test_the_answer_goes_where_the_person_wrote_last_and_is_rated_there(talk: Talk) -> None:
    officer = await talk.official()
    first, second = await joined(talk)
    code = code_in(await first.says(f"/gopy {TROUBLE}"))
    await second.says("xin chào")
    first.forgets()
    second.forgets()
    await officer.says(f"/traloi {code} Đã vá xong.")
    assert first.new() == []
    assert "Đã vá xong." in "".join(second.new())
    await second.says("5")
    assert (await ticket(talk, code)).rating == 5


async def test_an_officers_question_is_answered_from_the_other_channel(talk: Talk) -> None:
    officer = await talk.official()
    first, second = await joined(talk)
    code = code_in(await first.says(f"/gopy {TROUBLE}"))
    await second.says("xin chào")
    await officer.says(f"/hoi {code} Ở đoạn nào ạ?")
    await second.says("Đoạn trước cổng trường cấp hai")
    assert "Đoạn trước cổng trường cấp hai" in [one.text for one in await talk.read.words(code)]


async def test_a_closed_channel_is_not_written_to_where_there_is_another(talk: Talk) -> None:
    officer = await talk.official()
    first, second = await joined(talk, "web", "telegram")
    code = code_in(await first.says(f"/gopy {TROUBLE}"))
    await second.says("xin chào")
    object.__setattr__(talk.office, "channels", ("web", "zalo"))
    try:
        first.forgets()
        await officer.says(f"/traloi {code} Đã vá xong.")
        assert "Đã vá xong." in "".join(first.new())
    finally:
        object.__setattr__(talk.office, "channels", ("web", "zalo", "telegram"))


async def test_the_officer_sees_one_history(talk: Talk) -> None:
    officer = await talk.official()
    first, second = await joined(talk)
    earlier = code_in(await first.says(f"/gopy {TROUBLE}"))
    officer.forgets()
    later = code_in(await second.says("/gopy Cống tắc trước chợ, nước tràn ra đường"))
    (card,) = officer.new()
    assert f"- {earlier}: " in card
    assert "Web, Zalo" in card
    (shown,) = await officer.says(f"/phieu {earlier}")
    assert f"- {later}: " in shown


async def test_what_was_sent_without_a_name_is_told_beside_no_name(talk: Talk) -> None:
    officer = await talk.official()
    first, second = await joined(talk)
    await first.says("/gopy")
    await first.says("1")
    hidden = await anonymous(talk, first)
    officer.forgets()
    named = code_in(await second.says("/gopy Cống tắc trước chợ, nước tràn ra đường"))
    (card,) = officer.new()
    assert hidden not in card
    assert hidden not in "".join(await officer.says(f"/phieu {named}"))
    await second.says(f"/bosung {hidden} Thêm: hỏng cả đoạn sau chợ")
    shown = (await officer.says(f"/phieu {hidden}"))[-1]
    assert "Thêm: hỏng cả đoạn sau chợ" in shown
    assert named not in shown
    assert "Bà Trên Máy Kia" not in shown
    await second.says("/golienket")
    shown = (await officer.says(f"/phieu {hidden}"))[-1]
    assert "Bà Trên Máy Kia" not in shown
    assert "Nguyễn Thị Bà" not in shown


async def anonymous(talk: Talk, somebody: Somebody) -> str:
    """Go on with a draft and send it without a name."""
    for said in ("Đường vỡ trước chợ, đi rất khó", "Tiếp tục", "Bỏ qua"):
        await somebody.says(said)
    await somebody.presses("Gửi ẩn danh")
    (found,) = [one for one in await talk.read.all_tickets() if one.anonymous]
    return found.code


async def test_nobody_answers_their_own_ticket_through_another_channel(talk: Talk) -> None:
    officer = await talk.official(channel="zalo")
    phone = talk.person("phone", "web")
    await officer.says(f"/lienket {await code_of(phone)}")
    code = code_in(await phone.says(f"/gopy {TROUBLE}"))
    officer.forgets()
    (refused,) = await officer.says(f"/traloi {code} Đã xong")
    assert "đồng nghiệp" in refused
    assert (await ticket(talk, code)).answered_at is None
    # An office is held on the channel where the invitation was taken.
    assert not (await person_of(talk, phone)).roles


async def test_who_answered_a_survey_is_not_asked_on_another_channel(talk: Talk) -> None:
    older, younger = talk.person("older", "zalo"), talk.person("younger")
    await older.says("/menu")
    assert "cảm ơn" in await satisfied(younger)
    await younger.says(f"/lienket {await code_of(older)}")
    again = (await older.says("/khaosat hailong"))[-1]
    assert "đã trả lời" in again


async def test_what_an_officer_took_on_one_channel_is_theirs_on_the_other(talk: Talk) -> None:
    desk = await talk.official(unit="kinhte", name="Đào Thị Trực")
    phone = await talk.official(unit="kinhte", name="Đào Thị Trực", channel="zalo")
    await phone.says(f"/lienket {await code_of(desk)}")
    code = code_in(await talk.person().says(f"/gopy {TROUBLE}"))
    await desk.says(f"/nhan {code}")
    told = (await phone.says(f"/nhan {code}"))[-1]
    assert "Đã nhận phiếu" in told
    assert "Đào Thị Trực đã nhận" not in told
    await phone.says(f"/traloi {code} Đã vá xong")
    assert (await ticket(talk, code)).state is State.RESOLVED


async def test_a_telephone_number_left_on_one_channel_helps_with_tickets_of_the_other(
    talk: Talk,
) -> None:
    officer = await talk.official()
    first, second = await joined(talk)
    await first.says("/sodienthoai 0912345678")
    code = code_in(await second.says(f"/gopy {TROUBLE}"))
    assert "0912 345 678" in (await officer.says(f"/phieu {code}"))[-1]


async def test_taken_apart_each_shows_its_own_again_and_both_are_told(talk: Talk) -> None:
    first, second = await joined(talk)
    one = code_in(await first.says(f"/gopy {TROUBLE}"))
    other = code_in(await second.says("/gopy Cống tắc trước chợ, nước tràn ra đường"))
    first.forgets()
    await second.says("/golienket")
    assert "đã bỏ liên kết" in "".join(first.new())
    (mine,) = await first.says("/phieu")
    assert one in mine
    assert other not in mine
    (shown,) = await second.says(f"/phieu {one}")
    assert TROUBLE not in shown
    (alone,) = await first.says("/golienket")
    assert "chưa liên kết" in alone


async def test_three_channels_stay_one_when_the_first_leaves(talk: Talk) -> None:
    first, second = await joined(talk)
    third = talk.person("bà-3", "telegram")
    await third.says(f"/lienket {await code_of(second)}")
    assert len(await together(talk, third)) == 3
    await first.says("/golienket")
    assert len(await together(talk, first)) == 1
    assert await together(talk, second) == {"bà-2", "bà-3"}
    await third.says("/golienket")
    assert len(await together(talk, second)) == 1


async def test_two_that_are_joined_are_told_so_and_a_crowd_is_refused(talk: Talk) -> None:
    first, second = await joined(talk)
    (already,) = await second.says(f"/lienket {await code_of(first)}")
    assert "liên kết rồi" in already
    for number in range(MOST - 2):
        await talk.person(f"more-{number}").says(f"/lienket {await code_of(first)}")
    (refused,) = await talk.person("last").says(f"/lienket {await code_of(first)}")
    assert str(MOST) in refused
    assert len(await together(talk, first)) == MOST


async def test_erasure_asks_for_every_channel_that_is_joined(talk: Talk) -> None:
    officer = await talk.official(unit="vp")
    first, second = await joined(talk)
    code = code_in(await first.says(f"/gopy {TROUBLE}"))
    (question,) = await second.says("/xoadulieu")
    assert "trang web của xã" in question
    officer.forgets()
    await second.says("1")
    (card,) = officer.new()
    assert "trang web của xã" in card
    assert code in card
    assert "cũng nhắn tin qua: Zalo" in (await first.says("/riengtu"))[-1]


async def test_a_code_is_not_told_to_a_group(talk: Talk) -> None:
    somebody = talk.person("a", "telegram")
    letters = await somebody.sends("/lienket", group="-100")
    assert not CODE.search("".join(letters))


async def test_a_draft_is_not_lost_to_the_joining(talk: Talk) -> None:
    first, second = talk.person("a"), talk.person("b", "zalo")
    code = await code_of(first)
    await second.says("/gopy")
    await second.says("1")
    await second.says(f"/lienket {code}")
    await second.says("Đường vỡ trước chợ, đi rất khó")
    assert len(await together(talk, first)) == 2
    assert await step_of(talk, second) == "drafting.photos"


async def test_nothing_of_a_code_is_kept_but_its_hash(talk: Talk) -> None:
    code = (await code_of(talk.person("a"))).replace("-", "")
    async with talk.store.reading() as connection:
        rows = await connection.exec_driver_sql("SELECT * FROM join_codes")
        kept = [str(value) for row in rows for value in row]
    assert len(kept) == 3
    assert code not in kept
