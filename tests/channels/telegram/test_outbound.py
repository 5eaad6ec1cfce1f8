"""Letters in, calls out, as the table says."""

import json
from dataclasses import replace

import pytest

from bot.channels.channel import Letter, PersonGone, Refused
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.limits import LIMITS
from messages.envelope import Address, Attachment, AttachmentKind, Choice, Outgoing
from tests.channels.telegram.conftest import Files, Opened
from tests.channels.telegram.letters import (
    DOCUMENT,
    GROUP,
    JPEG,
    LAN,
    MENU,
    TABLE,
    Json,
    key,
    photo,
)
from tests.emulators.telegram import Person, TelegramEmulator
from tests.emulators.wire import Call


@pytest.fixture
def lan(telegram: TelegramEmulator) -> Person:
    person = telegram.person(int(LAN.id), "Lan")
    person.started = True
    telegram.group(int(GROUP)).topics = {45: "open", 46: "closed"}
    return person


@pytest.fixture
def kept(files: Files) -> Files:
    files.kept.update({"media:a": JPEG, "media:b": JPEG + b"b", "media:d": b"%PDF"})
    return files


def _made(call: Call) -> Json:
    """A call as the table writes it: the attached files by name and content."""
    found = {"method": call.method, **call.body}
    attached = {name: (file.name, file.content) for name, file in call.files.items()}
    if call.method == "sendMediaGroup":
        items = json.loads(found["media"])
        found["files"] = [attached[i.pop("media").removeprefix("attach://")] for i in items]
        found["media"] = items
        return found
    found.update(attached)
    if call.files and "reply_markup" in found:
        found["reply_markup"] = json.loads(found["reply_markup"])
    return found


@pytest.mark.parametrize("name", TABLE)
async def test_each_letter_is_sent_as_the_table_says(
    name: str, channel: TelegramChannel, telegram: TelegramEmulator, lan: Person, kept: Files
) -> None:
    body, expected = TABLE[name]
    ids = await channel.send(Letter(1, LAN, body))
    assert [_made(call) for call in telegram.calls] == expected
    assert ids == tuple(_first_id(call) for call in telegram.calls)


def _first_id(call: Call) -> str:
    result = call.answer["result"]
    message = result[0] if isinstance(result, list) else result
    return f"{message['chat']['id']}:{message['message_id']}"


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("a" * 4096, 1),
        ("a" * 4097, 2),
        ("😀" * 2048, 1),
        ("😀" * 2049, 2),
        ("Một câu dài. " * 1000, 4),
    ],
    ids=["at the limit", "above it", "emoji at the limit", "emoji above it", "sentences"],
)
async def test_a_text_too_long_goes_in_parts_with_the_buttons_on_the_last(
    words: str, count: int, channel: TelegramChannel, lan: Person
) -> None:
    ids = await channel.send(Letter(1, LAN, Outgoing(words, MENU)))
    assert len(ids) == len(lan.letters) == count
    said = "".join(letter.text for letter in lan.letters)
    assert said.replace(" ", "") == words.replace(" ", "")
    assert [bool(letter.buttons) for letter in lan.letters] == [False] * (count - 1) + [True]


async def test_what_an_earlier_try_sent_is_not_sent_again(
    channel: TelegramChannel, lan: Person
) -> None:
    letter = Letter(1, LAN, Outgoing("a" * 4096 + "b" * 4096 + "c", MENU))
    assert len(await channel.send(replace(letter, parts_sent=2))) == 1
    assert [one.text for one in lan.letters] == ["c"]
    assert await channel.send(replace(letter, parts_sent=3)) == ()


async def test_more_photos_than_an_album_holds_go_in_two(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person, kept: Files
) -> None:
    ids = await channel.send(Letter(1, LAN, Outgoing("Ảnh", attachments=(photo(),) * 12)))
    assert [call.method for call in telegram.calls] == ["sendMediaGroup", "sendMediaGroup"]
    assert len(lan.letters) == 12
    assert len(ids) == 2


async def test_a_photo_too_large_for_a_photo_goes_as_a_document(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person, files: Files
) -> None:
    files.kept["media:a"] = JPEG.ljust(LIMITS.photo_bytes + 1, b"\0")
    await channel.send(Letter(1, LAN, Outgoing("Ảnh", attachments=(photo(),))))
    assert [call.method for call in telegram.calls] == ["sendDocument"]


async def test_a_photo_known_to_be_too_large_stays_out_of_the_album(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person, kept: Files
) -> None:
    large = replace(photo("large"), size=LIMITS.photo_bytes + 1)
    kept.kept["media:large"] = JPEG.ljust(large.size, b"\0")
    body = Outgoing("Ảnh", attachments=(photo("a"), large, photo("b")))
    await channel.send(Letter(1, LAN, body))
    assert [call.method for call in telegram.calls] == ["sendMediaGroup", "sendDocument"]


@pytest.mark.parametrize(
    "body",
    [
        Outgoing(""),
        Outgoing("  \n "),
        Outgoing("?", (Choice("ă" * 33, "66 bytes in UTF-8, 33 characters"),)),
        Outgoing("?", (Choice("", "A button that does nothing"),)),
        Outgoing("", attachments=(photo("lost"),)),
        Outgoing("", attachments=(Attachment(AttachmentKind.IMAGE, "/etc/passwd"),)),
        Outgoing("", attachments=(Attachment(AttachmentKind.FILE, "https://example.org/x"),)),
    ],
    ids=["nothing", "blank", "66 bytes", "no key", "lost file", "a path", "an address"],
)
async def test_a_letter_that_can_never_go_is_refused_before_any_call(
    body: Outgoing, channel: TelegramChannel, telegram: TelegramEmulator, lan: Person
) -> None:
    with pytest.raises(Refused):
        await channel.send(Letter(1, LAN, body))
    assert not telegram.calls


async def test_a_key_of_64_bytes_goes_and_comes_back(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person
) -> None:
    await channel.send(Letter(1, LAN, Outgoing("?", (Choice("ă" * 32, "Được"),))))
    assert lan.letters[0].buttons == [key("Được", "ă" * 32)]


async def test_a_file_above_the_limit_is_refused(
    channel: TelegramChannel, telegram: TelegramEmulator, files: Files
) -> None:
    files.kept["media:d"] = bytes(LIMITS.file_bytes + 1)
    with pytest.raises(Refused, match="52428801 bytes"):
        await channel.send(Letter(1, LAN, Outgoing("", attachments=(DOCUMENT,))))
    assert not telegram.calls


async def test_the_album_that_failed_tells_which_parts_went_before_it(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person, files: Files
) -> None:
    files.kept["media:a"] = JPEG
    body = Outgoing("Ảnh", attachments=(photo(), Attachment(AttachmentKind.FILE, "media:lost")))
    with pytest.raises(Refused) as failure:
        await channel.send(Letter(1, LAN, body))
    assert failure.value.sent == (f"{lan.id}:{lan.letters[0].message_id}",)


async def test_a_group_that_threw_us_out_says_nothing_about_the_officer(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person
) -> None:
    telegram.group(int(GROUP)).kicked = True
    with pytest.raises(Refused, match="kicked"):
        await channel.send(Letter(1, LAN, Outgoing("x", group=GROUP)))
    lan.blocked = True
    with pytest.raises(PersonGone, match="blocked"):
        await channel.send(Letter(1, LAN, Outgoing("x")))


@pytest.mark.parametrize("topic", [46, 47])
async def test_what_a_topic_does_not_take_goes_to_the_group(
    topic: int, channel: TelegramChannel, telegram: TelegramEmulator, lan: Person
) -> None:
    sent = await channel.send(Letter(1, LAN, Outgoing("x", group=f"{GROUP}/{topic}")))
    (letter,) = telegram.group(int(GROUP)).letters
    assert "message_thread_id" not in letter.message
    assert sent == (f"{GROUP}:{letter.message_id}",)


async def test_a_group_as_a_recipient_that_threw_us_out_is_refused(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person
) -> None:
    telegram.group(int(GROUP)).kicked = True
    with pytest.raises(Refused, match="kicked"):
        await channel.send(Letter(1, Address("telegram", GROUP), Outgoing("x")))


async def test_the_buttons_are_never_too_many_bytes(
    open_channel: Opened, telegram: TelegramEmulator, lan: Person
) -> None:
    choices = tuple(Choice(f"{n:064}", "Ậ" * 35, number=n) for n in range(1, 61))
    await open_channel().send(Letter(1, LAN, Outgoing("?", choices)))
    assert "60. ẬẬ" in lan.letters[0].text
    assert not lan.letters[0].buttons
