"""Every event with every field missing, null, of another type or huge, over the wire and through.

Nothing above a 4xx, no turn that fails, and one line in the log for what cannot be read whole.
"""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest

from tests.channels.zalo.conftest import Logs
from tests.channels.zalo.events import KNOWN_AND_LEFT, READ, places, replaced
from tests.channels.zalo.wired import Wired
from tests.conftest import EXAMPLES
from tests.emulators.wire import Json
from tests.emulators.zalo import ZaloEmulator
from tests.emulators.zalo.webhook import sign

HUGE = "a" * 100_000

BAD: tuple[Any, ...] = (
    KeyError,
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    "",
    "không phải thứ cần tìm",
    "\x00",
    "\ud800",
    HUGE,
    [],
    [None],
    {},
    {"id": {"id": []}},
)
"""What stands in place of a field; KeyError = the field is missing."""

TAKEN = "zalo event read in part"
LINES = {
    "zalo webhook refused",
    "zalo event of another app or OA",
    "zalo event not read",
    "zalo event ignored",
}


def bad(event: Json) -> Iterator[Json]:
    """Bad values by turns: the fields of all events together meet each, each field some."""
    turns = 1 if EXAMPLES > 100 else 5
    wrong = [(place, value) for place in places(event) if place for value in BAD]
    for place, value in wrong[EVENTS_BY_CONTENT.index(event) % turns :: turns]:
        yield replaced(event, place, value)


async def posted(zalo: ZaloEmulator, event: Json) -> int:
    """Post an event as who knows the key, whatever stands in it."""
    raw = json.dumps(event).encode()
    app_id, moment = event.get("app_id", zalo.app.app_id), event.get("timestamp")
    plain = [str(one) if isinstance(one, str | int) else "" for one in (app_id, moment)]
    first, last = (one.encode("utf-8", "replace").decode() for one in plain)
    mac = sign(first, raw, last, zalo.app.oa_secret_key)
    attempt = await zalo.webhook.posts(raw, {"X-ZEvent-Signature": f"mac={mac}"})
    return attempt.status


EVENTS = [(name, event) for name, event, _ in READ] + [
    (f"ignored {number}", event) for number, event in enumerate(KNOWN_AND_LEFT)
]
EVENTS_BY_CONTENT = [event for _, event in EVENTS]


@pytest.mark.parametrize(("name", "event"), EVENTS, ids=[name for name, _ in EVENTS])
async def test_no_field_of_no_event_can_do_harm(
    service: Wired, zalo: ZaloEmulator, name: str, event: Json, logs: Logs
) -> None:
    for one in bad(event):
        logs.clear()
        status = await posted(zalo, one)
        assert 200 <= status < 500, one
        told = [line["event"] for line in logs if line["event"].startswith("zalo")]
        # Taken whole: no line here, its turn is told of. Anything else: one line.
        assert len(told) <= 1, (one, told)
        assert set(told) <= {TAKEN, *LINES}, told
    await service.settle()
    assert service.inbox_worker._metrics.failures._value.get() == 0
    # Whoever writes next is answered as ever.
    citizen = zalo.citizen("246845883529190077")
    await citizen.says("/help")
    await service.settle()
    assert citizen.letters


UNREADABLE: tuple[tuple[str, Json], ...] = (
    ("unknown event", {"event_name": "user_does_something_new", "sender": {"id": "1"}}),
    ("no event name", {"sender": {"id": "1"}, "message": {"text": "a"}}),
    ("event name of another type", {"event_name": ["user_send_text"], "sender": {"id": "1"}}),
    ("nobody wrote it", {"event_name": "user_send_text", "message": {"text": "a"}}),
    ("a receipt of nothing", {"event_name": "user_seen_message", "recipient": {"id": "1"}}),
    ("an id that is none", {"event_name": "user_send_text", "sender": {"id": "a b\n"}}),
    ("an id as long as a book", {"event_name": "user_send_text", "sender": {"id": HUGE}}),
    ("follow without follower", {"event_name": "follow", "follower": None}),
    ("withdrawn by nobody", {"event_name": "user_withdraw", "user_id": {}}),
    ("filled in by nobody", {"event_name": "user_submit_info", "info": {"phone": 84912345678}}),
)


@pytest.mark.parametrize(
    ("name", "event"), UNREADABLE, ids=[name.replace(" ", "-") for name, _ in UNREADABLE]
)
async def test_signed_but_unreadable_is_acknowledged_with_one_line(
    service: Wired, zalo: ZaloEmulator, name: str, event: Json, logs: Logs
) -> None:
    whole = {"app_id": zalo.app.app_id, "timestamp": "1760000000000", **event}
    assert await posted(zalo, whole) == 200
    assert [line["event"] for line in logs] == ["zalo event not read"]
    assert await service.inbox_worker.work() == 0


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00", b"null", b"[]", b"1", b'"a"', b"{", b'{"a":', b"\xff\xfe", b"[" * 100_000],
)
async def test_what_is_no_event_is_refused_with_one_line(
    service: Wired, zalo: ZaloEmulator, raw: bytes, logs: Logs
) -> None:
    attempt = await zalo.webhook.posts(raw, {"X-ZEvent-Signature": "mac=00"})
    assert attempt.status in {400, 401}
    assert [line["event"] for line in logs] == ["zalo webhook refused"]


def numbered(value: Any) -> Any:  # noqa: ANN401 - whatever stands in JSON
    """The same with every id and time as a number."""
    if isinstance(value, dict):
        return {name: numbered(one) for name, one in value.items()}
    if isinstance(value, list):
        return [numbered(one) for one in value]
    return int(value) if isinstance(value, str) and value.isdecimal() else value


async def test_ids_and_times_may_be_numbers(service: Wired, zalo: ZaloEmulator) -> None:
    citizen = zalo.citizen()
    citizen.interacts()
    event = zalo.events.said("user_send_text", (citizen.id, "55"), {"text": "/help", "msg_id": "7"})
    assert await posted(zalo, numbered(event)) == 200
    # The same message with its ids as strings is no second one.
    assert await posted(zalo, event) == 200
    await service.settle()
    assert len(citizen.letters) == 1


async def test_decomposed_letters_are_understood_and_kept_composed(
    service: Wired, zalo: ZaloEmulator
) -> None:
    citizen, text = zalo.citizen(), "/gopy Đường làng bị ngập sâu đã ba ngày"
    await citizen.says(unicodedata.normalize("NFD", text))
    await service.settle()
    (ticket,) = await service.read.all_tickets()
    (words,) = await service.read.words(ticket.code)
    assert words.text == text.removeprefix("/gopy ")


async def test_an_attachment_that_cannot_be_read_costs_no_words_and_is_told(
    service: Wired, zalo: ZaloEmulator, logs: Logs
) -> None:
    citizen = zalo.citizen()
    citizen.interacts()
    for attachments in ([{"type": "image", "payload": {"url": "javascript:1"}}], "x", [None] * 3):
        logs.clear()
        message = {"text": "/help", "msg_id": f"a{len(str(attachments))}"}
        event = zalo.events.said(
            "user_send_image", (citizen.id, "55"), {**message, "attachments": attachments}
        )
        assert await posted(zalo, event) == 200
        assert [line["event"] for line in logs] == [TAKEN]
    await service.settle()
    assert len(citizen.letters) == 3
