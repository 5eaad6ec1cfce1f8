"""Whatever people press and type, in whatever order, every message is answered without a fault."""

import random

import pytest

from messages.envelope import Attachment, AttachmentKind, Kind
from tests.conversations.citizen_scenes import (
    BURNING,
    COMPLAINED,
    DENOUNCED,
    FREE,
    TROUBLE,
    photo,
    sticker,
    voice,
)
from tests.transcript import Somebody, Talk

SAID = (
    *("/start", "/menu", "0", "1", "2", "3", "99", "/help", "/huy", "/tieptuc", "", " ", "."),
    *("/gopy", f"/gopy {TROUBLE}", f"/gopy {BURNING}", FREE, TROUBLE, BURNING, DENOUNCED),
    *(COMPLAINED, "/khongphaitocao", "/khongphaikhieunai", "/camon", "/sangkien", "gặp cán bộ"),
    *("/thutuc", "/thutuc khai sinh", "KS01", "zz99", "2.000986", "/hoso", "/hoso 123", "hoso"),
    *("/phieu", "PA2611-1000", "PA2611-ZZZZ", "/rutphieu PA2611-1000", "/molai PA2611-1000"),
    *("/bosung PA2611-1000", "/bosung PA2611-1000 thêm", "/danhgia PA2611-1000 5", "/danhgia"),
    *("/lich", "/lienhe", "/riengtu", "/xoadulieu", "/ngonngu en", "/ngonngu vi", "cảm ơn"),
    *("có", "không", "xong", "bỏ qua", "asdf qwer", "tôi chấm 4 điểm", "xin chào", "ABCD1234"),
    *("\ud800", "{x} %s {0}", "PA2611-1000\nPA2611-1001", "x" * 5000),
)


async def a_step(chance: random.Random, somebody: Somebody, officer: Somebody) -> None:
    """Do one thing."""
    pin = Attachment(AttachmentKind.LOCATION, latitude=20.7, longitude=106.6)
    pressed = [c.key for one in somebody.letters()[-3:] for c in one.body.choices if not c.url]
    kind = chance.randrange(12)
    if kind < 5 and pressed:
        await somebody.sends(choice=chance.choice(pressed))
    elif kind == 5:
        one = chance.choice((photo(), pin, sticker(), voice()))
        await somebody.sends(chance.choice(("", FREE)), attachments=(one,), album="A")
    elif kind == 6:
        await somebody.edits(f"m{chance.randrange(60)}", chance.choice((TROUBLE, DENOUNCED)))
    elif kind == 7:
        await officer.says(chance.choice(("/traloi PA2611-1000 Đã xong", "/hoi PA2611-1000 Ai?")))
    elif kind == 8:
        await somebody.sends(kind=chance.choice((Kind.FOLLOWED, Kind.LEFT, Kind.WITHDRAWN)))
    else:
        await somebody.says(chance.choice(SAID).encode("utf-8", "ignore").decode())


@pytest.mark.parametrize("seed", range(2))
async def test_no_walk_ends_in_a_fault(talk: Talk, channel: str, seed: int) -> None:
    chance = random.Random(seed)
    officer = await talk.official(channel=channel)
    people = [talk.person(name, channel) for name in ("a", "b")]
    for _ in range(60):
        await a_step(chance, chance.choice(people), officer)
        assert talk.inbox_worker._metrics.failures._value.get() == 0
    assert not await talk.inbox.waits()
    for ticket in await talk.read.all_tickets():
        for words in await talk.read.words(ticket.code):
            assert not words.text.startswith("/")
