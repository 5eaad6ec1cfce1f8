"""A new key: everything opens with it and nothing with the old one, also after a kill half way."""

import pytest
from sqlalchemy import select

from bot.key_check import check_key
from bot.refusal import Refusal
from handlers.office import Office
from storage import tables
from storage.database import Store
from storage.media import Media
from storage.rotation import rotate, sealed_columns
from storage.sealing import Box, CannotUnseal
from tests.conftest import Hands
from tests.databases import SECRET
from tests.privacy.whole_life import NAME, WORDS, lived, mentions
from tests.transcript import Talk, talking

NEW = "a newer secret for tests only"


class Killed(Exception):
    """The process was killed here."""


def _between() -> Box:
    return Box(f"{SECRET}\0{NEW}")


async def _sealed(store: Store) -> list[tuple[str, bytes]]:
    """Everything that is sealed, with its place."""
    found = []
    for table in tables.metadata.sorted_tables:
        for column in sealed_columns(table):
            async with store.reading() as connection:
                rows = await connection.execute(select(column).where(column.is_not(None)))
                found += [(f"{table.name}.{column.name}", one) for one in rows.scalars()]
    return found


def _opens(box: Box, place: str, data: bytes) -> bool:
    try:
        box.unseal(place, data)
    except CannotUnseal:
        return False
    return True


async def test_after_a_kill_it_goes_on_and_the_old_key_opens_nothing(
    talk: Talk, kept: Media, office: Office, hands: Hands
) -> None:
    life = await lived(talk, kept)
    store, batches = talk.store, []
    await check_key(store, hands)

    def dies(table: str, count: int) -> None:
        batches.append((table, count))
        if len(batches) == 4:
            raise Killed

    with pytest.raises(Killed):
        await rotate(store, Box(SECRET), Box(NEW), _between(), dies)
    sealed = await _sealed(store)
    half = sum(_opens(Box(NEW), *one) for one in sealed)
    assert 0 < half < len(sealed)
    # In the middle no service starts, with neither key.
    for secret in (SECRET, NEW):
        store.box = Box(secret)
        with pytest.raises(Refusal):
            await check_key(store, hands)
    store.box = Box(SECRET)
    done = await rotate(store, Box(SECRET), Box(NEW), _between(), lambda _table, _count: None)
    assert done.sealed >= len(sealed) - half - 2
    assert done.unreadable == 0
    for one in await _sealed(store):
        assert not _opens(Box(SECRET), *one)
        assert _opens(Box(NEW), *one)
    # The service on the new key: every ticket reads, and whatever was hashed is found.
    store.box = Box(NEW)
    await check_key(store, hands)
    assert {mark for _place, mark in await mentions(store, (*WORDS[:3], NAME))} == {
        *WORDS[:3],
        NAME,
    }
    async with talking(store, office, hands) as later:
        person = later.person(life.first.address.id, "telegram")
        for code in life.codes:
            assert code in (await person.says(f"/phieu {code}"))[-1]
        (again,) = await person.says("/khaosat hailong")
        assert "đã trả lời" in again
        (household,) = await person.says("/hpsmart")
        assert "đã trả lời" in household


async def test_codes_given_before_are_found_after(talk: Talk, hands: Hands, office: Office) -> None:
    one, other = talk.person("a", "web"), talk.person("b", "zalo")
    told = "\n".join(await one.says("/lienket"))
    code = next(word for word in told.replace("\n", " ").split() if len(word.strip(".,")) == 9)
    await rotate(talk.store, Box(SECRET), Box(NEW), _between(), lambda _table, _count: None)
    talk.store.box = Box(NEW)
    await check_key(talk.store, hands)
    assert "đã liên kết" in "".join(await other.says(code.strip(".,")))


async def test_a_second_change_hands_the_key_of_hashes_on(store: Store, hands: Hands) -> None:
    await check_key(store, hands)
    digest = store.box.digest("x", "y")
    third = "the newest secret for tests only"
    await rotate(store, Box(SECRET), Box(NEW), _between(), lambda _table, _count: None)
    between = Box(f"{NEW}\0{third}")
    await rotate(store, Box(NEW), Box(third), between, lambda _table, _count: None)
    store.box = Box(third)
    await check_key(store, hands)
    assert store.box.digest("x", "y") == digest
    assert Box(third).digest("x", "y") != digest


async def test_with_a_wrong_old_key_nothing_is_changed(store: Store, hands: Hands) -> None:
    await check_key(store, hands)
    before = await _sealed(store)
    with pytest.raises(CannotUnseal):
        await rotate(store, Box("wrong"), Box(NEW), Box("wrong, new"), lambda _table, _count: None)
    assert await _sealed(store) == before
