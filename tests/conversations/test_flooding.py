"""Far too many messages from one person within a minute; the clock stands but for what is moved."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from handlers.office import Office
from messages.envelope import Address, Incoming
from storage import tables
from storage.database import Store
from storage.inbox import HANDLED
from tests.conftest import Hands
from tests.conversations.citizen_scenes import BURNING, TROUBLE
from tests.transcript import Somebody, Talk, code_in, talking

MOST = 20
DENOUNCED = "Tôi muốn tố cáo ông trưởng thôn nhận tiền của dân"


@pytest.fixture
async def talk(store: Store, office: Office, hands: Hands) -> AsyncIterator[Talk]:
    limits = office.commune.limits.model_copy(update={"messages_a_minute": MOST})
    commune = office.commune.model_copy(update={"limits": limits})
    async with talking(store, replace(office, commune=commune), hands) as talk:
        yield talk


async def sent_all_they_may(
    talk: Talk, channel: str = "web", *, one_less: bool = False
) -> Somebody:
    """Let somebody send as much as is handled in a minute; the count is written at once."""
    citizen = talk.person("busy", channel)
    await citizen.says("xin chào")
    people = tables.people
    came = MOST - 1 if one_less else MOST
    await talk.store.write(
        lambda connection: connection.execute(
            update(people).where(people.c.address == "busy").values(minute_messages=came)
        )
    )
    return citizen


async def test_they_are_told_once_how_long_to_wait_and_whom_to_call(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("busy", channel)
    for _message in range(MOST):
        assert await citizen.says("xin chào")
    talk.hands.move(seconds=20)
    (told,) = await citizen.says("xin chào")
    assert "Xin ông/bà chờ 40 giây" in told
    assert "114" in told
    assert "115" in told
    for text in ("xin chào", "/gopy Cống tắc trước nhà văn hóa", "0", "/huy"):
        assert await citizen.says(text) == []


async def test_what_is_not_read_leaves_no_ticket_and_no_words(talk: Talk) -> None:
    citizen = await sent_all_they_may(talk)
    await citizen.says("/gopy Đèn đường hỏng")
    await citizen.says("/gopy Cống tắc trước nhà văn hóa")
    assert await talk.read.all_tickets() == []
    inbox = tables.inbox
    async with talk.store.reading() as connection:
        rows = (await connection.execute(select(inbox.c.state, inbox.c.body))).all()
    assert {(row.state, row.body) for row in rows} == {(HANDLED, None)}


async def test_when_the_minute_is_over_everything_is_taken_again(talk: Talk) -> None:
    citizen = await sent_all_they_may(talk)
    await citizen.says("xin chào")
    assert await citizen.says("/gopy Đèn đường hỏng") == []
    talk.hands.move(seconds=60)
    assert code_in(await citizen.says("/gopy Đèn đường hỏng"))
    for _message in range(MOST - 1):
        assert await citizen.says("xin chào")


async def test_the_conversation_waits_where_it_was(talk: Talk) -> None:
    citizen = talk.person("busy")
    await citizen.says("/gopy")
    await talk.store.write(
        lambda connection: connection.execute(update(tables.people).values(minute_messages=MOST))
    )
    await citizen.says(TROUBLE)
    talk.hands.move(seconds=60)
    (asked,) = await citizen.says(TROUBLE)
    assert "ảnh" in asked


async def test_an_emergency_gets_its_numbers_all_the_same(talk: Talk, channel: str) -> None:
    citizen = await sent_all_they_may(talk, channel)
    (numbers, wait) = await citizen.says(BURNING)
    assert "114" in numbers
    assert "Xin ông/bà chờ" in wait
    (numbers,) = await citizen.says(BURNING)
    assert "114" in numbers


async def test_a_denunciation_is_shown_where_to_go_all_the_same(talk: Talk, channel: str) -> None:
    citizen = await sent_all_they_may(talk, channel)
    await citizen.says("xin chào")
    (told,) = await citizen.says(DENOUNCED)
    assert told == (await talk.person("other", channel).says(DENOUNCED))[0]


async def test_officials_are_not_limited(talk: Talk) -> None:
    officer = await talk.official()
    for _message in range(MOST + 5):
        assert await officer.says("/viec")


async def test_an_album_of_ten_photographs_is_one_message(talk: Talk, channel: str) -> None:
    citizen = await sent_all_they_may(talk, channel, one_less=True)
    (told,) = await citizen.album("Ổ gà trước cổng trường", *[""] * 9)
    assert "Xin ông/bà chờ" not in told
    (told,) = await citizen.says("xin chào")
    assert "Xin ông/bà chờ" in told


async def test_ten_photographs_one_by_one_are_no_flood(talk: Talk, channel: str) -> None:
    citizen = talk.person(channel=channel)
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    for number in range(10):
        told = await citizen.photo(ref=f"photo-{number}")
        assert told
        assert "Xin ông/bà chờ" not in told[0]
    assert len(await talk.read.files(code)) == 10


async def test_a_flood_is_its_senders_alone(talk: Talk, channel: str) -> None:
    citizen = await sent_all_they_may(talk, channel)
    await citizen.says("xin chào")
    assert await citizen.says("xin chào") == []
    assert await talk.person("other", channel).says("xin chào")


async def test_what_came_at_once_is_counted_by_when_it_was_accepted(talk: Talk) -> None:
    citizen = await sent_all_they_may(talk)
    for number in range(3):
        await talk.inbox.accept(
            Incoming(
                sender=Address("web", "busy"), key=f"late-{number}", sent_at=talk.hands(), text="0"
            )
        )
    # The worker comes an hour late; what was accepted in one minute stays in it.
    talk.hands.move(hours=1)
    await talk.settle()
    (told,) = citizen.new()
    assert "Xin ông/bà chờ 60 giây" in told
    assert await citizen.says("xin chào")


async def test_a_clock_that_was_put_back_begins_a_minute_anew(talk: Talk) -> None:
    citizen = await sent_all_they_may(talk)
    talk.hands.move(hours=-1)
    (told,) = await citizen.says("xin chào")
    assert "Xin ông/bà chờ" not in told
