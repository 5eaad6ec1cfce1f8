"""Payloads in, Incoming out."""

import json
import unicodedata
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo.inbound import READERS, is_ignored, official_account, read
from messages.envelope import Incoming
from storage.inbox import BODY
from tests.channels.zalo.documented import EVENTS
from tests.channels.zalo.events import (
    KNOWN_AND_LEFT,
    OA,
    READ,
    RECEIVED,
    SENT,
    Json,
    flat,
    places,
    replaced,
    said,
    told,
    with_one,
)


@pytest.mark.parametrize(("event", "expected"), [row[1:] for row in READ], ids=[r[0] for r in READ])
def test_each_event_is_read_as_what_it_says(event: Json, expected: Incoming) -> None:
    assert read(event, RECEIVED) == expected
    assert not is_ignored(event)
    assert official_account(event) == OA


def test_every_event_that_zalo_documents_has_its_row() -> None:
    rows = [event for _name, event, _read in READ] + KNOWN_AND_LEFT
    assert {str(event["event_name"]) for event in rows} >= EVENTS
    assert {event["event_name"] for _name, event, _read in READ} >= {*READERS}


@pytest.mark.parametrize("event", KNOWN_AND_LEFT, ids=lambda event: str(event["event_name"]))
def test_what_says_nothing_to_us_is_left_knowingly(event: Json) -> None:
    assert read(event, RECEIVED) is None
    assert is_ignored(event)


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"event_name": "user_send_text"},
        {"event_name": ["user_send_text"]},
        said("something_new", {"text": "a", "msg_id": "1"}),
        said("user_send_text", {"text": "a", "msg_id": "1"}, sender=None),
        said("user_send_text", {"text": "a", "msg_id": "1"}, sender={"id": ""}),
        said("user_send_text", {"text": "a", "msg_id": "1"}, sender={"id": True}),
        said("user_send_text", {"text": "a", "msg_id": "1"}, sender={"id": "9" * 200}),
        said("user_send_text", {"text": "a", "msg_id": "1"}, sender={"id": "một hai"}),
        said("anonymous_send_text", {"text": "a", "msg_id": "1"}),
        flat("follow"),
        said("user_reacted_message", {"react_icon": "/-heart"}),
        told("user_seen_message", {"msg_ids": [None, "", 1.5]}),
        told("user_received_message", {}),
        said("user_submit_info", {}, sender={}),
    ],
)
def test_an_event_without_what_it_needs_is_not_read(event: Json) -> None:
    assert read(event, RECEIVED) is None
    assert not is_ignored(event)


def test_decomposed_letters_come_in_composed() -> None:
    text = "Đường thôn Tân Linh bị ngập"
    decomposed = unicodedata.normalize("NFD", text)
    event = said("user_send_text", {"text": decomposed, "msg_id": "1"})
    incoming = read(event, RECEIVED)
    assert decomposed != text
    assert incoming is not None
    assert incoming.text == text


def test_half_characters_and_invisible_ones_do_not_come_in() -> None:
    event = json.loads(
        json.dumps(said("user_send_text", {"text": "ngập\udce1 \u200bnặng\u0000", "msg_id": "1"}))
    )
    incoming = read(event, RECEIVED)
    assert incoming is not None
    assert incoming.text == "ngập nặng"


@pytest.mark.parametrize("moment", ["", "abc", None, [], "1", "9" * 30, -5, 1e300, True, "٣"])
def test_an_event_without_a_sensible_time_came_now(moment: object) -> None:
    event = said("user_send_text", {"text": "a", "msg_id": "1"}, timestamp=moment)
    incoming = read(event, RECEIVED)
    assert incoming is not None
    assert incoming.sent_at == RECEIVED


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"url": None},
        {"url": "javascript:alert(1)"},
        {"url": "file:///etc/passwd"},
        {"url": "http://[::1"},
        {"url": "https://zdn.vn/" + "a" * 3000},
        {"url": "https://zdn.vn/\na"},
        {"url": ["https://zdn.vn/a.jpg"]},
    ],
)
def test_an_attachment_without_an_address_is_left_out(payload: Json) -> None:
    incoming = read(said("user_send_image", with_one("image", payload, text="ổ gà")), RECEIVED)
    assert incoming is not None
    assert incoming.attachments == ()
    assert incoming.text == "ổ gà"


@pytest.mark.parametrize(
    "coordinates",
    [
        {},
        {"latitude": "10"},
        {"latitude": "nan", "longitude": "106"},
        {"latitude": "91", "longitude": "106"},
        {"latitude": "10", "longitude": "inf"},
        {"latitude": True, "longitude": 1},
        {"latitude": 10**400, "longitude": 1},
        "10,106",
    ],
)
def test_a_place_that_is_none_is_left_out(coordinates: object) -> None:
    event = said("user_send_location", with_one("location", {"coordinates": coordinates}))
    incoming = read(event, RECEIVED)
    assert incoming is not None
    assert incoming.attachments == ()


def test_a_message_and_all_that_is_said_about_it_have_keys_of_their_own() -> None:
    keys = [
        incoming.key
        for event in (
            said("user_send_text", {"text": "a", "msg_id": "63ec"}),
            said("user_reacted_message", {"msg_id": "63ec", "react_icon": "/-heart"}),
            told("user_received_message", {"msg_id": "63ec"}),
            told("user_received_message", {"msg_id": "63ed"}),
            told("user_seen_message", {"msg_ids": ["63ec"]}),
            said("user_send_text", {"text": "không có mã"}),
            said("user_send_sticker", {}),
        )
        if (incoming := read(event, RECEIVED)) is not None
    ]
    assert len(set(keys)) == len(keys) == 7


def test_the_same_event_has_the_same_key_again() -> None:
    for _, event, _ in READ:
        first, second = read(event, RECEIVED), read(deepcopy(event), SENT)
        assert first is not None
        assert second is not None
        assert first.key == second.key


JUNK = st.one_of(
    st.sampled_from(
        [None, True, 0, -1, 10**30, 1e308, "", "\ud800", "\x00", "a" * 100_000, KeyError]
    ),
    st.text(max_size=30),
    st.lists(st.none(), max_size=2),
    st.dictionaries(st.sampled_from(["id", "url", "text"]), st.none(), max_size=2),
)


@given(st.data())
def test_no_field_of_no_event_can_break_the_reading(data: st.DataObject) -> None:
    _, event, _ = data.draw(st.sampled_from(READ))
    path = data.draw(st.sampled_from([place for place in places(event) if place]))
    incoming = read(replaced(event, path, data.draw(JUNK)), RECEIVED)
    if incoming is not None:
        BODY.dump_json(incoming)
        assert 0 < len(incoming.key) <= 160
        assert 0 < len(incoming.sender.id) <= 128
        (incoming.key + incoming.sender.id).encode("ascii")


@pytest.mark.parametrize("name", ["user_send_\ud800", "user_send_\x00", "user_send_" + "x" * 500])
def test_a_key_never_holds_what_a_database_refuses(name: str) -> None:
    incoming = read(said(name, {}), RECEIVED)
    assert incoming is not None
    assert incoming.key.encode().isascii()
    assert "\x00" not in incoming.key
    assert len(incoming.key) <= 160
