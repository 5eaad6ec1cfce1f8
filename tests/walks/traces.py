"""What a service leaves behind: every byte of its folder, every row of its database, unsealed."""

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import RowMapping, select

from storage.database import Store
from storage.migrate import METADATA
from storage.sealing import Box, CannotUnseal, secret_in, unseal_once

Kept = list[tuple[str, bytes]]
"""Where something is kept, and what."""


def in_files(folder: Path) -> Kept:
    """Read every file below a folder: database, journals, log, uploads, photos, key."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths]


async def in_rows(folder: Path, database_url: str = "") -> Kept:
    """Read every value of every table, the sealed ones also as who has the secret could."""
    box = Box(secret_in(folder))
    store = Store(database_url or f"sqlite+aiosqlite:///{folder / 'bot.db'}", box)
    await store.open()
    try:
        found: Kept = []
        async with store.reading() as connection:
            for table in METADATA.sorted_tables:
                for row in (await connection.execute(select(table))).mappings():
                    found += _values(table.name, row, box)
        return found
    finally:
        await store.close()


def _values(table: str, row: RowMapping, box: Box) -> Iterator[tuple[str, bytes]]:
    for column, value in row.items():
        place = f"{table}.{column}"
        if not isinstance(value, bytes):
            yield place, str(value).encode()
            continue
        yield place, value
        with suppress(CannotUnseal):
            yield place, box.unseal(place, value).encode()
        key = row.get("body_key")
        if column == "body" and isinstance(key, bytes):
            yield place, unseal_once(value, key)


def places(words: Iterable[str | bytes], kept: Kept) -> set[str]:
    """Tell where any of the words stands, in whichever form Vietnamese is written down."""
    forms = {form for word in words for form in _forms(word)}
    return {place for place, content in kept if any(form in content for form in forms)}


def _forms(word: str | bytes) -> Iterator[bytes]:
    if isinstance(word, bytes):
        yield word
        return
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, word)
        yield text.encode()
        yield text.encode("utf-16-le")
        yield text.encode("unicode-escape")
