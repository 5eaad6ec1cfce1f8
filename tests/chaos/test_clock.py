"""A clock that is wrong: it was ahead and is put right, or two processes do not agree."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import tables
from storage.evidence import day_of
from tests.chaos.citizens import Writer, ahead, hook, patient_commune
from tests.chaos.invariants import check, check_seals_once_past, looked_into, settled
from tests.databases import Databases
from tests.emulators.zalo import ZaloEmulator
from tests.running import free_port, running

pytestmark = pytest.mark.timeout(600)


async def test_a_clock_that_was_a_day_ahead_and_put_right_loses_nothing_and_breaks_no_seal(
    tmp_path: Path, made_databases: Databases
) -> None:
    url, port, folder = await made_databases.fresh(), free_port(), tmp_path / "var"
    async with ZaloEmulator(webhook=hook(port), retry_scale=1) as zalo:
        settings = {
            **zalo.environment(),
            "BOT_DATABASE_URL": url,
            "BOT_PACING": "1000",
            "BOT_COMMUNE_DIR": str(patient_commune(tmp_path / "commune")),
        }
        # What opens the window for letters is Zalo's own clock, which is right.
        writers = [Writer(zalo, zalo.citizen(str(7_000_000 + n)), n, every=0.1) for n in range(2)]
        for shift in (timedelta(), timedelta(days=1, hours=1), timedelta()):
            clock = ahead(seconds=shift.total_seconds())
            async with running(folder, settings | clock, port=port):
                for one in writers:
                    one.stopping = False
                writing = [asyncio.create_task(one.write()) for one in writers]
                await asyncio.sleep(0.5)
                for one in writers:
                    one.stopping = True
                await asyncio.gather(*writing)
                await settled(url, folder, writers)
            await check(url, folder, writers, repeated=0)
    async with looked_into(url, folder) as store, store.reading() as connection:
        rows = (await connection.execute(select(tables.evidence.c.at, tables.evidence.c.day))).all()
    # The day was sealed while the clock was ahead; what came of it later is of the next.
    assert any(day_of(row.at) < row.day for row in rows)
    await check_seals_once_past(url, folder)
    await made_databases.drop(url)


async def test_two_processes_that_are_an_hour_apart_handle_everything_once_and_in_order(
    tmp_path: Path, made_databases: Databases
) -> None:
    url, folder = await made_databases.fresh(), tmp_path / "var"
    ports = [free_port(), free_port()]
    async with ZaloEmulator(webhook=hook(ports[0]), retry_scale=1) as zalo:
        settings = {
            **zalo.environment(),
            "BOT_DATABASE_URL": url,
            "BOT_PACING": "1000",
            "BOT_COMMUNE_DIR": str(patient_commune(tmp_path / "commune")),
        }
        writers = [
            Writer(zalo, zalo.citizen(str(7_000_000 + n)), n, every=0.1, ports=ports)
            for n in range(3)
        ]
        async with (
            running(folder, settings, port=ports[0]),
            running(folder, settings | ahead(hours=1), port=ports[1]),
        ):
            writing = [asyncio.create_task(one.write()) for one in writers]
            await asyncio.sleep(2)
            for one in writers:
                one.stopping = True
            await asyncio.gather(*writing)
            await settled(url, folder, writers)
        await check(url, folder, writers)
    await made_databases.drop(url)
