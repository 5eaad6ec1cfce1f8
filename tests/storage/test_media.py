import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from messages.envelope import Attachment, AttachmentKind
from storage import tables
from storage.database import Store
from storage.media import KEPT, LOST, TRIES, Media, Wanted
from storage.reader import Reader
from storage.tickets import NewTicket
from tests.conftest import Hands
from tests.storage.acts import count, does, rows

PHOTO = b"\xff\xd8\xff what a telephone sends"
DIGEST = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def media(store: Store, hands: Hands, tmp_path: Path) -> Media:
    return Media(store, tmp_path / "media", hands)


async def _ticket(store: Store, hands: Hands, *refs: str, code: str = "PA2611-0001") -> None:
    files = tuple(Attachment(AttachmentKind.IMAGE, ref, f"{ref}.jpg") for ref in refs)
    ticket = NewTicket(
        code, "feedback", "road", "kinhte", (("m1", "words"),), hands() + timedelta(days=5), "web",
        (*files, Attachment(AttachmentKind.LOCATION, latitude=20.7, longitude=106.6)),
    )  # fmt: skip
    await does(store, hands, ticket, who="an")


async def _wanted(media: Media) -> list[Wanted]:
    return await media.wanted(["web"])


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


async def test_the_files_of_a_ticket_are_wanted_and_a_place_is_no_file(
    store: Store, media: Media, hands: Hands
) -> None:
    await _ticket(store, hands, "one", "two")
    found = await _wanted(media)
    assert [(f.code, f.attachment.ref, f.attachment.name) for f in found] == [
        ("PA2611-0001", "one", "one.jpg"),
        ("PA2611-0001", "two", "two.jpg"),
    ]


async def test_a_kept_file_is_named_by_its_content_and_can_be_read(
    store: Store, media: Media, hands: Hands, tmp_path: Path
) -> None:
    await _ticket(store, hands, "one")
    (wanted,) = await _wanted(media)
    assert await media.keep(wanted, PHOTO, "image/jpeg") == DIGEST
    assert await media.read(DIGEST) == PHOTO
    assert await media.mime_of(DIGEST) == "image/jpeg"
    assert await media.mime_of("0" * 64) == ""
    assert await _wanted(media) == []
    assert _files(tmp_path / "media") == [DIGEST]
    (file,) = await Reader(store).files("PA2611-0001")
    assert (file.hash, file.kind, file.name) == (DIGEST, "image", "one.jpg")


async def test_the_same_picture_is_kept_once(
    store: Store, media: Media, hands: Hands, tmp_path: Path
) -> None:
    await _ticket(store, hands, "one", "two", "three")
    wanted = await _wanted(media)
    await asyncio.gather(*(media.keep(one, PHOTO, "image/jpeg") for one in wanted))
    assert _files(tmp_path / "media") == [DIGEST]
    assert await count(store, tables.media) == 1
    assert {row.state for row in await rows(store, tables.ticket_files)} == {KEPT}


async def test_a_file_that_could_not_be_written_whole_is_not_there_at_all(
    store: Store, media: Media, hands: Hands, tmp_path: Path
) -> None:
    await _ticket(store, hands, "one")
    (wanted,) = await _wanted(media)
    # A folder in the way of the name: the last step, the renaming, fails.
    media.path(DIGEST).parent.mkdir(parents=True)
    blocked = media.path(DIGEST).parent
    blocked.rmdir()
    blocked.write_bytes(b"in the way")
    with pytest.raises(OSError, match=r"exist|directory"):
        await media.keep(wanted, PHOTO, "image/jpeg")
    assert _files(tmp_path / "media") == [blocked.name]
    assert await count(store, tables.media) == 0
    assert await _wanted(media) == [wanted]
    blocked.unlink()
    await media.keep(wanted, PHOTO, "image/jpeg")
    assert _files(tmp_path / "media") == [DIGEST]


async def test_a_missed_file_is_tried_again_after_longer_and_longer_pauses_for_a_day(
    store: Store, media: Media, hands: Hands
) -> None:
    await _ticket(store, hands, "one")
    start = hands.now
    for attempt in range(TRIES):
        (wanted,) = await _wanted(media)
        assert wanted.attempts == attempt
        await media.missed(wanted, "no connection", final=False)
        assert await _wanted(media) == []
        (row,) = await rows(store, tables.ticket_files)
        hands.now = max(hands.now, row.due_at)
    assert row.state == LOST
    assert timedelta(hours=20) < hands.now - start < timedelta(hours=30)
    hands.move(days=30)
    assert await _wanted(media) == []
    (file,) = await Reader(store).files("PA2611-0001")
    assert (file.hash, file.reason) == ("", "no connection")


async def test_a_file_that_can_never_be_had_is_not_tried_again(
    store: Store, media: Media, hands: Hands
) -> None:
    await _ticket(store, hands, "one")
    (wanted,) = await _wanted(media)
    await media.missed(wanted, "too large " * 100, final=True)
    hands.move(days=30)
    assert await _wanted(media) == []


async def test_the_files_of_a_closed_channel_wait(store: Store, media: Media, hands: Hands) -> None:
    await _ticket(store, hands, "one")
    hands.move(days=30)
    assert await media.wanted(["zalo", "telegram"]) == []
    assert len(await media.wanted(["zalo", "web"])) == 1


async def test_a_file_whose_place_cannot_be_read_keeps_no_other_back(
    store: Store, media: Media, hands: Hands
) -> None:
    await _ticket(store, hands, "one", "two")
    table = tables.ticket_files
    await store.write(
        lambda c: c.execute(table.update().where(table.c.id == 1).values(ref=b"\x01damaged"))
    )
    assert [f.attachment.ref for f in await _wanted(media)] == ["", "two"]
