from datetime import date

from bot.pages.site import Site
from handlers.commune import Publication
from handlers.publications import Noticeboard
from handlers.toml_records import Bilingual
from storage.database import StoreUnavailable
from storage.published import Published
from tests.pages.conftest import Client, Opened


async def test_what_is_public_is_shown_with_its_days_and_the_rest_marked(opened: Opened) -> None:
    title = Bilingual(vi="Lịch công tác tuần", en="Weekly calendar")
    board = Noticeboard((Publication(id="week", title=title, text="Thứ Hai: <b>giao ban</b>"),))

    async def published() -> dict[str, Published]:
        return {"week": Published("week", date(2026, 11, 1), date(2026, 11, 9))}

    async with opened(board=board, published=published) as client:
        text = await (await client.get("/cong-khai")).text()
        english = await (await client.get("/cong-khai?lang=en")).text()
    assert "Thứ Hai: &lt;b&gt;giao ban&lt;/b&gt;" in text
    assert "Công khai từ ngày 01/11/2026, sửa ngày 09/11/2026." in text
    assert "chưa cập nhật" in text
    assert "Weekly calendar" in english


async def test_it_is_shown_even_where_its_days_cannot_be_read(opened: Opened) -> None:
    async def published() -> dict[str, Published]:
        raise StoreUnavailable

    async with opened(published=published) as client:
        assert (await client.get("/cong-khai")).status == 200


async def test_every_time_limit_and_fee_stands_on_one_page(client: Client, site: Site) -> None:
    text = await (await client.get("/le-phi")).text()
    for procedure in site.catalogue.procedures:
        assert f"/q/{procedure.guide}" in text
    assert "25.000đ" in text
    assert "giấy hẹn" in text
