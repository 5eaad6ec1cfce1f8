"""The page behind a survey's QR code."""

from dataclasses import replace
from datetime import date

import pytest

from bot.pages.site import Site
from tests.conftest import Hands
from tests.pages.conftest import Behind, Client, Opened, settings

DOOR = "/khao-sat/hailong/tramyte"


async def test_it_names_the_unit_and_leads_into_the_chat_at_its_survey(
    opened: Opened, behind: Behind
) -> None:
    by_all = settings(
        zalo_app_id="1",
        zalo_app_secret="s",
        zalo_oa_id="3",
        zalo_oa_secret_key="k",
        zalo_refresh_token="r",
        telegram_token="1:x",
    )
    async with opened(settings=by_all, telegram_name=lambda: "xa_bot") as client:
        text = await (await client.get(f"{DOOR}?place=cho")).text()
    assert "Khảo sát hài lòng" in text
    assert "Trạm Y tế" in text
    assert 'href="/chat?start=s_hailong_tramyte"' in text
    assert "https://t.me/xa_bot?start=s_hailong_tramyte" in text
    assert 'data-copy="#khaosat hailong tramyte"' in text
    assert behind.shown == [("s_hailong_tramyte", "cho", "web")]


async def test_without_a_place_the_unit_is_where_it_hangs(client: Client, behind: Behind) -> None:
    assert (await client.get(f"{DOOR}?lang=en")).status == 200
    assert behind.shown == [("s_hailong_tramyte", "tramyte", "web")]


@pytest.mark.parametrize("path", ["hailong/nobody", "nothing/vp", "hailong/%00", "x/y"])
async def test_an_unknown_survey_or_unit_is_not_found_and_not_counted(
    client: Client, behind: Behind, path: str
) -> None:
    assert (await client.get(f"/khao-sat/{path}")).status == 404
    assert behind.shown == []


async def test_out_of_its_days_it_says_so(opened: Opened, site: Site, hands: Hands) -> None:
    closed = tuple(one.model_copy(update={"closes": date(2026, 1, 1)}) for one in site.surveys)
    site = replace(site, surveys=closed)
    async with opened(surveys=closed, clock=hands) as client:
        text = await (await client.get(DOOR)).text()
    assert "không mở" in text
    assert "start=s_hailong" not in text
