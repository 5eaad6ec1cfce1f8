"""A crash while Zalo's tokens are renewed: letters wait or say why, and nothing else is touched."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from bot.channels.zalo.tokens import PATH
from tests.chaos.citizens import Writer, ahead, hook, patient_commune
from tests.chaos.invariants import check, settled
from tests.databases import Databases
from tests.emulators.wire import Call
from tests.emulators.zalo import ZaloEmulator
from tests.running import RunningService, free_port, running, start

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize(
    ("place", "survives"),
    [
        ("before renew", True),
        # Zalo answered and we did not keep it: only an administrator's new consent helps.
        ("after renew", False),
        ("after keep the pair", True),
    ],
)
async def test_a_crash_while_tokens_are_renewed_costs_a_consent_at_most(
    tmp_path: Path, made_databases: Databases, place: str, *, survives: bool
) -> None:
    url, port, folder = await made_databases.fresh(), free_port(), tmp_path / "var"
    async with ZaloEmulator(webhook=hook(port), retry_scale=1) as zalo:
        settings = {
            **zalo.environment(),
            "BOT_DATABASE_URL": url,
            "BOT_PACING": "1000",
            "BOT_COMMUNE_DIR": str(patient_commune(tmp_path / "commune")),
        }
        writer = Writer(zalo, zalo.citizen("7000000"), 0, every=0.1)
        writing = asyncio.create_task(writer.write())
        victim = await start(
            folder, settings, program=("tests.chaos.victim", place, "0"), port=port
        )
        assert await asyncio.wait_for(victim.process.wait(), 60) == -signal.SIGKILL
        # The lease of whoever was renewing has run out by then.
        later = ahead(minutes=3)
        if not survives:
            async with running(folder, settings | ahead(minutes=3), port=port) as service:
                # Taken all the same: to receive needs no token.
                await until(lambda: len(writer.acknowledged) > 2)
                await zalo.wait_for(_is_refused, 60)
                await _is_degraded(service)
            assert writer.letters == []
            zalo.grants.granted()
            # Letters are tried again a minute after the channel was found shut.
            settings, later = settings | zalo.environment(), ahead(minutes=6)
        async with running(folder, settings | later, port=port):
            await zalo.until(lambda: bool(writer.letters), 60, "a letter")
            writer.stopping = True
            await writing
            await settled(url, folder, [writer])
        await check(url, folder, [writer], repeated=0)
    await made_databases.drop(url)


def _is_refused(call: Call) -> bool:
    return call.path == PATH and "access_token" not in call.answer


async def _is_degraded(service: RunningService) -> None:
    """Wait until its health tells that the channel cannot send."""
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        told = {"zalo": "ok"}
        while told["zalo"] != "degraded":
            async with session.get(f"{service.url}/healthz") as answer:
                told = (await answer.json())["parts"]
            await asyncio.sleep(0.1)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process brings about."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
