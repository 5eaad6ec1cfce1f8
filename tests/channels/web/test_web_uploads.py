import asyncio
import random
import resource
import struct
import zlib
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from PIL import Image

from bot.channels.channel import CannotFetch
from bot.channels.web.uploads import PHOTO_BYTES, BadUpload, Uploads
from messages.envelope import Attachment, AttachmentKind
from tests.channels.web.conftest import Chat
from tests.conftest import Hands


def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, (30, 120, 90)).save(written, kind)
    return written.getvalue()


def bomb() -> bytes:
    """A small PNG whose header claims a picture of 400 million points."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    content = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", content)
        + chunk(b"IEND", b"")
    )


async def sent(chat: Chat, data: bytes, part: str = "photo", **headers: str) -> tuple[int, Any]:
    form = FormData()
    form.add_field(part, BytesIO(data), filename="../../x.jpg", content_type="image/jpeg")
    async with chat.client.post("/chat/upload?lang=en", data=form, headers=headers) as answer:
        is_json = answer.content_type == "application/json"
        return answer.status, await answer.json() if is_json else None


@pytest.mark.parametrize(
    ("kind", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
async def test_a_photo_goes_from_the_form_through_a_frame_to_the_inbox(
    chat: Chat, kind: str, mime: str
) -> None:
    data = photo(kind)
    status, kept = await sent(chat, data)
    assert status == 200
    assert kept["mime"] == mime
    socket = await chat.open()
    await socket.send_json(
        {"id": "p", "text": "Đây ạ", "attachments": [{"kind": "image", "ref": kept["ref"]}]}
    )
    assert await socket.receive_json() == {"ack": "p"}
    (found,) = chat.inbox.messages[0].attachments
    assert found == Attachment(AttachmentKind.IMAGE, kept["ref"], mime=mime, size=len(data))
    assert await chat.channel.fetch(found) == data


async def test_the_file_tells_nothing_without_the_ref(chat: Chat, tmp_path: Path) -> None:
    data = photo("PNG", (300, 300))
    _status, kept = await sent(chat, data)
    (path,) = (tmp_path / "uploads").iterdir()
    assert data[8:40] not in path.read_bytes()
    assert b"PNG" not in path.read_bytes()[:16]
    assert path.stat().st_mode & 0o077 == 0
    _upload, name, key = kept["ref"].split(":")
    other = f"upload:{name}:{'A' * len(key)}"
    with pytest.raises(CannotFetch):
        await chat.channel.fetch(Attachment(AttachmentKind.IMAGE, other))


@pytest.mark.parametrize(
    "ref", ["", "upload:", "upload:../../x.jpg:" + "A" * 43, "https://example.vn/x.jpg"]
)
async def test_a_ref_that_is_not_ours_opens_nothing(chat: Chat, ref: str) -> None:
    assert chat.uploads.find(ref) is None
    with pytest.raises(CannotFetch):
        await chat.channel.fetch(Attachment(AttachmentKind.IMAGE, ref))


@pytest.mark.parametrize(
    "data",
    [
        b"not a photo",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        photo("GIF"),
        photo("BMP"),
        photo("PNG")[:30],
        b"\xff\xd8\xff" + b"\0" * 100,
        bomb(),
    ],
    ids=["text", "svg", "pdf", "gif", "bmp", "cut", "damaged", "bomb"],
)
async def test_what_is_no_photo_is_refused_in_a_sentence(
    chat: Chat, data: bytes, tmp_path: Path
) -> None:
    status, said = await sent(chat, data)
    assert status == 415
    assert "JPEG" in said["error"]
    assert not (tmp_path / "uploads").exists()


async def test_a_photo_of_many_wrong_bytes_never_breaks_the_service(chat: Chat) -> None:
    chance = random.Random(11)
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = bytearray(photo(kind, (64, 64)))
        for _ in range(15):
            spoilt = bytearray(whole)
            for _ in range(6):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            status, _said = await sent(chat, bytes(spoilt))
            assert status in {200, 415}


async def test_a_photo_above_ten_megabytes_is_refused(chat: Chat) -> None:
    status, said = await sent(chat, photo() + b"\0" * PHOTO_BYTES)
    assert status == 413
    assert "10 MB" in said["error"]


@pytest.mark.parametrize(
    ("begins", "goes_on"),
    [
        (b'--b\r\nContent-Disposition: form-data; name="photo"\r\n\r\n', b"\0"),
        (b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\n', b"\0"),
        (b"before the first part\r\n", b"\r\n"),
        (b"", b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\n\r\n'),
    ],
)
async def test_a_form_that_hides_its_length_is_refused_at_the_limit(
    chat: Chat, begins: bytes, goes_on: bytes
) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        yield begins
        for _ in range(20 * 16):
            yield goes_on * (65536 // len(goes_on))
            taken += 65536

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    async with chat.client.post("/chat/upload", data=endless(), headers=headers) as answer:
        assert answer.status == 413
        assert taken < 2 * PHOTO_BYTES


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"nothing of the kind"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nno name\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="photo"'),
        ("multipart/form-data; boundary=" + "b" * 80, b"--b\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"Name: " + b"x" * 9000 + b"\r\n\r\n"),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused_in_a_sentence(
    chat: Chat, content_type: str, body: bytes
) -> None:
    headers = {"Content-Type": content_type}
    async with chat.client.post("/chat/upload", data=body, headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"].endswith(".")


async def test_a_form_without_the_photo_is_refused(chat: Chat) -> None:
    status, _said = await sent(chat, photo(), part="file")
    assert status == 400


async def test_a_page_of_somebody_else_sends_no_photo(chat: Chat) -> None:
    status, _said = await sent(chat, photo(), Origin="https://evil.example")
    assert status == 403


async def test_photos_stop_where_their_room_ends(chat: Chat, tmp_path: Path) -> None:
    await sent(chat, photo())
    (path,) = (tmp_path / "uploads").iterdir()
    path.write_bytes(b"\0" * 12 * 1024 * 1024)
    status, said = await sent(chat, photo())
    assert status == 503
    assert said["error"]


async def test_a_photo_nobody_wanted_is_deleted_and_a_frame_with_it_says_so(
    chat: Chat, hands: Hands, tmp_path: Path
) -> None:
    _status, old = await sent(chat, photo())
    hands.move(hours=23)
    _status, young = await sent(chat, photo())
    hands.move(hours=2)
    listening = asyncio.create_task(chat.channel.listen(chat.inbox))
    async with asyncio.timeout(10):
        while chat.uploads.find(old["ref"]):  # noqa: ASYNC110 - a file has no event to wait for
            await asyncio.sleep(0.01)
    listening.cancel()
    assert chat.uploads.find(young["ref"])
    socket = await chat.open("?lang=en")
    await socket.send_json({"id": "p", "attachments": [{"kind": "image", "ref": old["ref"]}]})
    refused = await socket.receive_json()
    assert refused == {"id": "p", "error": "The photo is not there any more. Please send it again."}


def test_on_a_full_disk_a_photo_is_refused_and_leaves_no_half(tmp_path: Path, hands: Hands) -> None:
    uploads = Uploads(tmp_path / "uploads", hands)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(BadUpload) as refused:
            uploads.keep(photo(), person="p")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused.value.status == 503
    assert list((tmp_path / "uploads").iterdir()) == []
