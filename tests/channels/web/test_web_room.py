"""How much room photos and voice notes get, and who shares it."""

from io import BytesIO
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request
from PIL import Image

from bot.channels.channel import CannotFetch
from bot.channels.web.uploads import EACH_BYTES, EACH_FILES, BadUpload, Uploads
from bot.channels.web.whence import Whence
from messages.envelope import Attachment, AttachmentKind
from tests.channels.web.conftest import Chat
from tests.channels.web.test_web_uploads import sent
from tests.conftest import Hands

WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
OGG = b"OggS\x00\x02" + b"\0" * 20 + b"\x01\x13OpusHead"
M4A = b"\0\0\0\x1cftypiso5\0\0\x02\0iso5iso6mp41"


def photo() -> bytes:
    written = BytesIO()
    Image.new("RGB", (40, 30), (30, 120, 90)).save(written, "JPEG")
    return written.getvalue()


def kept(uploads: Uploads, person: str, address: str = "", times: int = 1) -> None:
    for _ in range(times):
        uploads.keep(photo(), person=person, address=address)


def test_one_person_cannot_take_everybodys_room(tmp_path: Path, hands: Hands) -> None:
    uploads = Uploads(tmp_path, hands)
    kept(uploads, "an", times=EACH_FILES)
    with pytest.raises(BadUpload) as refused:
        kept(uploads, "an")
    assert refused.value.status == 429
    kept(uploads, "ba")
    # What was decided about or forgotten makes room again.
    hands.move(hours=25)
    uploads.purge()
    kept(uploads, "an")


def test_one_person_cannot_take_it_with_large_files_either(tmp_path: Path, hands: Hands) -> None:
    uploads = Uploads(tmp_path, hands)
    kept(uploads, "an")
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"\0" * EACH_BYTES)
    with pytest.raises(BadUpload) as refused:
        kept(uploads, "an")
    assert refused.value.status == 429
    kept(uploads, "ba")


def test_nobody_takes_it_under_many_names_from_one_address(tmp_path: Path, hands: Hands) -> None:
    uploads = Uploads(tmp_path, hands, room=44 * len(photo()))
    for number in range(10):
        kept(uploads, f"person-{number}", "203.0.113.7/32")
    with pytest.raises(BadUpload) as refused:
        kept(uploads, "one more", "203.0.113.7/32")
    assert refused.value.status == 429
    kept(uploads, "one more", "203.0.113.8/32")
    # An address that tells nothing shares the whole room.
    kept(uploads, "behind a proxy", times=20)


def test_neither_who_nor_whence_can_be_read_in_a_files_name(tmp_path: Path, hands: Hands) -> None:
    Uploads(tmp_path, hands).keep(photo(), person="an-0123456789", address="203.0.113.7/32")
    (path,) = tmp_path.iterdir()
    assert "203" not in path.name.split(".")[:2]
    assert "an-" not in path.name


async def test_a_page_is_told_that_it_is_too_much(chat: Chat) -> None:
    statuses = [(await sent(chat, photo()))[0] for _ in range(EACH_FILES + 1)]
    assert statuses == [200] * EACH_FILES + [429]


@pytest.mark.parametrize(
    ("content", "mime"), [(WEBM, "audio/webm"), (OGG, "audio/ogg"), (M4A, "audio/mp4")]
)
async def test_a_recording_is_taken_whatever_the_browser_makes(
    chat: Chat, content: bytes, mime: str
) -> None:
    status, told = await sent(chat, content)
    assert (status, told["mime"]) == (200, mime)
    socket = await chat.open()
    await socket.send_json({"id": "v", "attachments": [{"kind": "audio", "ref": told["ref"]}]})
    assert await socket.receive_json() == {"ack": "v"}
    (found,) = chat.inbox.messages[0].attachments
    assert found == Attachment(AttachmentKind.AUDIO, told["ref"], mime=mime, size=len(content))
    assert await chat.channel.fetch(found) == content


async def test_a_recording_that_is_called_a_photo_is_refused(chat: Chat) -> None:
    _status, told = await sent(chat, WEBM)
    socket = await chat.open()
    await socket.send_json({"id": "v", "attachments": [{"kind": "image", "ref": told["ref"]}]})
    assert "error" in await socket.receive_json()
    assert not chat.inbox.messages
    with pytest.raises(CannotFetch):
        await chat.channel.fetch(Attachment(AttachmentKind.AUDIO, told["ref"] + "x"))


PROXIES = ("10.0.0.0/8", "127.0.0.1/32", "::1/128")


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "found"),
    [
        ("203.0.113.7", "", (), "203.0.113.7/32"),
        ("203.0.113.7", "198.51.100.1", (), "203.0.113.7/32"),
        ("203.0.113.7", "198.51.100.1", PROXIES, "203.0.113.7/32"),
        ("10.1.1.1", "198.51.100.1", PROXIES, "198.51.100.1/32"),
        # Only what our proxies wrote is believed, and they write at the end.
        ("10.1.1.1", "1.2.3.4, 198.51.100.1", PROXIES, "198.51.100.1/32"),
        ("127.0.0.1", "198.51.100.1, 10.2.2.2", PROXIES, "198.51.100.1/32"),
        ("2001:db8:1:2:3::4", "", (), "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "", (), "203.0.113.7/32"),
        ("127.0.0.1", "", (), ""),
        ("127.0.0.1", "198.51.100.1", (), ""),
        ("127.0.0.1", "nonsense", PROXIES, ""),
        ("::1", "", PROXIES, ""),
        ("", "", (), ""),
    ],
)
def test_an_address_is_believed_only_from_our_proxies(
    remote: str, forwarded: str, proxies: tuple[str, ...], found: str
) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("POST", "/chat/upload", headers=headers)
    assert Whence(proxies).of(request.clone(remote=remote)) == found
