import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.channels.channel import CannotFetch, Refused, Throttled, Unreachable
from bot.clock import ClockWorker
from messages.envelope import Attachment, AttachmentKind
from storage import tables
from storage.database import Store
from storage.evidence import Evidence
from storage.inbox import Inbox
from storage.media import KEPT, LOST, WAITING, Media
from storage.tickets import NewTicket
from storage.timers import SetTimer
from tests.conftest import Hands
from tests.spine.service import Post
from tests.storage.acts import count, does, rows

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
def inbox(store: Store, hands: Hands) -> Inbox:
    return Inbox(store, hands)


def _clock(store: Store, inbox: Inbox, hands: Hands, folder: Path, channel: Post) -> ClockWorker:
    media = Media(store, folder / "media", hands)
    return ClockWorker(store, inbox, media=media, channels={channel.name: channel}, clock=hands)


async def _ticket(store: Store, hands: Hands, *files: Attachment) -> None:
    due = hands() + timedelta(days=5)
    ticket = NewTicket(
        "PA2611-0001", "feedback", "road", "kinhte", (("m1", "words"),), due, "web", files
    )
    await does(store, hands, ticket)


def _photo(ref: str = "one") -> Attachment:
    return Attachment(AttachmentKind.IMAGE, ref)


async def test_a_due_timer_wakes_the_inbox_once(
    store: Store, inbox: Inbox, hands: Hands, tmp_path: Path
) -> None:
    await does(store, hands, SetTimer("close", "x", hands() + timedelta(hours=1)))
    clock = _clock(store, inbox, hands, tmp_path, Post())
    await clock.look()
    assert not inbox.arrived.is_set()
    hands.move(hours=2)
    await clock.look()
    assert inbox.arrived.is_set()
    assert await inbox.waits()
    await clock.look()
    assert await count(store, tables.inbox) == 2


async def test_yesterday_is_sealed_without_being_asked(
    store: Store, inbox: Inbox, hands: Hands, tmp_path: Path
) -> None:
    clock = _clock(store, inbox, hands, tmp_path, Post())
    await does(store, hands, Evidence("guidance.shown"))
    await clock.look()
    assert await count(store, tables.evidence_seals) == 0
    hands.move(days=1)
    await clock.look()
    assert await count(store, tables.evidence_seals) == 1


async def test_a_photo_of_a_ticket_is_fetched_and_kept_without_traces(
    store: Store, inbox: Inbox, hands: Hands, tmp_path: Path
) -> None:
    async def fetch(attachment: Attachment) -> bytes:
        return picture()

    await _ticket(store, hands, _photo())
    await _clock(store, inbox, hands, tmp_path, Source(fetch)).look()
    (row,) = await rows(store, tables.ticket_files)
    assert row.state == KEPT
    kept = (tmp_path / "media" / row.hash[:2] / row.hash).read_bytes()
    assert kept.startswith(b"\xff\xd8\xff")


async def test_a_document_is_kept_as_it_is(
    store: Store, inbox: Inbox, hands: Hands, tmp_path: Path
) -> None:
    async def fetch(attachment: Attachment) -> bytes:
        return b"%PDF-1.7 and so on"

    await _ticket(store, hands, Attachment(AttachmentKind.FILE, "doc", "đơn.pdf"))
    await _clock(store, inbox, hands, tmp_path, Source(fetch)).look()
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
async def test_a_file_that_cannot_be_fetched_stops_neither_the_others_nor_the_clock(
    store: Store, inbox: Inbox, hands: Hands, tmp_path: Path, error: Exception, state: int
) -> None:
    async def fetch(attachment: Attachment) -> bytes:
        if attachment.ref == "bad":
            raise error
        return picture()

    await _ticket(store, hands, _photo("bad"), _photo("good"))
    await _clock(store, inbox, hands, tmp_path, Source(fetch)).look()
    bad, good = await rows(store, tables.ticket_files)
    assert (bad.state, good.state) == (state, KEPT)
    assert bad.reason


async def test_what_is_no_picture_is_not_kept_as_one(
    store: Store, inbox: Inbox, hands: Hands, tmp_path: Path
) -> None:
    async def fetch(attachment: Attachment) -> bytes:
        return b"<script>alert(1)</script>"

    await _ticket(store, hands, _photo())
    await _clock(store, inbox, hands, tmp_path, Source(fetch)).look()
    assert [row.state for row in await rows(store, tables.ticket_files)] == [LOST]
    assert not (tmp_path / "media").exists()


async def test_a_full_disk_is_waited_out(
    store: Store, inbox: Inbox, hands: Hands, tmp_path: Path
) -> None:
    async def fetch(attachment: Attachment) -> bytes:
        return picture()

    await _ticket(store, hands, _photo())
    clock = _clock(store, inbox, hands, tmp_path, Source(fetch))
    (tmp_path / "media").write_bytes(b"in the way of the folder")
    await clock.look()
    assert [row.state for row in await rows(store, tables.ticket_files)] == [WAITING]
    (tmp_path / "media").unlink()
    hands.move(minutes=5)
    await clock.look()
    assert [row.state for row in await rows(store, tables.ticket_files)] == [KEPT]


async def test_a_file_whose_place_cannot_be_read_is_given_up(
    store: Store, inbox: Inbox, hands: Hands, tmp_path: Path
) -> None:
    await _ticket(store, hands, _photo())
    await store.write(lambda c: c.execute(tables.ticket_files.update().values(ref=b"\x01damaged")))
    await _clock(store, inbox, hands, tmp_path, Post()).look()
    assert [row.state for row in await rows(store, tables.ticket_files)] == [LOST]
