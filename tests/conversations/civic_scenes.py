"""What the tests of letters, initiatives, surveys and notices begin with."""

import asyncio
from dataclasses import replace
from pathlib import Path

from bot.press import MediaPress
from handlers.office import Office
from storage.database import Store
from storage.media import Media
from tests.conftest import Hands
from tests.transcript import Somebody, Talk

LAMPS = "Lắp đèn năng lượng mặt trời dọc đường thôn, mỗi nhà góp một bóng"


def with_press(office: Office, store: Store, hands: Hands, folder: Path) -> Office:
    """The shipped commune with a press that keeps its files in a folder."""
    assert office.letters is not None
    return replace(office, press=MediaPress(Media(store, folder, hands), office.letters.template))


def files_of(letter: int, somebody: Somebody) -> list[tuple[str, str]]:
    """Kind and hash of what goes with a letter to somebody."""
    return [
        (one.kind.value, one.ref.removeprefix("media:"))
        for one in somebody.letters()[letter].body.attachments
    ]


def kept(folder: Path, digest: str) -> bytes:
    """A file of the media."""
    return (folder / digest[:2] / digest).read_bytes()


async def counted(talk: Talk, kind: str) -> int:
    """How often something happened in this year."""
    now = talk.hands().date()
    tallies = await talk.read.tallies(now.replace(month=1, day=1), now.replace(month=12, day=31))
    return tallies[kind].count if kind in tallies else 0


async def pressed(folder: Path) -> int:
    """How many files are in the media."""
    return len(await asyncio.to_thread(lambda: [p for p in folder.rglob("*") if p.is_file()]))
