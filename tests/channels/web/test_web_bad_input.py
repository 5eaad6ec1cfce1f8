"""What no page of ours sends: refused in a sentence with one line in the log, and no harm done."""

import contextlib
import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from aiohttp import FormData, WSMsgType
from structlog.testing import capture_logs

from bot.channels.web.inbound import FRAME_BYTES
from tests.channels.web.conftest import Chat
from tests.channels.web.test_web_uploads import bomb, photo, sent

WHOLE: dict[str, Any] = {
    "id": "f1",
    "text": "Đèn hỏng",
    "choice": "menu",
    "attachments": [{"kind": "location", "latitude": 20.7, "longitude": 106.6}],
    "seen": [1],
}
HUGE = "x" * (FRAME_BYTES + 1)
OTHERS: dict[str, Any] = {
    "null": None,
    "true": True,
    "a number": 7,
    "a fraction": 1.5,
    "a text": "chữ",
    "a list": [[]],
    "an object": {"a": {"b": []}},
    "huge": HUGE,
    "deep": json.loads("[" * 500 + "]" * 500),
}
RIGHT = {("text", "null"), ("text", "a text"), ("choice", "a text"), ("id", "a number")}
"""Other values that are as good as the first."""


def frames() -> Iterator[tuple[str, str, str]]:
    """Give the whole frame with one field missing or of another type."""
    for field in WHOLE:
        if field == "id":
            yield field, "missing", json.dumps({k: v for k, v in WHOLE.items() if k != field})
        for name, other in OTHERS.items():
            if (field, name) not in RIGHT:
                yield field, name, json.dumps({**WHOLE, field: other})
    place = WHOLE["attachments"][0]
    for field in place:
        for name, other in OTHERS.items():
            is_number = field != "kind" and name in {"a number", "a fraction"}
            if not is_number:
                frame = {**WHOLE, "attachments": [{**place, field: other}]}
                yield f"attachments.{field}", name, json.dumps(frame)


@pytest.mark.parametrize(
    ("field", "name", "frame"), list(frames()), ids=lambda value: str(value)[:24]
)
async def test_a_frame_with_a_wrong_field_is_refused_with_one_line_in_the_log(
    chat: Chat, field: str, name: str, frame: str
) -> None:
    socket = await chat.open()
    with capture_logs() as logged:
        await socket.send_str(frame)
        refused = await socket.receive_json()
    assert set(refused) <= {"error", "id"}, (field, name)
    assert refused["error"].endswith(".")
    assert [line["event"] for line in logged] == ["frame refused"]
    assert "Đèn" not in str(logged)
    assert not chat.inbox.messages
    # The chat goes on.
    await chat.person(socket)


@pytest.mark.parametrize("field", ["text", "choice", "attachments", "seen"])
async def test_what_is_not_said_may_be_missing(chat: Chat, field: str) -> None:
    socket = await chat.open()
    await socket.send_json({name: value for name, value in WHOLE.items() if name != field})
    assert await socket.receive_json() == {"ack": "f1"}


async def test_a_frame_far_above_the_limit_ends_the_socket_and_nothing_else(chat: Chat) -> None:
    socket, other = await chat.open(), await chat.open()
    with capture_logs() as logged:
        with contextlib.suppress(ConnectionError):
            await socket.send_str("x" * (5 * FRAME_BYTES))
            while (await socket.receive()).type is WSMsgType.TEXT:
                pass
        await chat.person(other)
    assert len(chat.inbox.messages) == 1
    assert [line["event"] for line in logged] == ["socket ended"]


LIES: dict[str, bytes] = {
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing with a script": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a program": b"MZ\x90\0" + b"\0" * 200,
    "an archive": b"PK\x03\x04" + b"\0" * 200,
    "a photo in front of a page": photo()[:20] + b"<script>alert(1)</script>",
    "a film": b"\x1aE\xdf\xa3" + b"\0" * 20 + b"matroska",
    "a picture bomb": bomb(),
    "nothing": b"",
}


@pytest.mark.parametrize("name", LIES)
@pytest.mark.parametrize("called", ["image/jpeg", "audio/webm", "text/html", "no type at all"])
async def test_what_lies_about_its_type_is_refused_with_one_line_in_the_log(
    chat: Chat, name: str, called: str
) -> None:
    form = FormData()
    form.add_field("photo", BytesIO(LIES[name]), filename="a.jpg", content_type=called)
    with capture_logs() as logged:
        async with chat.client.post("/chat/upload", data=form) as answer:
            assert answer.status in {400, 415}
            assert (await answer.json())["error"].endswith(".")
    assert [line["event"] for line in logged] == ["upload refused"]


@pytest.mark.parametrize("called", ["text/html", "audio/webm", "application/x-msdownload"])
async def test_a_photo_is_one_whatever_it_is_called(chat: Chat, called: str) -> None:
    form = FormData()
    form.add_field("photo", BytesIO(photo()), filename="../../a.exe", content_type=called)
    async with chat.client.post("/chat/upload", data=form) as answer:
        assert (answer.status, (await answer.json())["mime"]) == (200, "image/jpeg")


async def test_a_photo_of_somebody_else_opens_only_to_who_has_its_whole_ref(chat: Chat) -> None:
    _status, kept = await sent(chat, photo())
    _upload, name, key = kept["ref"].split(":")
    socket = await chat.open()
    for ref in (f"upload:{name}:", f"upload:{name}", f"upload:../{name}:{key}", name, f"{key}"):
        await socket.send_json({"id": "p", "attachments": [{"kind": "image", "ref": ref}]})
        assert "error" in await socket.receive_json()
    assert not chat.inbox.messages
