"""Updates in, messages out: the first of Telegram's two tables."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter
from telegram import Update

from bot.channels.telegram.inbound import IGNORED, WANTED, Unreadable, read
from bot.channels.telegram.limits import LIMITS
from messages.envelope import Address, Attachment, AttachmentKind, Incoming, Kind

Json = dict[str, Any]

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SENT = datetime(2026, 11, 23, 1, 59, tzinfo=UTC)
STAMP = int(SENT.timestamp())

LAN: Json = {
    "id": 5200000001,
    "is_bot": False,
    "first_name": "Lan",
    "last_name": "Nguyễn",
    "language_code": "vi",
}
PRIVATE: Json = {"id": 5200000001, "type": "private", "first_name": "Lan"}
GROUP: Json = {"id": -1001900000001, "type": "supergroup", "title": "Tổ tiếp dân"}
FILE: Json = {"file_id": "F1", "file_unique_id": "U1", "file_size": 1000}
STICKER: Json = {
    "width": 512,
    "height": 512,
    "type": "regular",
    "emoji": "👍",
    "is_animated": False,
    "is_video": False,
}
SHAPE: Json = {"width": 640, "height": 480, "duration": 5}

PLAIN = Incoming(
    sender=Address("telegram", "5200000001"),
    key="715",
    sent_at=SENT,
    message_id="5200000001:31",
    name="Lan Nguyễn",
    language="vi",
)


def message(**content: Any) -> Json:  # noqa: ANN401 - any JSON
    base = {"message_id": 31, "date": STAMP, "chat": PRIVATE, "from": LAN}
    return {**base, **{"from" if key == "sender" else key: v for key, v in content.items()}}


def update(kind: str, body: Json) -> Json:
    return {"update_id": 715, kind: body}


def said(**content: Any) -> Json:  # noqa: ANN401 - any JSON
    return update("message", message(**content))


def came(kind: AttachmentKind, **more: Any) -> Incoming:  # noqa: ANN401 - any field
    return replace(PLAIN, attachments=(Attachment(kind, **more),))


def press(**more: Any) -> Json:  # noqa: ANN401 - any JSON
    card = message(message_id=30, sender={"id": 71, "is_bot": True, "first_name": "Bot"})
    query = {"id": "43", "from": LAN, "chat_instance": "1", "message": card, "data": "rate:5"}
    return update("callback_query", {**query, **more})


RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def member(status: str, chat: Json = PRIVATE, before: str = "left") -> Json:
    bot = {"id": 71, "is_bot": True, "first_name": "Bot"}
    return update(
        "my_chat_member",
        {
            "chat": chat,
            "from": LAN,
            "date": STAMP,
            "old_chat_member": _as_member(bot, before),
            "new_chat_member": _as_member(bot, status),
        },
    )


def _as_member(bot: Json, status: str) -> Json:
    rights = dict.fromkeys(RIGHTS, False) if status == "administrator" else {}
    until = {"until_date": 0} if status == "kicked" else {}
    return {"user": bot, "status": status, **rights, **until}


def reaction(**more: Any) -> Json:  # noqa: ANN401 - any JSON
    body = {
        "chat": PRIVATE,
        "message_id": 30,
        "user": LAN,
        "date": STAMP,
        "old_reaction": [],
        "new_reaction": [{"type": "emoji", "emoji": "👍"}],
    }
    return update("message_reaction", {**body, **more})


def in_group(**content: Any) -> Json:  # noqa: ANN401 - any JSON
    return said(chat=GROUP, **content)


IN_GROUP = replace(PLAIN, message_id="-1001900000001:31", group="-1001900000001")
TAKEN_IN = Incoming(
    sender=Address("telegram", "-1001900000001"),
    key="715",
    sent_at=SENT,
    name="Tổ tiếp dân",
    language="vi",
    group="-1001900000001",
)
PRESSED = Incoming(
    sender=PLAIN.sender,
    key="715",
    sent_at=NOW,
    choice="rate:5",
    reply_to="5200000001:30",
    name="Lan Nguyễn",
    language="vi",
)
JOINED = replace(PLAIN, message_id="", kind=Kind.FOLLOWED)
PHOTO = {"width": 90, "height": 67, "file_id": "S", "file_unique_id": "US", "file_size": 900}
LARGE = {"width": 1280, "height": 960, "file_id": "L", "file_unique_id": "UL", "file_size": 90000}
HUGE = {**LARGE, "width": 9000, "height": 9000, "file_id": "H", "file_size": 21 << 20}
PLACE = {"latitude": 20.75, "longitude": 106.61}
SOMEBODY = {"message_id": 29, "date": STAMP, "chat": PRIVATE, "text": "?"}

TABLE: dict[str, tuple[Json, Incoming | None]] = {
    "a text": (said(text="Xin chào"), replace(PLAIN, text="Xin chào")),
    "a text in NFD": (said(text="Xin cha\u0300o"), replace(PLAIN, text="Xin chào")),
    "a text with a lone surrogate": (said(text="a\ud83db"), replace(PLAIN, text="ab")),
    "a text with a field of tomorrow": (
        {**said(text="x", frobnication={"deep": [1]}), "new_kind_of_thing": {}},
        replace(PLAIN, text="x"),
    ),
    "a text in a group": (in_group(text="/viec"), replace(IN_GROUP, text="/viec")),
    "an answer": (
        said(text="Vâng", reply_to_message=SOMEBODY),
        replace(PLAIN, text="Vâng", reply_to="5200000001:29"),
    ),
    "an answer in a group": (
        in_group(text="Vâng", reply_to_message={**SOMEBODY, "chat": GROUP}),
        replace(IN_GROUP, text="Vâng", reply_to="-1001900000001:29"),
    ),
    "a message in a topic, which answers nothing": (
        in_group(
            text="Vâng",
            is_topic_message=True,
            message_thread_id=29,
            reply_to_message={**SOMEBODY, "chat": GROUP},
        ),
        replace(IN_GROUP, text="Vâng", group="-1001900000001/29"),
    ),
    "a message in a thread of answers, which is no topic": (
        in_group(text="Vâng", message_thread_id=29),
        replace(IN_GROUP, text="Vâng"),
    ),
    "a button in a topic": (
        press(
            message=message(message_id=30, chat=GROUP, is_topic_message=True, message_thread_id=29)
        ),
        replace(PRESSED, reply_to="-1001900000001:30", group="-1001900000001/29"),
    ),
    "a button of a group's card too old to be shown": (
        press(message={"message_id": 30, "date": 0, "chat": GROUP}),
        replace(PRESSED, reply_to="-1001900000001:30", group="-1001900000001"),
    ),
    "start": (said(text="/start"), replace(PLAIN, text="/start")),
    "start with a payload": (
        said(text="/start q_KS01_ubnd"),
        replace(PLAIN, text="/start", payload="q_KS01_ubnd"),
    ),
    "a command to us by name": (
        in_group(text="/gopy@Than_Thien_Bot đèn hỏng"),
        replace(IN_GROUP, text="/gopy đèn hỏng"),
    ),
    "a command to another bot": (in_group(text="/gopy@other_bot đèn hỏng"), None),
    "a path that is no command": (said(text="/a/b@c"), replace(PLAIN, text="/a/b@c")),
    "a photo": (
        said(photo=[PHOTO, LARGE, HUGE], caption="Hố ga"),
        replace(came(AttachmentKind.IMAGE, ref="L", mime="image/jpeg", size=90000), text="Hố ga"),
    ),
    "a photo of an album": (
        said(photo=[PHOTO], media_group_id="139"),
        replace(came(AttachmentKind.IMAGE, ref="S", mime="image/jpeg", size=900), album="139"),
    ),
    "a document": (
        said(document={**FILE, "file_name": "đơn.pdf", "mime_type": "application/pdf"}),
        came(AttachmentKind.FILE, ref="F1", name="đơn.pdf", mime="application/pdf", size=1000),
    ),
    "an animation, which is also a document": (
        said(animation={**FILE, **SHAPE}, document=FILE),
        came(AttachmentKind.VIDEO, ref="F1", mime="video/mp4", size=1000),
    ),
    "a video": (
        said(video={**FILE, **SHAPE, "mime_type": "video/quicktime"}),
        came(AttachmentKind.VIDEO, ref="F1", mime="video/quicktime", size=1000),
    ),
    "a round video": (
        said(video_note={**FILE, "length": 240, "duration": 5}),
        came(AttachmentKind.VIDEO, ref="F1", mime="video/mp4", size=1000),
    ),
    "a voice note": (
        said(voice={**FILE, "duration": 5}),
        came(AttachmentKind.AUDIO, ref="F1", mime="audio/ogg", size=1000),
    ),
    "a piece of music": (
        said(audio={**FILE, "duration": 5, "file_name": "a.mp3", "mime_type": "audio/mpeg"}),
        came(AttachmentKind.AUDIO, ref="F1", name="a.mp3", mime="audio/mpeg", size=1000),
    ),
    "a video too large to be fetched": (
        said(video={**FILE, **SHAPE, "file_size": 21 << 20}),
        came(AttachmentKind.VIDEO, mime="video/mp4", size=21 << 20, most=20 << 20),
    ),
    "a document too large to be fetched": (
        said(document={**FILE, "file_name": "phim.zip", "file_size": 3 << 40}, caption="Đây"),
        replace(
            came(AttachmentKind.FILE, name="phim.zip", size=3 << 40, most=20 << 20), text="Đây"
        ),
    ),
    "a video of exactly the limit": (
        said(video={**FILE, **SHAPE, "file_size": 20 << 20}),
        came(AttachmentKind.VIDEO, ref="F1", mime="video/mp4", size=20 << 20),
    ),
    "a sticker": (
        said(sticker={**FILE, **STICKER}),
        came(AttachmentKind.STICKER, ref="F1", name="👍", size=1000),
    ),
    "a place": (
        said(location=PLACE),
        came(AttachmentKind.LOCATION, latitude=20.75, longitude=106.61),
    ),
    "a venue, which is also a place": (
        said(venue={"location": PLACE, "title": "UBND", "address": "Kim Sơn"}, location=PLACE),
        came(AttachmentKind.LOCATION, name="UBND, Kim Sơn", latitude=20.75, longitude=106.61),
    ),
    "a place outside the earth": (said(location={"latitude": 1e400, "longitude": 0}), PLAIN),
    "a contact": (
        said(contact={"phone_number": "+84900000000", "first_name": "Lan", "user_id": 1}),
        came(AttachmentKind.CONTACT, name="Lan", phone="+84900000000"),
    ),
    "a die, which we cannot read but answer": (said(dice={"emoji": "🎲", "value": 6}), PLAIN),
    "a die in a group": (in_group(dice={"emoji": "🎲", "value": 6}), None),
    "an edit": (
        update("edited_message", message(text="Sửa", edit_date=STAMP + 60)),
        replace(
            PLAIN,
            text="Sửa",
            kind=Kind.EDIT,
            about="5200000001:31",
            sent_at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
        ),
    ),
    "a live place that moves": (
        update("edited_message", message(location=PLACE, edit_date=STAMP + 60)),
        None,
    ),
    "a button": (press(), PRESSED),
    "a button of a card too old to be shown": (
        press(message={"message_id": 30, "date": 0, "chat": PRIVATE}),
        PRESSED,
    ),
    "a button in a group": (
        press(message=message(message_id=30, chat=GROUP)),
        replace(PRESSED, reply_to="-1001900000001:30", group="-1001900000001"),
    ),
    "a button without a message": (
        press(message=None, inline_message_id="9"),
        replace(PRESSED, reply_to=""),
    ),
    "a button of a game": (press(data=None, game_short_name="g"), None),
    "blocked": (member("kicked"), replace(JOINED, kind=Kind.LEFT)),
    "unblocked": (member("member"), JOINED),
    "taken into a group": (member("member", GROUP), replace(TAKEN_IN, kind=Kind.FOLLOWED)),
    "thrown out of a group": (
        member("kicked", GROUP, before="administrator"),
        replace(TAKEN_IN, kind=Kind.LEFT),
    ),
    "made an administrator of a group": (
        member("administrator", GROUP, before="member"),
        None,
    ),
    "left a group that it had left": (member("left", GROUP), None),
    "made an administrator of a channel": (
        member("administrator", {"id": -1009, "type": "channel", "title": "Tin"}),
        None,
    ),
    "a reaction": (
        reaction(),
        replace(PLAIN, message_id="", text="👍", kind=Kind.REACTION, about="5200000001:30"),
    ),
    "a reaction taken back": (
        reaction(new_reaction=[]),
        replace(PLAIN, message_id="", kind=Kind.REACTION, about="5200000001:30"),
    ),
    "a reaction of nobody": (reaction(user=None, actor_chat=GROUP), None),
    "a bot": (said(text="x", sender={**LAN, "is_bot": True}), None),
    "an administrator without a name": (in_group(text="x", sender_chat=GROUP), None),
    "somebody pinned something": (said(pinned_message=SOMEBODY), None),
    "somebody joined": (in_group(new_chat_members=[LAN]), None),
    "nothing": (said(), None),
    **{
        f"ignored: {kind}": (update(kind, message(text="x")), None)
        for kind in ("channel_post", "edited_channel_post", "business_message")
    },
    "a kind of update of tomorrow": ({"update_id": 715, "brand_new": {"id": 1}}, None),
}


@pytest.mark.parametrize("name", TABLE)
def test_each_update_is_read_as_the_table_says(name: str) -> None:
    given, expected = TABLE[name]
    # Through the bytes of a request, as it really comes.
    given = json.loads(json.dumps(given))
    assert read(given, now=NOW, username="than_thien_bot") == expected


@pytest.mark.parametrize("name", TABLE)
def test_what_was_read_can_be_stored(name: str) -> None:
    found = read(TABLE[name][0], now=NOW, username="than_thien_bot")
    stored = TypeAdapter(Incoming | None)
    assert stored.validate_json(stored.dump_json(found, warnings="error")) == found


def test_each_kind_of_update_is_read_or_knowingly_ignored() -> None:
    assert {*WANTED, *IGNORED} == set(Update.ALL_TYPES)
    assert not {*WANTED} & {*IGNORED}


def test_a_photo_is_fetched_in_a_size_that_can_be_fetched() -> None:
    found = read(TABLE["a photo"][0], now=NOW)
    assert found is not None
    assert found.attachments[0].size <= LIMITS.fetch_bytes


def test_before_our_own_name_is_known_every_command_is_ours() -> None:
    found = read(in_group(text="/gopy@any_bot x"), now=NOW)
    assert found is not None
    assert found.text == "/gopy x"


@pytest.mark.parametrize(
    "broken",
    [
        [],
        "text",
        None,
        {},
        {"update_id": "715"},
        {"update_id": 715, "message": 5},
        update("message", message(text=["x"])),
        update("message", message(text=5)),
        update("message", message(text="x", chat=None)),
        update("message", message(text="x", date=None)),
        update("message", message(date="yesterday")),
        update("message", message(date=10**30)),
        update(
            "message", message(text="x", sender={"id": "x", "is_bot": False, "first_name": "A"})
        ),
        update("message", message(photo="no list")),
        update("message", message(photo=[{"file_id": None}])),
        update("message", message(location={"latitude": "north"})),
        update("message", message(contact={})),
        update("callback_query", {"id": 1}),
        press(data={"no": "text"}),
        update("my_chat_member", {"chat": PRIVATE}),
        reaction(date=None),
    ],
    ids=lambda broken: json.dumps(broken)[:80],
)
def test_an_update_that_is_not_as_described_is_unreadable_and_nothing_worse(broken: object) -> None:
    with pytest.raises(Unreadable):
        read(broken, now=NOW)


def _mutated(value: object) -> list[object]:
    return [None, "", "x" * 10_000, -1, 10**30, 1.5, True, [], {}, [value], {"x": value}]


def _variants(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    """The JSON with each of its fields missing or of another type."""
    if not isinstance(value, dict):
        return _mutated(value)
    found = []
    for key, inner in value.items():
        found.append({k: v for k, v in value.items() if k != key})
        found.extend({**value, key: variant} for variant in _variants(inner))
    return [*found, *_mutated(value)]


@pytest.mark.parametrize("name", ["a photo", "a button", "an edit", "blocked", "a reaction"])
def test_whatever_field_is_broken_the_update_is_read_or_unreadable(name: str) -> None:
    stored = TypeAdapter(Incoming)
    outcomes = set()
    for variant in _variants(TABLE[name][0]):
        try:
            found = read(variant, now=NOW)
        except Unreadable:
            outcomes.add("unreadable")
        else:
            outcomes.add("read" if found else "ignored")
            if found:
                assert stored.validate_json(stored.dump_json(found, warnings="error")) == found
    assert outcomes == {"read", "ignored", "unreadable"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"update_id": 10**200, "message": message(text="a")},
        {"update_id": 715, "message": message(text="a", sender={**LAN, "id": 10**130})},
    ],
)
def test_a_number_that_no_column_takes_is_unreadable_rather_than_asked_for_again(
    wrong: Json,
) -> None:
    with pytest.raises(Unreadable):
        read(wrong, now=NOW)
