"""Whatever comes instead of an update: nothing above a 4xx, no crash, one line in the log."""

import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
import structlog

from bot.channels.telegram.inbound import IGNORED, Unreadable, read
from bot.channels.telegram.webhook import PATH
from handlers.office import Office
from messages.envelope import Incoming
from storage import tables
from storage.database import Store
from storage.inbox import SET_ASIDE
from storage.tickets import State
from tests.channels.telegram.conftest import Door
from tests.channels.telegram.test_inbound import (
    FILE,
    GROUP,
    NOW,
    TABLE,
    message,
    press,
    said,
    update,
)
from tests.channels.telegram.test_webhook import GOOD, Serve, serve  # noqa: F401 - a fixture
from tests.conftest import EXAMPLES, Hands
from tests.storage.acts import rows
from tests.transcript import code_in, talking

Json = dict[str, Any]

LEFT_OUT = object()
HUGE = "x" * 100_000
WRONG: tuple[Any, ...] = (LEFT_OUT, None, "", HUGE, -1, 10**30, 1.5, True, [], {}, ["x"], {"x": 1})


def variants(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    """The JSON with each of its fields missing, null, of another type, huge."""
    if isinstance(value, dict):
        found = []
        for key, inner in value.items():
            rest = {k: v for k, v in value.items() if k != key}
            found += [rest if new is LEFT_OUT else {**rest, key: new} for new in WRONG]
            found += [{**rest, key: new} for new in variants(inner)]
        return found
    if isinstance(value, list):
        return [[new, *value[1:]] for new in variants(value[0])] if value else []
    return []


TURNS = (
    "a text",
    "start with a payload",
    "an answer",
    "a photo",
    "a document",
    "a venue, which is also a place",
    "a contact",
    "a sticker",
    "an edit",
    "a button",
    "a button in a topic",
    "blocked",
    "taken into a group",
    "a reaction",
)
MORE = (
    "a video",
    "a voice note",
    "a die, which we cannot read but answer",
    "thrown out of a group",
    "a button without a message",
    "somebody pinned something",
)
KINDS = {name: TABLE[name][0] for name in (*TURNS, *MORE)}
KINDS |= {f"ignored: {kind}": update(kind, message(text="x")) for kind in sorted(IGNORED)[:4]}


def some(name: str) -> list[Json]:
    """Broken forms of an update by turns: all kinds together meet each wrong value."""
    turns = 1 if EXAMPLES > 100 else 5
    return variants(KINDS[name])[list(KINDS).index(name) % turns :: turns]


@pytest.mark.parametrize("name", KINDS)
async def test_each_broken_update_is_a_200_with_at_most_one_line(
    name: str,
    serve: Serve,  # noqa: F811 - the fixture
    door: Door,
) -> None:
    client, _channel = await serve()
    for variant in some(name):
        with structlog.testing.capture_logs() as logs:
            answer = await client.post(PATH, data=json.dumps(variant), headers=GOOD)
        assert answer.status == 200
        # How an answer to an earlier press went is told only to who debugs.
        told = [line for line in logs if line["log_level"] != "debug"]
        assert len(told) <= 1, told
        assert HUGE not in repr(logs)


@pytest.mark.parametrize("name", ["brand_new", "message_of_tomorrow"])
async def test_a_kind_of_update_that_nobody_knows_is_one_line(
    name: str,
    serve: Serve,  # noqa: F811 - the fixture
    door: Door,
) -> None:
    client, _channel = await serve()
    with structlog.testing.capture_logs() as logs:
        answer = await client.post(
            PATH, data=json.dumps({"update_id": 715, name: {"id": 1}}), headers=GOOD
        )
    assert answer.status == 200
    assert [line.get("kind") for line in logs] == [name]
    assert door.kept == []


@pytest.mark.parametrize("name", TURNS)
async def test_what_was_read_of_a_broken_update_is_handled_and_never_set_aside(
    name: str, store: Store, office: Office, hands: Hands
) -> None:
    seen: dict[str, Incoming] = {}
    for variant in some(name):
        try:
            found = read(variant, now=NOW, username="than_thien_bot")
        except Unreadable:
            continue
        if found is not None:
            seen.setdefault(repr(found), found)
    assert seen
    async with talking(store, office, hands) as talk:
        for number, incoming in enumerate(seen.values()):
            await talk.inbox.accept(replace(incoming, key=f"k{number}"))
        await talk.settle()
    kept = await rows(store, tables.inbox)
    assert len(kept) == len(seen)
    assert [row.error for row in kept if row.state == SET_ASIDE] == []


def test_what_comes_in_nfd_is_read_in_nfc() -> None:
    name = unicodedata.normalize("NFD", "Nguyễn Thị Huệ")
    given = said(
        caption=unicodedata.normalize("NFD", "Đường hỏng"),
        document={**FILE, "file_name": unicodedata.normalize("NFD", "đơn kiến nghị.pdf")},
        sender={"id": 5, "is_bot": False, "first_name": name},
    )
    found = read(given, now=NOW)
    assert found is not None
    assert (found.text, found.name) == ("Đường hỏng", "Nguyễn Thị Huệ")
    assert found.attachments[0].name == "đơn kiến nghị.pdf"
    pressed = read(press(data=unicodedata.normalize("NFD", "village:Đồi")), now=NOW)
    assert pressed is not None
    assert pressed.choice == "village:Đồi"


@pytest.mark.parametrize("group", ["", str(GROUP["id"])])
async def test_a_strangers_press_on_somebodys_card_changes_and_tells_nothing(
    store: Store, office: Office, hands: Hands, group: str
) -> None:
    words = "Cống trước nhà bà Tư bị tắc, nước tràn ra đường"
    async with talking(store, office, hands) as talk:
        officer = await talk.official(channel="telegram")
        citizen = talk.person("c", "telegram", "Cụ Năm")
        code = code_in(await citizen.says(f"/gopy {words}"))
        await officer.says(f"/traloi {code} Chiều nay xã cho thông cống.")
        before = (await talk.read.ticket(code), await talk.read.history(code))
        keys = {
            choice.key
            for letter in (*citizen.letters(), *officer.letters())
            for choice in letter.body.choices
            if choice.key not in _EVERYBODYS
        }
        assert any(code in key for key in keys)
        for number, key in enumerate(sorted(keys)):
            stranger = talk.person(f"stranger-{number}", "telegram")
            letters = await stranger.sends(choice=key, group=group)
            said_ = "\n".join(letters)
            assert "bà Tư" not in said_
            assert "Cụ Năm" not in said_
            assert "thông cống" not in said_
        assert (await talk.read.ticket(code), await talk.read.history(code)) == before
        assert before[0] is not None
        assert before[0].state is State.RESOLVED


_EVERYBODYS = frozenset({"/menu", "/gopy", "/gapcanbo"})
"""What anybody may press, and does something of their own by it."""
