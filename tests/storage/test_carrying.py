"""Codes that carry a conversation to another browser, as the store keeps them."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from messages.envelope import Address
from storage.carrying import VALID, CarryCodes
from storage.channel_tables import carry_codes
from storage.database import Store
from tests.conftest import Hands
from tests.databases import opened

DESK = Address("web", "desk-0123456789ab")


async def test_a_code_outlives_a_restart_and_serves_every_process(
    database: str, hands: Hands
) -> None:
    async with opened(database) as store:
        code = await CarryCodes(store, hands).make(DESK)
    async with opened(database) as one, opened(database) as other:
        processes = [CarryCodes(store, hands) for store in (one, other)]
        assert [await each.whose(code) for each in processes] == [DESK, DESK]
        used = await asyncio.gather(*(each.use(code) for each in processes))
        assert sorted(used, key=bool) == [None, DESK], "one browser alone takes it up"
        assert [await each.whose(code) for each in processes] == [None, None]


async def test_whoever_reads_the_database_has_no_code(store: Store, hands: Hands) -> None:
    code = await CarryCodes(store, hands).make(DESK)
    async with store.reading() as connection:
        (row,) = (await connection.execute(select(carry_codes))).all()
    assert code not in str(row)
    assert row.expires_at - hands() < VALID


async def test_codes_that_lapsed_and_the_oldest_of_too_many_are_forgotten(
    store: Store, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.carrying.MOST", 3)
    codes = CarryCodes(store, hands)
    made = [await codes.make(Address("web", f"p{number}")) for number in range(5)]
    stand = [await codes.whose(code) is not None for code in made]
    assert stand == [False, False, True, True, True]
    hands.move(seconds=VALID / timedelta(seconds=1))
    await codes.make(DESK)
    async with store.reading() as connection:
        left = (await connection.execute(select(carry_codes.c.address))).scalars()
        assert list(left) == [DESK.id]
