"""An official answers by hand: the service stays out of the talk and goes on recording."""

from typing import Any

import pytest
from sqlalchemy import select

from messages.envelope import Kind
from storage import tables
from tests.conversations.citizen_scenes import BURNING, DENOUNCED, TROUBLE, step_of
from tests.transcript import Somebody, Talk, code_in


async def answers_by_hand(citizen: Somebody, words: str = "Tôi là cán bộ một cửa") -> list[str]:
    return await citizen.sends(words, kind=Kind.ECHO, message_id="by-hand")


async def kinds(talk: Talk) -> list[tuple[str, str]]:
    async with talk.store.reading() as connection:
        rows: Any = await connection.execute(
            select(tables.evidence.c.kind, tables.evidence.c.about).order_by(tables.evidence.c.id)
        )
        return [(row.kind, row.about) for row in rows]


async def test_what_an_official_writes_by_hand_is_evidence_and_a_note(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person("c", "zalo")
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    assert await answers_by_hand(citizen, "Mai xã cho người ra xem") == []
    assert ("console.answered", code) in await kinds(talk)
    officer.forgets()
    assert "Mai xã cho người ra xem" in "".join(await officer.says(f"/phieu {code}"))
    # Only officials read notes.
    assert "Mai xã" not in "".join(await citizen.says(f"/phieu {code}"))


async def test_nothing_is_answered_by_itself_for_two_hours(talk: Talk) -> None:
    citizen = talk.person("c", "zalo")
    assert await citizen.says("xin chào")
    await answers_by_hand(citizen)
    for said in ("Dạ vâng ạ", "Cho tôi hỏi thủ tục khai sinh", "asdf qwer", "xin chào"):
        assert await citizen.says(said) == [], said
        assert await step_of(talk, citizen) == ""
    assert await citizen.photo() == []
    assert await citizen.sends(kind=Kind.FOLLOWED) == []
    talk.hands.move(hours=2)
    assert await citizen.says("xin chào")


async def test_each_word_by_hand_begins_the_two_hours_anew(talk: Talk) -> None:
    citizen = talk.person("c", "zalo")
    await citizen.says("xin chào")
    await answers_by_hand(citizen)
    talk.hands.move(minutes=110)
    await answers_by_hand(citizen)
    talk.hands.move(minutes=20)
    assert await citizen.says("xin chào") == []


@pytest.mark.parametrize("said", ["/help", "0", "/thutuc khai sinh", "KS01", "/lienhe"])
async def test_what_is_asked_expressly_is_answered(talk: Talk, said: str) -> None:
    citizen = talk.person("c", "zalo")
    await citizen.says("xin chào")
    await answers_by_hand(citizen)
    assert await citizen.says(said)


async def test_a_ticket_is_filed_and_its_code_told(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person("c", "zalo")
    await citizen.says("xin chào")
    await answers_by_hand(citizen)
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    assert code in "".join(officer.new())


async def test_what_belongs_to_a_ticket_joins_it_in_silence(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person("c", "zalo")
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    await answers_by_hand(citizen)
    officer.forgets()
    assert await citizen.says("Ổ gà ở ngay trước cổng trường tiểu học") == []
    words = [one.text for one in await talk.read.words(code)]
    assert "Ổ gà ở ngay trước cổng trường tiểu học" in words
    # The officials hear of it all the same.
    assert code in "".join(officer.new())


@pytest.mark.parametrize("said", [DENOUNCED, BURNING])
async def test_what_cannot_wait_is_told_at_once(talk: Talk, said: str) -> None:
    citizen = talk.person("c", "zalo")
    await citizen.says("xin chào")
    await answers_by_hand(citizen)
    assert await citizen.says(said)


async def test_a_draft_that_was_begun_goes_on(talk: Talk) -> None:
    citizen = talk.person("c", "zalo")
    await citizen.says("/gopy")
    await citizen.says("1")
    await answers_by_hand(citizen)
    assert await citizen.says(TROUBLE)
    assert await step_of(talk, citizen) == "drafting.photos"


async def test_an_officers_answer_reaches_the_citizen_all_the_same(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person("c", "zalo")
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    await answers_by_hand(citizen)
    await officer.says(f"/traloi {code} Đã vá xong ổ gà")
    assert "Đã vá xong ổ gà" in "".join(citizen.new())


async def test_our_own_letter_that_comes_back_is_no_official(talk: Talk) -> None:
    citizen = talk.person("c", "zalo")
    await citizen.says("xin chào")
    ours = f"out-{len(citizen.letters())}"
    await citizen.sends("Xin chào", kind=Kind.ECHO, message_id=ours)
    assert await citizen.says("xin chào")
    assert [kind for kind, _ in await kinds(talk) if kind == "console.answered"] == []


async def test_officials_are_answered_as_ever(talk: Talk) -> None:
    officer = await talk.official(channel="zalo")
    await answers_by_hand(officer)
    assert await officer.says("xin chào")
