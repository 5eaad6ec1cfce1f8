import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.pages.site import Site
from handlers.guide_texts import papers
from handlers.procedures import Procedure
from tests.conftest import Hands
from tests.pages.conftest import Behind, Client, Opened, settings

HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    "code", ["KS01", "ks01", "%23ks01", "1.001193", "1.001193.000.00.00.H24", " ks01 "]
)
async def test_a_guide_opens_by_either_code_in_any_case(
    client: Client, behind: Behind, code: str
) -> None:
    answer = await client.get(f"/q/{code}")
    text = await answer.text()
    assert answer.status == 200
    assert "Thủ tục đăng ký khai sinh" in text
    assert "giấy hẹn" in text
    assert behind.shown == [("1.001193", "", "web")]


async def test_every_guide_of_the_catalogue_opens_in_both_languages(
    client: Client, site: Site
) -> None:
    for procedure in site.catalogue.procedures:
        for language in ("vi", "en"):
            answer = await client.get(f"/q/{procedure.guide}?lang={language}")
            assert answer.status == 200
            text = await answer.text()
            assert ("Cần kiểm tra." in text or "To be checked." in text) == (
                procedure.confidence != "high"
            )


async def test_an_unknown_code_is_not_found_and_not_counted(client: Client, behind: Behind) -> None:
    answer = await client.get("/q/ZZ99")
    text = await answer.text()
    assert answer.status == 404
    assert "ZZ99" not in text, "what stood in the address is not said again"
    assert 'href="/q?lang=en"' in text
    assert 'name="code"' in text
    assert not behind.shown


@pytest.mark.parametrize("code", ["<script>alert(1)</script>", "%00", "%ED%A0%80", "x" * 5000])
async def test_an_odd_code_is_not_found_and_stays_text(client: Client, code: str) -> None:
    answer = await client.get(f"/q/{code}", headers=HTML)
    assert answer.status == 404
    text = await answer.text()
    assert "<script>alert" not in text
    assert "x" * 50 not in text


async def test_a_repealed_procedure_leads_to_what_replaced_it(client: Client) -> None:
    answer = await client.get("/q/2.000986")
    text = await answer.text()
    assert answer.status == 404
    assert "không còn hiệu lực" in text
    assert "3.000722" in text or re.search(r"/q/[A-Z]{2}\d\d", text)


async def test_words_find_guides_and_a_code_leads_straight_to_its_own(client: Client) -> None:
    found = await client.get("/q", params={"code": "con tôi mới sinh"})
    assert found.status == 200
    assert "/q/KS01" in await found.text()
    straight = await client.get(
        "/q", params={"code": "mã ks01 ạ", "lang": "en"}, allow_redirects=False
    )
    assert straight.status == 303
    assert straight.headers["Location"] == "/q/KS01?lang=en"
    assert "Content-Security-Policy" in straight.headers
    assert (await client.get("/q", params={"code": "qqqq zzzz"})).status == 404


async def test_the_place_of_the_poster_is_counted_and_goes_on_into_the_chat(
    client: Client, behind: Behind
) -> None:
    text = await (await client.get("/q/KS01?place=nha-van-hoa")).text()
    assert 'href="/chat?start=g_KS01_nha-van-hoa"' in text
    assert behind.shown == [("1.001193", "nha-van-hoa", "web")]


@pytest.mark.parametrize("place", ["a b", "x" * 33, "<b>", "../x", "nhà"])
async def test_a_place_that_no_start_link_carries_is_left_out(
    client: Client, behind: Behind, place: str
) -> None:
    answer = await client.get("/q/KS01", params={"place": place})
    assert 'href="/chat?start=g_KS01"' in await answer.text()
    assert behind.shown == [("1.001193", "", "web")]


async def test_only_looking_counts_not_asking_whether_it_is_there(
    client: Client, behind: Behind
) -> None:
    assert (await client.head("/q/KS01")).status == 200
    assert not behind.shown


async def test_the_guide_is_shown_even_where_it_cannot_be_counted(
    client: Client, behind: Behind
) -> None:
    behind.is_out_of_order = True
    assert (await client.get("/q/KS01")).status == 200


async def test_only_configured_channels_have_a_button(opened: Opened) -> None:
    async with opened() as client:
        text = await (await client.get("/q/KS01")).text()
    assert "zalo.me" not in text
    assert "t.me" not in text
    real = settings(zalo_app_id="1", zalo_oa_id="987", zalo_oa_secret_key="s", telegram_token="1:a")
    async with opened(settings=real, telegram_name=lambda: "xa_bot") as client:
        text = await (await client.get("/q/KS01?place=cho")).text()
        home = await (await client.get("/")).text()
    assert 'href="https://zalo.me/987?text=%23KS01"' in text
    assert "#KS01" in text
    assert 'href="https://t.me/xa_bot?start=g_KS01_cho"' in text
    assert 'href="https://zalo.me/987"' in home
    assert 'href="https://t.me/xa_bot"' in home
    async with opened(settings=real) as client:
        assert "t.me" not in await (await client.get("/")).text()


def test_papers_are_parted_outside_of_brackets_only(site: Site) -> None:
    procedure = site.catalogue.by_code("KS01")
    assert isinstance(procedure, Procedure)
    told = replace(procedure, documents="tờ khai; giấy A (bản sao; bản chính); ; giấy B.")
    assert papers(told) == ["Tờ khai", "Giấy A (bản sao; bản chính)", "Giấy B"]
    assert papers(replace(procedure, documents="")) == []


@pytest.mark.parametrize("code", ["GY01", "gy01", "%23DG01", "LV01"])
async def test_a_posters_other_codes_open_a_page_that_leads_on(
    client: Client, behind: Behind, code: str
) -> None:
    answer = await client.get(f"/q/{code}?place=cho")
    plain = code.removeprefix("%23").upper()
    assert answer.status == 200
    assert f'href="/chat?start=g_{plain}_cho"' in await answer.text()
    assert behind.shown == [(plain, "cho", "web")]


async def test_fees_are_told_by_channel_as_they_hold_on_the_day(
    opened: Opened, hands: Hands
) -> None:
    for day, now, later in (
        (datetime(2026, 11, 23, tzinfo=UTC), "25.000đ, đã giảm 50%", "từ 01/01/2027"),
        (datetime(2027, 1, 2, tzinfo=UTC), "50.000đ", ""),
    ):
        hands.now = day
        async with opened(clock=hands) as client:
            text = await (await client.get("/q/CA03")).text()
        assert now in text
        assert later in text
        assert ("25.000đ" in text) is (day.year == 2026)


async def test_a_guide_whose_legal_basis_has_ended_says_so(opened: Opened, hands: Hands) -> None:
    hands.now = datetime(2027, 3, 1, 5, tzinfo=UTC)
    async with opened(clock=hands) as client:
        text = await (await client.get("/q/KS01")).text()
    assert "căn cứ pháp lý đã hết hiệu lực từ sau 28/02/2027" in text


async def test_every_guide_is_light_and_needs_no_script(client: Client, site: Site) -> None:
    style = len(await (await client.get("/static/page.css")).read())
    script = len(await (await client.get("/static/copy.js")).read())
    for procedure in site.catalogue.procedures:
        page = await (await client.get(f"/q/{procedure.guide}")).read()
        assert len(page) + style + script < 50_000, procedure.guide
        assert page.count(b"<script") == 1
        assert b"<details" in page
