"""Somebody points a telephone at a poster and stands on Zalo or Telegram at exactly that guide."""

import asyncio
import html
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from bot.posters.drawing import Form, Sheet, draw
from bot.posters.sheets import posters
from handlers.office import Office
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo import ZaloEmulator
from tests.posters.test_posters import scanned, worn
from tests.walks import test_telegram, test_zalo
from tests.walks.phones import PATIENCE

pytestmark = pytest.mark.timeout(300)

CODE, SAID = "HN01", "hộ nghèo"


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator() as emulator:
        yield emulator


async def leads_to(office: Office, url: str, way: str) -> list[str]:
    """Photograph the poster, open its page, and give what `way` finds on it."""
    (poster,) = posters(office.commune, office.catalogue, url, [CODE], ["Chợ Kiến Quốc"])
    picture = Image.open(io.BytesIO(draw(poster, Sheet.A4, Form.PNG))).convert("L")
    (link,) = scanned(worn(picture))
    async with aiohttp.ClientSession() as session, session.get(link) as answer:
        assert answer.status == 200
        return re.findall(way, html.unescape(await answer.text()))


async def test_a_poster_leads_to_its_guide_on_telegram(
    telegram: TelegramEmulator, folder: Path, store_settings: dict[str, str], office: Office
) -> None:
    async with test_telegram.walking(folder, telegram, **store_settings) as walk:
        looks = 1
        way = rf'href="https://t\.me/{telegram.username}\?start=([\w-]{{1,64}})"'
        async with asyncio.timeout(PATIENCE):
            # The bot's name is known once Telegram has told it.
            while not (found := await leads_to(office, walk.service.url, way)):
                looks += 1
                await asyncio.sleep(0.5)
        (payload,) = found
        phone = walk.phone(test_telegram.PASSER_BY)
        await phone.says(f"/start {payload}")
        await phone.hears(SAID, CODE)
        counted = (await walk.admin.report())["counts"]["guidance"]
    assert counted["shown"] == 1
    assert counted["scanned"] == looks, "by the page, and not again by the chat"


async def test_a_poster_leads_to_its_guide_on_zalo_by_the_code_that_is_copied(
    zalo: ZaloEmulator, folder: Path, store_settings: dict[str, str], office: Office
) -> None:
    async with test_zalo.walking(folder, zalo, **store_settings) as walk:
        way = rf'href="https://zalo\.me/{zalo.app.oa_id}[?"][^>]* data-copy="(#\w+)"'
        (copied,) = await leads_to(office, walk.service.url, way)
        phone = walk.phone(test_zalo.CITIZEN)
        await phone.says(copied)
        await phone.hears(SAID, CODE)
        counted = (await walk.admin.report())["counts"]["guidance"]
    assert counted == {"shown": 1, "scanned": 1}
