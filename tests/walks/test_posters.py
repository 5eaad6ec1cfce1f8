"""Somebody points a telephone at a poster and stands in the chat at exactly that guide."""

import io
from pathlib import Path

from PIL import Image

from bot.posters.drawing import Form, Sheet, draw
from bot.posters.sheets import posters
from handlers.office import Office
from messages.languages import say
from messages.text import _
from tests.posters.test_posters import scanned, worn
from tests.walks.test_browser import walking
from tests.walks.webphone import WebPhone


async def test_a_poster_leads_into_the_web_chat_at_its_guide(
    folder: Path, store_settings: dict[str, str], office: Office
) -> None:
    async with walking(folder, store_settings) as walk:
        for code, said in (("HN01", "hộ nghèo"), ("LV01", "Giờ làm việc")):
            (poster,) = posters(
                office.commune, office.catalogue, walk.service.url, [code], ["Chợ Kiến Quốc"]
            )
            picture = Image.open(io.BytesIO(draw(poster, Sheet.A4, Form.PNG))).convert("L")
            (link,) = scanned(worn(picture))
            page = await (await walk.browser.context()).new_page()
            answer = await page.goto(link)
            assert answer is not None
            assert answer.status == 200
            await page.get_by_role("link", name=say(_("Ask on the web chat"))).click()
            phone = WebPhone(page)
            await phone.hears(said)
        counted = (await walk.admin.report())["counts"]["guidance"]
        assert counted == {"shown": 1, "scanned": 2}, "by the page, and not again by the chat"
