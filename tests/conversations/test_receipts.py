"""Delivered and read: written on the letter, shown to its officer."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from messages.envelope import Kind
from storage import tables
from tests.conversations.citizen_scenes import TROUBLE
from tests.storage.acts import count
from tests.transcript import Somebody, Talk, code_in


async def answered(talk: Talk) -> tuple[Somebody, Somebody, str, str]:
    """A citizen with an answer; the last is the platform's id of it."""
    officer, citizen = await talk.official(), talk.person("c", "zalo")
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    before = len(citizen.letters())
    await officer.says(f"/traloi {code} Đã vá xong")
    officer.forgets()
    citizen.forgets()
    assert len(citizen.letters()) == before + 1
    return officer, citizen, code, f"out-{len(citizen.letters())}"


async def marks(talk: Talk, message_id: str) -> tuple[datetime | None, datetime | None]:
    """When a letter was delivered and seen."""
    outbox, parts = tables.outbox, tables.outbox_parts
    async with talk.store.reading() as connection:
        row: Any = (
            await connection.execute(
                select(outbox.c.delivered_at, outbox.c.seen_at)
                .join(parts, parts.c.letter_id == outbox.c.id)
                .where(parts.c.channel == "zalo", parts.c.external_id == message_id)
            )
        ).one()
    return row.delivered_at, row.seen_at


@pytest.mark.parametrize(
    ("kind", "word", "read"),
    [
        (Kind.DELIVERED, "đã đến máy", False),
        (Kind.SEEN, "đã xem", True),
        (Kind.REACTION, "đã xem", True),
    ],
)
async def test_a_receipt_is_on_the_letter_and_in_what_the_officer_sees(
    talk: Talk, kind: Kind, word: str, *, read: bool
) -> None:
    officer, citizen, code, letter = await answered(talk)
    assert word not in "".join(await officer.says(f"/phieu {code}"))
    assert await citizen.sends("/-heart", kind=kind, about=letter) == []
    delivered, seen = await marks(talk, letter)
    assert delivered is not None
    assert (seen is not None) is read
    assert word in "".join(await officer.says(f"/phieu {code}"))


async def test_the_first_moment_counts(talk: Talk) -> None:
    _, citizen, _, letter = await answered(talk)
    await citizen.sends(kind=Kind.DELIVERED, about=letter)
    first, _ = await marks(talk, letter)
    talk.hands.move(hours=1)
    await citizen.sends(kind=Kind.SEEN, about=f"{letter} out-none")
    await citizen.sends(kind=Kind.DELIVERED, about=letter)
    delivered, seen = await marks(talk, letter)
    assert delivered == first
    assert seen is not None
    assert delivered is not None
    assert seen > delivered


async def test_a_receipt_that_comes_before_its_letter_is_known_is_not_lost(talk: Talk) -> None:
    _, citizen, _, letter = await answered(talk)
    number = len(citizen.letters())
    early = f"out-{number + 1}"
    await citizen.sends(kind=Kind.SEEN, about=early)
    # The next letter gets that id.
    await citizen.says("/help")
    assert await marks(talk, early) == (None, None)
    await talk.pass_time(seconds=6)
    delivered, seen = await marks(talk, early)
    assert delivered is not None
    assert seen is not None
    assert await marks(talk, letter) == (None, None)


async def test_a_strangers_receipt_changes_nothing(talk: Talk) -> None:
    _, _, _, letter = await answered(talk)
    await talk.person("stranger", "zalo").sends(kind=Kind.SEEN, about=letter)
    await talk.pass_time(seconds=6)
    assert await marks(talk, letter) == (None, None)


@pytest.mark.parametrize("about", ["x" * 60, "a b c", "x" * 64])
async def test_receipts_of_what_we_never_sent_change_nothing(talk: Talk, about: str) -> None:
    _, citizen, _, letter = await answered(talk)
    await citizen.sends(kind=Kind.SEEN, about=about)
    await talk.pass_time(seconds=6)
    assert await marks(talk, letter) == (None, None)
    assert talk.inbox_worker._metrics.failures._value.get() == 0


async def test_a_page_that_names_letters_it_was_never_given_sets_nothing_in_motion(
    talk: Talk,
) -> None:
    visitor = talk.person("c", "web")
    await visitor.says("Xin chào")
    assert await visitor.sends("", kind=Kind.SEEN, about="901 902 903") == []
    assert await count(talk.store, tables.timers) == 0
    stranger = talk.person("z", "zalo")
    await stranger.says("Xin chào")
    await stranger.sends("", kind=Kind.SEEN, about="901 902 903")
    assert await count(talk.store, tables.timers) == 3
