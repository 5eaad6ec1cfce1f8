"""docs/zalo.md tells what the code does: numbers, settings, events, addresses."""

import re

from bot.channels.zalo import consent
from bot.channels.zalo.errors import MEANINGS, RENEW, WAITS
from bot.channels.zalo.inbound import READERS
from bot.channels.zalo.webhook import PATH
from bot.settings import Settings
from handlers import router
from tests.running import ROOT

PAGE = (ROOT / "docs" / "zalo.md").read_text("utf-8")


def test_every_number_of_the_error_table_is_told() -> None:
    table = PAGE.partition("## What Zalo's errors mean here")[2].partition("\n## ")[0]
    told = {int(number) for number in re.findall(r"-\d+", table)}
    assert {code for code in {*MEANINGS, *WAITS} if code < 0} - told == set()
    assert told - {*MEANINGS, *WAITS, *RENEW} == set()


def test_every_setting_that_is_named_exists() -> None:
    named = set(re.findall(r"BOT_(\w+)", PAGE))
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_every_event_that_is_read_is_to_be_switched_on() -> None:
    table = PAGE.partition("Switch on these events")[2].partition("Others may be on")[0]
    told = set()
    for row in table.splitlines():
        names = re.findall(r"`(\w+)`", row)
        for name in names:
            family = names[0].rpartition("_")[0]
            told.add(family + name if name.startswith("_") else name)
    assert {name for name in READERS if not name.startswith("oa_send_anonymous")} - told == set()


def test_addresses_and_commands_are_the_services_own() -> None:
    assert f"https://zalo.xa.example.vn{PATH}" in PAGE
    assert f"https://zalo.xa.example.vn{consent.PATH}" in PAGE
    for command in re.findall(r"`#(\w+)`", PAGE):
        assert command in router.names(), command
