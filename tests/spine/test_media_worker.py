import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.channels.channel import CannotFetch, Refused, Throttled, Unreachable
from bot.darkroom import Darkroom
from bot.media_worker import AT_ONCE, MediaWorker
from messages.envelope import Attachment, AttachmentKind
from storage import tables
from storage.database import Store
from storage.media import KEPT, LOST, WAITING, Media
from storage.tickets import NewTicket
from tests.conftest import Hands
from tests.spine.service import Post
from tests.storage.acts import does, rows

Fetch = Callable[[Attachment], Awaitable[bytes]]


def picture(size: tuple[int, int] = (40, 30)) -> bytes:
    """A small photograph."""
    file = io.BytesIO()
    Image.new("RGB", size, "green").save(file, "JPEG")
    return file.getvalue()


class Source(Post):
    """A channel whose files the test gives."""

    def __init__(self, fetch: Fetch) -> None:
        super().__init__()
        self._fetch = fetch

    async def fetch(self, attachment: Attachment) -> bytes:
        return await self._fetch(attachment)


@pytest.fixture
async def darkroom() -> AsyncIterator[Darkroom]:
    one = Darkroom()
    yield one
    await one.close()


async def _looks(
    store: Store, hands: Hands, folder: Path, channel: Post, darkroom: Darkroom
) -> None:
    """Fetch what is wanted now."""
    media = Media(store, folder / "media", hands)
    worker = MediaWorker(media, {channel.name: channel}, darkroom)
    while await worker.look():
        await worker.finish()


async def _ticket(store: Store, hands: Hands, *files: Attachment) -> None:
    due = hands() + timedelta(days=5)
    ticket = NewTicket(
        "PA2611-0001", "feedback", "road", "kinhte", (("m1", "words"),), due, "web", files
    )
    await does(store, hands, ticket)


def _photo(ref: str = "one") -> Attachment:
    return Attachment(AttachmentKind.IMAGE, ref)


async def test_a_photo_of_a_ticket_is_fetched_and_kept_without_traces(
    store: Store, hands: Hands, tmp_path: Path, darkroom: Darkroom
) -> None:
    async def fetch(attachment: Attachment) -> bytes:
        return picture()

    await _ticket(store, hands, _photo())
    await _looks(store, hands, tmp_path, Source(fetch), darkroom)
    (row,) = await rows(store, tables.ticket_files)
    assert row.state == KEPT
    kept = (tmp_path / "media" / row.hash[:2] / row.hash).read_bytes()
    assert kept.startswith(b"\xff\xd8\xff")


async def test_a_document_is_kept_as_it_is(
    store: Store, hands: Hands, tmp_path: Path, darkroom: Darkroom
) -> None:
    async def fetch(attachment: Attachment) -> bytes:
        return b"%PDF-1.7 and so on"

    await _ticket(store, hands, Attachment(AttachmentKind.FILE, "doc", "đơn.pdf"))
    await _looks(store, hands, tmp_path, Source(fetch), darkroom)
    (row,) = await rows(store, tables.media)
    assert (row.mime, row.size) == ("application/pdf", 18)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (CannotFetch("too large"), LOST),
        (Refused("file is gone"), LOST),
        (Unreachable("no route"), WAITING),
        (Throttled("429", after=3), WAITING),
        (ZeroDivisionError("a fault of ours"), WAITING),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_file_that_cannot_be_fetched_stops_no_other(
    store: Store, hands: Hands, tmp_path: Path, darkroom: Darkroom, error: Exception, state: int
) -> None:
    async def fetch(attachment: Attachment) -> bytes:
        if attachment.ref == "bad":
            raise error
        return picture()

    await _ticket(store, hands, _photo("bad"), _photo("good"))
    await _looks(store, hands, tmp_path, Source(fetch), darkroom)
    bad, good = await rows(store, tables.ticket_files)
    assert (bad.state, good.state) == (state, KEPT)
    assert bad.reason


async def test_what_is_no_picture_is_not_kept_as_one(
    store: Store, hands: Hands, tmp_path: Path, darkroom: Darkroom
) -> None:
    async def fetch(attachment: Attachment) -> bytes:
        return b"<script>alert(1)</script>"

    await _ticket(store, hands, _photo())
    await _looks(store, hands, tmp_path, Source(fetch), darkroom)
    assert [row.state for row in await rows(store, tables.ticket_files)] == [LOST]
    assert not (tmp_path / "media").exists()


async def test_a_full_disk_is_waited_out(
    store: Store, hands: Hands, tmp_path: Path, darkroom: Darkroom
) -> None:
    async def fetch(attachment: Attachment) -> bytes:
        return picture()

    await _ticket(store, hands, _photo())
    (tmp_path / "media").write_bytes(b"in the way of the folder")
    await _looks(store, hands, tmp_path, Source(fetch), darkroom)
    assert [row.state for row in await rows(store, tables.ticket_files)] == [WAITING]
    (tmp_path / "media").unlink()
    hands.move(minutes=5)
    await _looks(store, hands, tmp_path, Source(fetch), darkroom)
    assert [row.state for row in await rows(store, tables.ticket_files)] == [KEPT]


async def test_a_file_whose_place_cannot_be_read_is_given_up(
    store: Store, hands: Hands, tmp_path: Path, darkroom: Darkroom
) -> None:
    await _ticket(store, hands, _photo())
    await store.write(lambda c: c.execute(tables.ticket_files.update().values(ref=b"\x01damaged")))
    await _looks(store, hands, tmp_path, Post(), darkroom)
    assert [row.state for row in await rows(store, tables.ticket_files)] == [LOST]


@pytest.mark.parametrize(
    ("kind", "content", "kept"),
    [
        (AttachmentKind.AUDIO, b"OggS and so on", "audio/ogg"),
        (AttachmentKind.AUDIO, b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"),
        (AttachmentKind.AUDIO, b"\x1aE\xdf\xa3 and so on", "audio/webm"),
        (AttachmentKind.AUDIO, b"<html>", ""),
        (AttachmentKind.AUDIO, b"%PDF-1.7", ""),
        (AttachmentKind.VIDEO, b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (AttachmentKind.VIDEO, b"\x1aE\xdf\xa3 and so on", "video/webm"),
        (AttachmentKind.VIDEO, b"<!doctype html>", ""),
        (AttachmentKind.VIDEO, b"OggS", ""),
        (AttachmentKind.FILE, b"<html> is a document too", "application/octet-stream"),
        (AttachmentKind.FILE, b"BM of a letter's heading", "application/octet-stream"),
        (AttachmentKind.IMAGE, b"<html>", ""),
        (AttachmentKind.IMAGE, b"OggS", ""),
        (AttachmentKind.IMAGE, b"", ""),
        (AttachmentKind.STICKER, b"<svg/>", ""),
    ],
    ids=repr,
)
async def test_a_file_is_kept_only_as_what_its_content_is(
    store: Store,
    hands: Hands,
    tmp_path: Path,
    darkroom: Darkroom,
    kind: AttachmentKind,
    content: bytes,
    kept: str,
) -> None:
    async def fetch(attachment: Attachment) -> bytes:
        return content

    await _ticket(store, hands, Attachment(kind, "f"))
    await _looks(store, hands, tmp_path, Source(fetch), darkroom)
    assert [row.mime for row in await rows(store, tables.media)] == ([kept] if kept else [])
    (file,) = await rows(store, tables.ticket_files)
    assert file.state == (KEPT if kept else LOST)
    assert bool(file.reason) is not bool(kept)


async def test_a_picture_sent_as_a_document_loses_its_traces_too(
    store: Store, hands: Hands, tmp_path: Path, darkroom: Darkroom
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Brand of telephone"
    file = io.BytesIO()
    Image.new("RGB", (40, 30)).save(file, "JPEG", exif=exif)

    async def fetch(attachment: Attachment) -> bytes:
        return file.getvalue()

    await _ticket(store, hands, Attachment(AttachmentKind.FILE, "f", "IMG_1.jpg"))
    await _looks(store, hands, tmp_path, Source(fetch), darkroom)
    (row,) = await rows(store, tables.media)
    kept = (tmp_path / "media" / row.hash[:2] / row.hash).read_bytes()
    assert b"Brand" in file.getvalue()
    assert b"Brand" not in kept


async def test_no_more_files_than_memory_allows_are_under_way(
    store: Store, hands: Hands, tmp_path: Path, darkroom: Darkroom
) -> None:
    under_way, most = 0, 0

    async def fetch(attachment: Attachment) -> bytes:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return b"%PDF-1.7" + attachment.ref.encode()

    many = (Attachment(AttachmentKind.FILE, f"f{n}") for n in range(10))
    await _ticket(store, hands, *many)
    await _looks(store, hands, tmp_path, Source(fetch), darkroom)
    assert most == AT_ONCE
    assert {row.state for row in await rows(store, tables.ticket_files)} == {KEPT}
    assert len(await rows(store, tables.media)) == 10


async def test_a_file_that_hangs_holds_up_no_other_and_stopping_ends_it(
    store: Store, hands: Hands, tmp_path: Path, darkroom: Darkroom
) -> None:
    async def fetch(attachment: Attachment) -> bytes:
        if attachment.ref == "hangs":
            await asyncio.Event().wait()
        return b"%PDF-1.7"

    await _ticket(
        store,
        hands,
        Attachment(AttachmentKind.FILE, "hangs"),
        *(Attachment(AttachmentKind.FILE, f"f{n}") for n in range(8)),
    )
    stopping = asyncio.Event()
    media = Media(store, tmp_path / "media", hands)
    working = asyncio.create_task(
        MediaWorker(media, {"web": Source(fetch)}, darkroom).run(stopping)
    )
    async with asyncio.timeout(10):
        while [row.state for row in await rows(store, tables.ticket_files)].count(KEPT) < 8:  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.02)
    stopping.set()
    await asyncio.wait_for(working, 5)
    states = [row.state for row in await rows(store, tables.ticket_files)]
    assert states.count(WAITING) == 1
