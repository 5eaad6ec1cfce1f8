"""What must not be kept is in no file, in no spelling."""

import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest

from messages.envelope import Attachment, AttachmentKind
from messages.vietnamese import fold
from storage import tables
from storage.database import Store
from storage.evidence import Evidence
from storage.inbox import LEASE, Inbox
from storage.media import Media
from storage.outbox import Offer
from storage.tickets import NewTicket
from storage.unit_of_work import finish
from tests.conftest import Hands
from tests.databases import SECRET, SqliteFiles, opened
from tests.storage.acts import does, heard, letter, message, only, turn

WORDS = "Ông Trần Văn Đỗ Ước nhận hối lộ ở thôn Kỳ Lạ"
NAME = "Nguyễn Thị Người Tố Cáo"


def _spellings(text: str) -> set[bytes]:
    forms = {unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text), fold(text)}
    words = {word for form in forms for word in form.split() if len(word) > 3}
    escaped = {form.encode("unicode_escape") for form in forms}
    return {one.encode(code) for one in forms | words for code in ("utf-8", "utf-16-le")} | escaped


FORBIDDEN = _spellings(WORDS) | _spellings(NAME)


def _found_in(folder: Path) -> set[tuple[str, bytes]]:
    return {
        (path.name, spelling)
        for path in folder.rglob("*")
        if path.is_file()
        for spelling in FORBIDDEN
        if spelling in path.read_bytes()
    }


def _holds(folder: Path, content: bytes) -> bool:
    return any(content in path.read_bytes() for path in folder.iterdir())


@pytest.fixture
async def var(tmp_path: Path) -> Path:
    """VAR_DIR: files are SQLite's; a server's are not ours to search."""
    folder = tmp_path / "var"
    folder.mkdir()
    url = await SqliteFiles(folder).fresh()
    (folder / "template.db").unlink()
    assert url.endswith("0.db")
    return folder


def _url(var: Path) -> str:
    return f"sqlite+aiosqlite:///{var}/0.db"


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(f"before {WORDS} after", "utf-8")
    assert _found_in(tmp_path)


async def test_words_that_wait_to_be_handled_are_in_no_file(var: Path, hands: Hands) -> None:
    photo = Attachment(AttachmentKind.IMAGE, WORDS, WORDS)
    async with opened(_url(var)) as store:
        inbox = Inbox(store, hands)
        await inbox.accept(message("an", WORDS, name=NAME, attachments=(photo,)))
        assert _found_in(var) == set()
        await inbox.give_back(await only(inbox))
        assert _found_in(var) == set()


async def test_what_a_denunciation_said_is_in_no_file_and_opens_with_no_key(
    var: Path, hands: Hands
) -> None:
    async with opened(_url(var)) as store:
        # The message is kept durably before anybody can know what it says.
        await does(store, hands, who="an")
        claimed = await heard(store, hands, "an", text=WORDS)
        kept = await _body_and_key(store)
        directions = letter(claimed, "Đơn tố cáo được nhận tại …", offers=(Offer("/menu", "Menu"),))
        only_counted = Evidence("redirected.denunciation")
        assert not await finish(store, [turn(claimed, only_counted, letters=[directions])])
        assert await _body_and_key(store) == (b"none", b"none")
        assert _found_in(var) == set()
        # What the clock does every few minutes.
        await store.truncate_log()
        assert not any(_holds(var, one) for one in kept)
    assert _found_in(var) == set()


async def _body_and_key(store: Store) -> tuple[bytes, bytes]:
    async with store.reading() as connection:
        newest = tables.inbox.select().order_by(tables.inbox.c.id.desc()).limit(1)
        row = (await connection.execute(newest)).one()
    return row.body or b"none", row.body_key or b"none"


async def test_a_turn_that_was_lost_in_the_middle_leaves_no_words_either(
    var: Path, hands: Hands
) -> None:
    async with opened(_url(var)) as store:
        inbox = Inbox(store, hands)
        await inbox.accept(message("an", WORDS, name=NAME))
        lost = await only(inbox)
        hands.move(seconds=LEASE.total_seconds() + 1)
        claimed = await only(inbox)
        late = turn(lost, letters=[letter(lost, WORDS)], data={"story": WORDS})
        assert await finish(store, [late])
        assert not await finish(store, [turn(claimed)])
    assert _found_in(var) == set()


async def test_what_is_kept_of_people_is_sealed(var: Path, hands: Hands) -> None:
    photo = Attachment(AttachmentKind.IMAGE, WORDS, WORDS)
    due = hands() + timedelta(days=10)
    ticket = NewTicket(
        "PA2611-0001", "feedback", "road", "vp", (("m1", WORDS),), due, "web", (photo,), place=WORDS
    )
    async with opened(_url(var)) as store:
        claimed = await heard(store, hands, "an", text=WORDS, name=NAME)
        asked = letter(claimed, WORDS, offers=(Offer("x", WORDS[:35]),))
        done = turn(claimed, ticket, letters=[asked], step="feedback.story", data={"story": WORDS})
        assert not await finish(store, [done])
        media = Media(store, var / "media", hands)
        (wanted,) = await media.wanted(["web"])
        assert wanted.attachment.name == WORDS
        await media.missed(wanted, "no connection", final=False)
        assert _found_in(var) == set()
    assert _found_in(var) == set()
    assert SECRET.encode() not in (var / "0.db").read_bytes()
