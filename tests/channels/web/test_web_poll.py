"""The web chat for those whose network lets no WebSocket through."""

import pytest

from messages.envelope import Kind
from tests.channels.web.conftest import Chat


async def test_a_message_is_kept_and_letters_are_had_by_asking(chat: Chat) -> None:
    async with chat.client.post("/chat/poll", json={"id": "a1", "text": "Đèn hỏng"}) as answer:
        assert (answer.status, await answer.json()) == (200, {"ack": "a1"})
    (message,) = chat.inbox.messages
    chat.outbox.write(message.sender, "một")
    chat.outbox.write(message.sender, "hai")
    async with chat.client.get("/chat/poll?after=1") as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        said = await answer.json()
    assert [letter["text"] for letter in said["letters"]] == ["hai"]
    # Who asks by a socket afterwards is the same person.
    assert await chat.person(await chat.open()) == message.sender


async def test_the_same_frame_twice_is_kept_once(chat: Chat) -> None:
    for _ in range(2):
        async with chat.client.post("/chat/poll", json={"id": "a1", "text": "một"}) as answer:
            assert await answer.json() == {"ack": "a1"}
    assert len(chat.inbox.messages) == 1


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b'{"id": "1"}', b"{"])
async def test_what_cannot_be_read_is_refused_in_a_sentence(chat: Chat, body: bytes) -> None:
    async with chat.client.post("/chat/poll", data=body) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"].endswith(".")


async def test_what_could_not_be_kept_is_to_be_sent_again(chat: Chat) -> None:
    chat.inbox.is_out_of_order = True
    async with chat.client.post("/chat/poll", json={"id": "a1", "text": "một"}) as answer:
        assert answer.status == 503
        assert (await answer.json())["retry"] is True


async def test_a_page_of_somebody_else_says_nothing(chat: Chat) -> None:
    headers = {"Origin": "https://evil.example"}
    async with chat.client.post("/chat/poll", json={"id": "1", "text": "x"}, headers=headers) as a:
        assert a.status == 403
    assert not chat.inbox.messages


async def test_letters_that_were_seen_are_told_as_an_event_of_their_own(chat: Chat) -> None:
    socket = await chat.open()
    await socket.send_json({"id": "s1", "seen": [3, 4]})
    assert await socket.receive_json() == {"ack": "s1"}
    (message,) = chat.inbox.messages
    assert (message.kind, message.about, message.text) == (Kind.SEEN, "3 4", "")


@pytest.mark.parametrize("seen", ["3", [0], [-1], ["1"], [True], [1 << 62], [1] * 51, {"a": 1}])
async def test_what_cannot_have_been_seen_is_refused(chat: Chat, seen: object) -> None:
    socket = await chat.open()
    await socket.send_json({"id": "s1", "seen": seen})
    refused = await socket.receive_json()
    assert refused["id"] == "s1"
    assert "error" in refused
    assert not chat.inbox.messages
